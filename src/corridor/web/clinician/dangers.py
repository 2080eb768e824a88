"""Alerts as the page shows them: the most dangerous first, each with its reason, its record and its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridor.domain.care.alerts import Alert, Position, Reason
from corridor.domain.care.rules.asked import asked
from corridor.web.clinician.facts import Source, source_of
from corridor.web.language import Words

LEAST_SHOWN = 4
"""So many alerts stand open to the eye, and with them every other one that is as grave as `_GRAVE`."""

_GRAVE = 3
_GRAVEST = 5


@dataclass(frozen=True, slots=True)
class Why:
    """One fact that an alert stands on; `source` is None for what the clinician or the person told."""

    label: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Danger:
    """One alert in the reader's language.

    Attributes:
        tone: `grave`, `serious` or `mild`; chooses sign and colour, `severity` says it in words.
        missing: what nobody told, in words; empty where the rule holds for certain.
    """

    tone: str
    severity: str
    text: str
    action: str
    because: tuple[Why, ...]
    missing: str
    conflict: tuple[Position, ...]
    source: str
    rule: str
    verification: str


def dangers(alerts: Sequence[Alert], t: Words) -> tuple[Danger, ...]:
    """All alerts, in the order in which the rules gave them."""
    return tuple(_danger(alert, t) for alert in alerts)


def shown_at_once(alerts: Sequence[Alert]) -> int:
    """How many are shown before a fold; nothing grave is ever folded away."""
    grave = sum(alert.severity.rank >= _GRAVE for alert in alerts)
    return max(grave, LEAST_SHOWN)


def _danger(alert: Alert, t: Words) -> Danger:
    rank = alert.severity.rank
    return Danger(
        tone="grave" if rank >= _GRAVEST else ("serious" if rank >= _GRAVE else "mild"),
        severity=alert.severity_words.said(t.language),
        text=alert.text.said(t.language),
        action=alert.action_words.said(t.language),
        because=tuple(_why(reason, t) for reason in alert.because),
        missing=", ".join(_named(name, t) for name in alert.missing),
        conflict=alert.conflict,
        source=alert.source,
        rule=alert.rule,
        verification=t.name("verified", alert.verification),
    )


def _why(reason: Reason, t: Words) -> Why:
    label = f"{t.name('reason', reason.what)}: {_named(reason.label, t)}"
    return Why(label, source_of(reason.event, t) if reason.event else None)


def _named(label: str, t: Words) -> str:
    """The name that rules use, in the reader's language; drugs keep their abbreviation."""
    book = asked()
    for named in (book.tests, book.drugs, book.conditions):
        if label in named:
            return named[label].name.said(t.language)
    return t.name("sex" if label in {"female", "male"} else "asked", label)
