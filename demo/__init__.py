"""The demo federation: invented people, published examples and the story."""
