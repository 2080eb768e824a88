"""The rows of a country node."""
