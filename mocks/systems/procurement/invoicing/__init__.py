"""Invoicing: what suppliers bill, keyed by a clerk and approved by somebody else."""
