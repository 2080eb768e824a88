"""How a prior regimen can be continued in a country, from what somebody stated that it can give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from corridor.domain.care.equivalence import Variant, alternatives, equivalences, variants
from corridor.domain.care.formulary import Availability, Formulary, Option, Options, Presentation, StockOut

BELIEVED_DAYS = 30
"""A stock-out whose end nobody stated is believed for so long. A choice of this project."""

_MOST_OPTIONS = 6


def options(prior: Iterable[str], formulary: Formulary | None, *, today: date) -> Options:
    """How a regimen can be continued here; what nobody stated is unknown, never unavailable.

    Args:
        prior: abbreviations of the regimen; empty where it could not be read.
        formulary: of this country, or None where the node has none.
        today: the day on which it would be given.
    """
    regimen = frozenset(prior)
    why = _unusable(regimen, formulary, today)
    if why or formulary is None:
        drugs = tuple((drug, Availability.UNKNOWN) for drug in sorted(regimen))
        return Options(tuple(sorted(regimen)), Availability.UNKNOWN, why, (), drugs, formulary)
    found = tuple(option for variant in variants(regimen) for option in _made(variant, formulary, today))
    availability, why = _judged(found, formulary)
    given = [option for option in found if not option.out_of_stock and not option.doubtful] or found
    drugs = tuple((drug, _drug(drug, regimen, formulary)) for drug in sorted(regimen))
    return Options(tuple(sorted(regimen)), availability, why, tuple(given[:_MOST_OPTIONS]), drugs, formulary)


def _unusable(regimen: frozenset[str], formulary: Formulary | None, today: date) -> str:
    if formulary is None:
        return "no-formulary"
    if not regimen:
        return "unread-regimen"
    if formulary.valid_until < today:
        return "expired"
    return "not-yet" if formulary.dated > today else ""


def _judged(found: tuple[Option, ...], formulary: Formulary) -> tuple[Availability, str]:
    """The best way that nothing stands against decides; then stock-outs; then whether the list is complete."""
    for option in found:
        if not option.out_of_stock and not option.doubtful:
            return (Availability.EQUIVALENT if option.changes else Availability.SAME), ""
    if any(not option.out_of_stock for option in found):
        return Availability.UNKNOWN, "stock-out-old"
    if found:
        return Availability.NOTHING, "stock-out"
    if formulary.complete:
        return Availability.NOTHING, "not-listed"
    return Availability.UNKNOWN, "incomplete-list"


def _made(variant: Variant, formulary: Formulary, today: date) -> Iterator[Option]:
    """Every way to make a regimen of listed products, fewest products first; no drug twice, none beside."""
    wanted = variant.components
    usable = sorted({each.components for each in formulary.presentations if set(each.components) <= wanted})
    cautions = tuple(equivalences().cautions[key] for key in variant.cautions)
    for parts in sorted(_covers(wanted, usable), key=lambda cover: (len(cover), cover)):
        products = tuple(_first(formulary, components) for components in parts)
        against = [each for each in formulary.stock_outs if each.components in parts]
        yield Option(
            components=tuple(sorted(wanted)),
            products=products,
            changes=variant.changes,
            cautions=cautions,
            sources=variant.sources,
            out_of_stock=tuple(each for each in against if stands(each, today)),
            doubtful=tuple(each for each in against if stands(each, today) is None),
        )


def stands(stock_out: StockOut, today: date) -> bool | None:
    """Whether a stock-out is believed today; None where it is too old and nobody said that it ended."""
    if stock_out.until is not None:
        return stock_out.reported <= today <= stock_out.until
    age_days = (today - stock_out.reported).days
    return age_days >= 0 if age_days <= BELIEVED_DAYS else None


def _covers(wanted: frozenset[str], usable: list[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Sets of products that together are exactly the regimen."""
    if not wanted:
        yield ()
        return
    first = min(wanted)
    for components in usable:
        if first in components and set(components) <= wanted:
            for rest in _covers(wanted - set(components), usable):
                yield (components, *rest)


def _first(formulary: Formulary, components: tuple[str, ...]) -> Presentation:
    return next(each for each in formulary.presentations if each.components == components)


def _drug(drug: str, regimen: frozenset[str], formulary: Formulary) -> Availability:
    """Whether a drug is listed in any product; a combination may bring others along."""
    listed = {name for each in formulary.presentations for name in each.components}
    if drug in listed:
        return Availability.SAME
    if any(other in listed for other in alternatives(drug, regimen)):
        return Availability.EQUIVALENT
    return Availability.NOTHING if formulary.complete else Availability.UNKNOWN
