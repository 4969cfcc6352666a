"""Flows that nobody ships, one of each kind, declared as a stranger would declare them beside the product's own."""
