"""Who may be whom: features, blind tokens, scores and grades."""
