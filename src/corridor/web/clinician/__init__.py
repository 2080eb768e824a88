"""Pages of the asking node: choose a person, hear their consent, read what other countries told."""
