"""Mechanics that every mock system shares: no business noun lives here."""
