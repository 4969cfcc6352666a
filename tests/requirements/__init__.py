"""Which requirement is played by which test: marks in the tests, rows in rows.yaml, and the page that is made of both."""
