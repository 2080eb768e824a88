"""What the acts need from the world, one Protocol per file."""
