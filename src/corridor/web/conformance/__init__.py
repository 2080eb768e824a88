"""The page at `/` of a node: what it speaks, for those who connect a system to it."""
