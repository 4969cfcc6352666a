"""uvicorn servers on the running loop: ports, outages, a clean end."""
