"""The mock bank: payments by API and by file, their acknowledgement, what became of each, and the statement."""
