"""What dryclose costs, each figure beside a bare baseline measured in the same run: `python -m harness.bench`."""
