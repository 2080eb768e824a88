"""Key material behind the ports."""
