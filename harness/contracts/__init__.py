"""Contracts: our pacts and a user's verified, published and compared, and the documents that are generated from the registries."""
