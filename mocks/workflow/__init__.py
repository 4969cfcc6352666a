"""Documents that people approve before a connector may take them up: written once, for every system that has some."""
