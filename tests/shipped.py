"""The catalogue that ships, read once for all tests of a process. It is a value: nobody changes it."""

from contracts.catalog import load_catalog

CATALOG = load_catalog()
