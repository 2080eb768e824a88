"""Mutants that no test can kill, because they decide everything alike; each with its reason."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("consent", "rule.permit and standing == 'holds'", "standing == 'holds'"): "a denial's dates lie within themselves",
    ("rule", "'over'", "'over-not'"): "nobody asks for that word",
}
"""By module, the original piece and the piece with the mistake."""
