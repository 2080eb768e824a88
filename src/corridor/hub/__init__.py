"""The hub's doors: one file per federation transaction."""
