"""Master data that stewards write and a second person releases: cost centres and projects, which other systems keep copies of."""
