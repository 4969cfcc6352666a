"""Budgetary control: what a bucket may still spend, and who has spoken for it."""
