"""Locust plays people here, in processes of its own: it speaks HTTP to a running world and knows nothing else of dryclose."""
