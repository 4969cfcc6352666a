"""The reference connector: two flows over HTTP, state in PostgreSQL, work in PgQueuer. It knows the mocks only by their wire."""
