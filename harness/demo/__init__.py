"""The demo: business that plays by itself, told on the terminal and shown on the live page of the control port."""
