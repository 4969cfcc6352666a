"""The business processes, pure over ports."""
