"""The mock systems, one folder each: wire models, a pure core, the table of operations."""
