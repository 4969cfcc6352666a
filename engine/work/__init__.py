"""What drives the flows: queue worker, runner, sweeper, catch-up polling."""
