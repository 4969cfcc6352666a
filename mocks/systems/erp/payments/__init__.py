"""Payments of the ERP: what is due, payment runs that two people decide on, their file for the bank, and what the bank says of each."""
