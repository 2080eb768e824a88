"""Runs the revisions of the hub's database on the connection that storage/migrations.py hands over."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], version_table=attributes["version_table"])
context.run_migrations()
