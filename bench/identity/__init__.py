"""How well people are found: worlds of invented people, public corpora, other methods beside ours, and the table."""
