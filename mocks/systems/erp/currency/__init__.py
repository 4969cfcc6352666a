"""Other currencies than the company's own: rates by day, and what an amount is worth at them (domain.md 10)."""
