"""Receiving: the orders whose goods come to procurement's people, and the receipts of them."""
