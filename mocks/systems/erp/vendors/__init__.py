"""Vendors of the ERP: created with evidence, told apart from each other, changed by those who own an attribute, paid to an account that
three people agreed upon (domain.md, section 8)."""
