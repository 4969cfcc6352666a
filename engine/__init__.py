"""The reference connector: its flows over HTTP, state in PostgreSQL, work in PgQueuer. It knows the mocks only by their wire."""
