"""What stands beside the HIV regimen: other medicines, conditions now, and drugs that were not tolerated."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.lexicon import fold
from corridor.domain.care.mentions import mentions
from corridor.domain.care.rules.asked import AskedCondition, AskedDrug, asked

Named = Mapping[str, tuple[Event, ...]]

_MEDICINES = ("MedicationStatement/", "MedicationRequest/", "MedicationDispense/", "MedicationAdministration/")
_CONDITIONS = frozenset({EventKind.CONDITION, EventKind.TUBERCULOSIS, EventKind.OTHER})
_OVER = frozenset({"completed", "stopped", "ended", "resolved", "inactive", "remission", "abated"})
_UNENDED_DAYS = 365
"""A medicine whose end nobody told is taken to be over after so long, unless its record says that it goes on."""
_UNREADABLE = frozenset({"unknown"})
_REACTION = re.compile(r"hipersens|hypersens|alerg|allerg|reaccion|reaction|reacao|anafila|anaphyla")
_DENIED = re.compile(
    r"\b(?:no|sin|sem|nao|niega|nega|denies|without)\b(?: known| tiene)? (?:alerg|allerg|hiper|hyper|reac)"
)
_TREATS_TB = frozenset({"PZA", "EMB"})
"""Given with rifampicin they are treatment; rifampicin alone or with isoniazid may be prevention."""


def medicines(told: Iterable[Event], *, today: date) -> Named:
    """Other medicines that are taken, or still act, by the name that rules use."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in told:
        if event.source.startswith(_MEDICINES):
            for name, wanted in asked().drugs.items():
                if _names(wanted, event) and _is_now(event, today, wanted.lingers_days):
                    found[name].append(event)
    return _ordered(found)


def _names(wanted: AskedDrug, event: Event) -> bool:
    named = fold(f"{event.label} {event.raw}")
    return bool(wanted.components & set(event.components) or (wanted.words and wanted.words.search(named)))


def _is_now(event: Event, today: date, lingers_days: int) -> bool:
    """Whether a medicine may be in the body: a known end decides, otherwise a year; one that begins soon counts."""
    if event.end is not None and (event.start is None or event.end >= event.start):
        return today <= event.end + timedelta(days=lingers_days)
    if event.status == "active" or event.start is None:
        return event.status not in _OVER
    dispensed = event.source.startswith("MedicationDispense/")
    return (dispensed or event.status not in _OVER) and (today - event.start).days <= _UNENDED_DAYS


def unread(told: Iterable[Event], *, today: date) -> tuple[Event, ...]:
    """Records of medicines now that nobody could read, so that nothing was checked against them."""
    medicine = (event for event in told if event.source.startswith(_MEDICINES) and not event.components)
    return tuple(event for event in medicine if _says_nothing(event) and _is_now(event, today, 0))


def _says_nothing(event: Event) -> bool:
    if any(_names(wanted, event) for wanted in asked().drugs.values()):
        return False
    return bool(_UNREADABLE & set(event.flags)) or (event.withheld and not event.label)


def conditions(told: Iterable[Event], *, today: date) -> Named:
    """Conditions that the person has now, by the name that rules use; treatment of tuberculosis tells one as well."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in told:
        if event.source.startswith("Condition/") and event.kind in _CONDITIONS:
            for name, wanted in asked().conditions.items():
                if _is(wanted, event) and _lasts(wanted, event, today):
                    found[name].append(event)
        elif _treats_tuberculosis(event) and _is_now(event, today, 0):
            found["active TB"].append(event)
    return _ordered(found)


def _is(wanted: AskedCondition, event: Event) -> bool:
    named = fold(f"{event.label} {event.raw}")
    return bool(wanted.words.search(named)) and not (wanted.unless and wanted.unless.search(named))


def _lasts(wanted: AskedCondition, event: Event, today: date) -> bool:
    if event.end is not None and (event.start is None or event.end >= event.start):
        return today <= event.end
    if event.status in _OVER:
        return False
    days = wanted.lasts_days
    return days is None or event.start is None or (today - event.start).days <= days


def _treats_tuberculosis(event: Event) -> bool:
    return event.source.startswith(_MEDICINES) and bool(_TREATS_TB & set(event.components))


def allergies(told: Iterable[Event]) -> Named:
    """Antiretrovirals that were not tolerated: allergies, conditions that say so, and reasons for stopping."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in told:
        for drug in _not_tolerated(event):
            found[drug].append(event)
    return _ordered(found)


def _not_tolerated(event: Event) -> tuple[str, ...]:
    if event.kind is EventKind.ALLERGY or (event.source.startswith("Condition/") and _reacted(event.label)):
        texts = [text for text in {event.label, event.raw} if not _DENIED.search(fold(text))]
        return tuple(sorted({name for text in texts for each in mentions(text) for name in each.components}))
    return event.components if _reacted(event.reason) and "ABC" in event.components else ()


def _reacted(text: str) -> bool:
    return bool(_REACTION.search(fold(text)))


def _ordered(found: Mapping[str, list[Event]]) -> Named:
    """Newest first, so that the order of arrival changes nothing."""
    return MappingProxyType(
        {name: tuple(sorted(events, key=_newest)) for name, events in sorted(found.items()) if events}
    )


def _newest(event: Event) -> tuple[object, ...]:
    return -(event.start or date.min).toordinal(), event.country, event.source, event.raw
