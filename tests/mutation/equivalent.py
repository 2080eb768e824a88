"""Mutants that no test can kill, because they decide everything alike; each with its reason."""

EQUIVALENT: dict[tuple[str, str, str], str] = {}
"""By module, the original piece and the piece with the mistake."""
