"""SQL behind the ports, the same on SQLite and PostgreSQL."""
