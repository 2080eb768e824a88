"""A draft plan that bridges the days until treatment is settled here: text for the clinician to edit, no more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from corridor.domain.care.alerts import Alert, Severity, alerts
from corridor.domain.care.downgrade import losses
from corridor.domain.care.formulary import Availability, BridgingDraft, DraftLine, Formulary, Option, Options
from corridor.domain.care.rules.rule import RuleBook
from corridor.domain.care.shorthand import shorthand
from corridor.domain.care.situation import Situation, View
from corridor.domain.care.wording import Wording

_MOST_OPTIONS = 3
_GIVABLE = frozenset({Availability.SAME, Availability.EQUIVALENT})


@cache
def _words() -> Mapping[str, Wording]:
    content = json.loads(files("corridor.domain.care").joinpath("bridging.json").read_text("utf-8"))
    return MappingProxyType({key: Wording(**row) for key, row in content.items()})


def bridging_draft(
    situation: Situation, found: Options, *, days_left: int | None, book: RuleBook | None = None
) -> BridgingDraft:
    """The draft for one situation: what is taken, what is left, what can be given, what to check, what is not known.

    Args:
        situation: as the alerts were asked, with the clinician's plan where there is one.
        found: how the regimen can be continued here.
        days_left: days of medicine left, from `Standing.supply`; None where unknown.
        book: rules with the reviews of this node.
    """
    lines = [
        DraftLine("decision", _words()["draft"]),
        *_regimen(situation),
        _supply(days_left),
        *_offers(found),
        *_downgrades(situation, found),
        *_checks(situation, found, book),
        DraftLine("decision", _words()["decision"]),
    ]
    return BridgingDraft(tuple(dict.fromkeys(lines)))


def _written(drugs: Iterable[str]) -> str:
    found = frozenset(drugs)
    return shorthand(found) or " + ".join(sorted(found))


def _regimen(situation: Situation) -> Iterator[DraftLine]:
    words, view = _words(), situation.view
    last = _written(situation.span.components) if situation.span else ""
    if view is View.UNKNOWN or situation.regimen is None:
        yield DraftLine("regimen", words["regimen.unknown"], known=False)
        return
    gap = words["none"] if situation.gap_days is None else str(situation.gap_days)
    filled = words[f"regimen.{view}"].filled(drugs=_written(situation.regimen), days=gap, before=last or words["none"])
    yield DraftLine("regimen", filled)
    if situation.current is None and situation.span is not None:
        yield DraftLine("unknown", words["regimen.unsure"], known=False)


def _supply(days_left: int | None) -> DraftLine:
    if days_left is None:
        return DraftLine("supply", _words()["supply.unknown"], known=False)
    key = "supply.days" if days_left > 0 else "supply.none"
    return DraftLine("supply", _words()[key].filled(days=str(days_left)))


def _offers(found: Options) -> Iterator[DraftLine]:
    words, formulary = _words(), found.formulary
    if found.availability in _GIVABLE:
        yield from (DraftLine("option", _offer(option)) for option in found.options[:_MOST_OPTIONS])
        yield DraftLine("check", words["option.doses"])
        yield from (
            DraftLine("check", caution) for option in found.options[:_MOST_OPTIONS] for caution in option.cautions
        )
    else:
        known = found.availability is Availability.NOTHING
        yield DraftLine("option" if known else "unknown", _reason(found), known=known)
    if formulary is not None:
        yield DraftLine("option", _cited(formulary))


def _offer(option: Option) -> Wording:
    products = " + ".join(_written(product.components) for product in option.products)
    changes = ", ".join(f"{before} → {after}" for before, after in option.changes)
    key = "option.equivalent" if option.changes else "option.same"
    return _words()[key].filled(products=products, changes=changes)


def _reason(found: Options) -> Wording:
    formulary = found.formulary
    day = "" if formulary is None else formulary.dated if found.why == "not-yet" else formulary.valid_until
    short = {statement.components for option in found.options for statement in option.out_of_stock}
    products = ", ".join(sorted(_written(each) for each in short))
    kind = "nothing" if found.availability is Availability.NOTHING else "unknown"
    return _words()[f"{kind}.{found.why}"].filled(day=str(day), products=products)


def _cited(formulary: Formulary) -> Wording:
    return _words()[f"source.{formulary.statement}"].filled(
        country=formulary.country,
        source=formulary.source,
        dated=str(formulary.dated),
        until=str(formulary.valid_until),
    )


def _downgrades(situation: Situation, found: Options) -> Iterator[DraftLine]:
    """What a plan would lose, and that a part of a regimen is no bridge."""
    words = _words()
    if situation.planned is not None and situation.span is not None:
        for key, gaps in losses(frozenset(situation.span.components), situation.planned):
            yield DraftLine("downgrade", words[f"downgrade.{key}"].filled(**gaps))
    if found.availability is Availability.NOTHING:
        listed = [drug for drug, known in found.drugs if known is not Availability.NOTHING]
        if listed and len(listed) < len(found.drugs):
            yield DraftLine("downgrade", words["part"].filled(drugs=", ".join(listed)))


def _checks(situation: Situation, found: Options, book: RuleBook | None) -> Iterator[DraftLine]:
    """What the rules say of the regimen itself, then of each option that says something more."""
    own = [alert for alert in alerts(situation, book=book) if _matters(alert)]
    yield from (_check(alert, alert.text) for alert in own)
    said = {alert.rule for alert in own}
    for option in found.options[:_MOST_OPTIONS] if found.availability in _GIVABLE else ():
        planned = replace(situation, planned=frozenset(option.components))
        for alert in alerts(planned, book=book):
            if _matters(alert) and alert.rule not in said:
                text = _words()["check.option"].filled(drugs=_written(option.components), text=alert.text)
                yield _check(alert, text)


def _matters(alert: Alert) -> bool:
    return bool(alert.missing) or alert.severity.rank >= Severity.MODERATE.rank


def _check(alert: Alert, text: Wording) -> DraftLine:
    return DraftLine("unknown" if alert.missing else "check", text, known=not alert.missing)
