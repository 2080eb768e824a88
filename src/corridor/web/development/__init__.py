"""The development identity provider: invented people, for trying a node out."""
