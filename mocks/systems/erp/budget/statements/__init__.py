"""Statements of what is committed and spent: what a controller gives out of the budget ledger, bucket by bucket, as of an instant."""
