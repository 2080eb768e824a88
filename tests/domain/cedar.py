"""The same consents as Cedar policies: a second implementation that shares no line with `corridor.domain.consent`.

Written from the provisions as they stand, and not from what the engine compiles them to. Cedar answers for one record
at a time: a category and a clinical date. Instants are microseconds since 1970.

Source: https://docs.cedarpolicy.com/policies/syntax-policy.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cedarpy import PolicySet, is_authorized_batch

from corridor.domain.consent import Ask, Consent, Provision, Withdrawal
from corridor.domain.period import Period

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = 60_000_000
_ALLOWED = ["TREAT", "ETREAT", "BTG", "PUBHLTH", "PATRQT"]

Record = tuple[str, datetime | None]


@dataclass(frozen=True)
class Answer:
    """Whether one record may go, and the provisions that Cedar says decided it: consent, place, permit."""

    allowed: bool
    because: frozenset[tuple[str, int, bool]]


def answers(
    consents: Sequence[Consent], ask: Ask, now: datetime, withdrawals: Iterable[Withdrawal], records: Sequence[Record]
) -> list[Answer]:
    """What Cedar says of each record."""
    taken_back = max((micros(each.at) for each in withdrawals), default=None)
    more = {} if taken_back is None else {"takenBack": taken_back}
    return decided([*_policies(consents)], [request(ask, now, record, **more) for record in records])


def decided(written: Sequence[tuple[tuple[str, int, bool], str]], requests: list[dict[str, Any]]) -> list[Answer]:
    """What policies come to, under that of the federation."""
    policies = PolicySet.from_str("\n".join([_FEDERATION, *(text for _, text in written)]))
    names = {f"policy{place}": name for place, (name, _) in enumerate(written, start=1)}
    found = is_authorized_batch(requests, policies, [])
    assert not any(each.diagnostics.errors for each in found), found[0].diagnostics.errors
    return [
        Answer(each.allowed, frozenset(names.get(one, _POLICY) for one in each.diagnostics.reasons)) for each in found
    ]


WANTED = (
    "(!(context has wantedFrom) || (context has effective && context.wantedFrom <= context.effective))",
    "(!(context has wantedTo) || (context has effective && context.effective <= context.wantedTo))",
)
"""Only clinical dates that are asked for."""

_POLICY = ("", 0, False)
_FEDERATION = f"forbid(principal, action, resource) unless {{ {json.dumps(_ALLOWED)}.contains(context.purpose) }};"
"""No consent can permit what this forbids."""


def _policies(consents: Iterable[Consent]) -> Iterator[tuple[tuple[str, int, bool], str]]:
    for consent in consents:
        for place, provision in enumerate(consent.provisions if consent.status_active else ()):
            effect = "permit" if provision.permit else "forbid"
            conditions = _permitted(consent, provision) if provision.permit else denied(consent, provision)
            yield (
                (consent.id, place, provision.permit),
                f"{effect}(principal, action, resource) when {{ {' && '.join(['true', *conditions])} }};",
            )


def _permitted(consent: Consent, provision: Provision) -> Iterator[str]:
    yield _among(provision.purposes, "purpose")
    yield _among(provision.categories, "category")
    named = (
        ("asker", provision.countries),
        ("holder", provision.holders),
        ("organisation", provision.organisations),
        ("role", provision.roles),
        ("person", provision.persons),
    )
    yield from (_among(names, key) for key, names in named if names)
    yield from _inside(consent.period, "context.now")
    yield from _inside(provision.period, "context.now")
    yield f"{micros(consent.given_at)} <= context.now + {_MINUTE}"
    yield f"(!(context has takenBack) || context.takenBack < {micros(consent.given_at)})"
    if consent.withdrawn_at:
        yield f"context.now < {micros(consent.withdrawn_at)}"
    if provision.data_period != Period():
        yield "context has effective"
        yield from _inside(provision.data_period, "context.effective")
    yield from WANTED


def denied(consent: Consent, provision: Provision) -> Iterator[str]:
    """The conditions of a denial."""
    if provision.purposes:
        yield _among(provision.purposes, "purpose")
    if provision.categories:
        yield _among(provision.categories, "category")
    if provision.holders:
        yield _among(provision.holders, "holder")
    yield from _meant(provision)
    yield from _inside(consent.period, "context.now")
    yield from _inside(provision.period, "context.now")
    if provision.data_period != Period():
        # A record without a date may be of the denied dates.
        dates = " && ".join(_inside(provision.data_period, "context.effective"))
        yield f"(!(context has effective) || ({dates}))"


def _meant(provision: Provision) -> Iterator[str]:
    named = (
        ("asker", provision.countries),
        ("organisation", provision.organisations),
        ("role", provision.roles),
        ("person", provision.persons),
    )
    ways = [f'(context.{key} == "" || {_among(names, key)})' for key, names in named if names]
    if ways:
        yield f"({' || '.join(ways)})"


def _among(names: Iterable[str], key: str) -> str:
    return f"{json.dumps(sorted(map(str, names)))}.contains(context.{key})"


def _inside(period: Period, value: str) -> Iterator[str]:
    if period.start:
        yield f"{micros(period.start)} <= {value}"
    if period.end:
        yield f"{value} <= {micros(period.end)}"


def request(ask: Ask, now: datetime, record: Record, **more: Any) -> dict[str, Any]:
    """What Cedar is asked about one record; `more` are further words of the context."""
    category, effective = record
    context: dict[str, Any] = {
        "asker": ask.asker,
        "holder": ask.holder,
        "purpose": str(ask.purpose),
        "category": str(category),
        "organisation": ask.organisation,
        "role": ask.role,
        "person": ask.person,
        "now": micros(now),
    }
    instants = (("effective", effective), ("wantedFrom", ask.data_period.start), ("wantedTo", ask.data_period.end))
    context |= {key: micros(at) for key, at in instants if at} | more
    if category not in ask.categories:
        context["category"] = "not asked for"
    return {
        "principal": {"type": "Asker", "id": ask.asker},
        "action": {"type": "Action", "id": "disclose"},
        "resource": {"type": "Record", "id": str(category)},
        "context": context,
    }


def micros(at: datetime) -> int:
    """Since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)
