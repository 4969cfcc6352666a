"""Supplier invoices: matched with orders and receipts, held where they differ, posted against GR/IR (domain.md 3.3 and 5)."""
