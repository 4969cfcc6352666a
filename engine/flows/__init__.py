"""The two business processes, pure over ports."""
