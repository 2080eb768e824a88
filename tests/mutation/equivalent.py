"""Mutants that no test can kill, because they decide everything alike; each with its reason."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "domain/consent",
        "rule.permit and standing == 'holds'",
        "standing == 'holds'",
    ): "a denial's dates lie within themselves",
    (
        "domain/consent",
        " for part in (group & categories, group & ~categories) if part",
        " for part in (group & categories, group & ~categories)",
    ): "a group of no category grants nothing; leaving it out keeps the groups few",
    (
        "domain/emergency",
        "not each.permit and (not each.purposes or each.purposes & CARE)",
        "(not each.purposes or each.purposes & CARE)",
    ): "a permit that loses its purposes permits nothing",
    (
        "flows/select_rows",
        "row.category in whole and (not row.also) or row.resource_type == 'Patient' or _is_permitted(row, grants)",
        "row.resource_type == 'Patient' or _is_permitted(row, grants)",
    ): "the first is the last, found faster",
    (
        "flows/select_rows",
        "_without_stray_drugs(going) if going and going[-1].resource_type == _DRUG else going",
        "_without_stray_drugs(going) if True else going",
    ): "drugs are the last rows, and without one all stay",
    (
        "flows/select_rows",
        "going and going[-1].resource_type == _DRUG",
        "going",
    ): "as above",
    ("domain/rule", "'over'", "'over-not'"): "nobody asks for that word",
    ("flows/weigh_consent", "''", "'-not'"): "one word that is no purpose for another",
}
"""By file below `src/corridor`, the original piece and the piece with the mistake."""
