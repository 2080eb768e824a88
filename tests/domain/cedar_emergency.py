"""Breaking the glass as Cedar policies, sharing no line with `corridor.domain.emergency`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from corridor.domain.consent import Ask, Consent, Withdrawal
from corridor.domain.country import Country
from tests.domain.cedar import WANTED, Answer, Record, decided, denied, micros, request

_HOUR = 3_600_000_000
_CARE = {"TREAT", "ETREAT", "BTG"}
Named = tuple[tuple[str, int, bool], str]


def emergency_answers(
    broken: tuple[Country, datetime],
    stored: Sequence[Consent],
    ask: Ask,
    *,
    now: datetime,
    withdrawals: Iterable[Withdrawal],
    records: Sequence[Record],
) -> list[Answer]:
    """What Cedar says of each record, where `broken` says in which country and when the glass was broken."""
    words = [each.at for each in withdrawals]
    words += [each.withdrawn_at for each in stored if each.withdrawn_at and each.withdrawn_at <= now]
    given = [each.given_at for each in stored if each.status_active and any(one.permit for one in each.provisions)]
    # Before everything, so that a person who never said either has said neither.
    never = min([now, *words, *given]) - timedelta(microseconds=1)
    said = {"tookBack": micros(max([never, *words])), "gave": micros(max([never, *given]))}
    policies = [_opening(*broken), _TAKEN_BACK, *_refusals(stored)]
    return decided(policies, [request(ask, now, record, **said, spoke=bool(words)) for record in records])


_TAKEN_BACK: Named = (
    ("taken back", 0, False),
    "forbid(principal, action, resource) when { context.spoke && context.gave <= context.tookBack };",
)


def _opening(country: Country, at: datetime) -> Named:
    start = micros(at)
    hour = f"{start} <= context.now && context.now <= {start + _HOUR}"
    asked = f'context.asker == "{country}" && context.purpose == "BTG" && context.category != "not asked for"'
    return (
        "opening",
        0,
        True,
    ), f"permit(principal, action, resource) when {{ {' && '.join([asked, hour, *WANTED])} }};"


def _refusals(stored: Iterable[Consent]) -> Iterator[Named]:
    """Each denial of care, whichever purpose of care it names, or of everything."""
    for consent in stored:
        for place, each in enumerate(consent.provisions if consent.status_active else ()):
            if not each.permit and (not each.purposes or each.purposes & _CARE):
                conditions = " && ".join(["true", *denied(consent, replace(each, purposes=frozenset()))])
                yield (consent.id, place, False), f"forbid(principal, action, resource) when {{ {conditions} }};"
