"""Scripts of others' methods; each runs in an environment of its own and none is imported."""
