"""How much may be asked in an hour, and when asking looks like trying one name after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.principal import Principal, Role
from corridor.domain.purpose import Purpose

EMERGENCIES_PER_HOUR = 3
"""So often may one clinician break the glass (ADR 27)."""

EMERGENCIES_ABROAD_PER_HOUR = 30
"""So many questions without consent one country may put to another; more of them answer themselves with nothing."""

_SLICES = 1_000
"""A large budget is counted in slices of a thousandth of it: one write for many requests."""


class Act(StrEnum):
    """What is counted."""

    SEARCH = "search"
    MATCH = "match"
    PULL = "pull"


class Reason(StrEnum):
    """Why somebody may ask no more, as the log keeps it."""

    SPENT = "budget-spent"
    PAUSED = "paused"
    MANY_PEOPLE = "many-people"
    FEW_MATCHES = "few-matches"
    NOBODY_ABROAD = "nobody-abroad"


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of one hour, from one whole hour to the next; an operator may write others.

    Attributes:
        clinician_searches: of one clinician.
        clinician_matches: of one clinician.
        clinician_pulls: of one clinician, whoever is asked about, for whatever purpose.
        clinician_people: different people that one clinician looks for; beyond that they are paused.
        clinician_misses: of those, people whom nobody is found for; beyond that they are paused.
        empty_pulls: of one clinician, pulls that no country had anything to say to; beyond that they are paused.
        client_searches: of one system or other account, for whatever purpose.
        client_matches: likewise.
        client_misses: different people whom a system looks for in vain; beyond that it is paused.
        purpose_searches: of one asker for one purpose that it was let in for.
        purpose_matches: likewise.
        purpose_pulls: of one clinician for one purpose.
        patient_pulls: about one person, by anybody.
        attestations: of one clinician, that a person is there who shows neither card nor code.
        country_asks: that one other country sends here.
        country_clinician_asks: of these, by one of its clinicians.
    """

    clinician_searches: int = 2_000
    clinician_matches: int = 120
    clinician_pulls: int = 20
    clinician_people: int = 80
    clinician_misses: int = 40
    empty_pulls: int = 12
    client_searches: int = 200_000
    client_matches: int = 20_000
    client_misses: int = 2_000
    purpose_searches: int = 150_000
    purpose_matches: int = 15_000
    purpose_pulls: int = 15
    patient_pulls: int = 12
    attestations: int = 10
    country_asks: int = 5_000
    country_clinician_asks: int = 40


class Cost(msgspec.Struct, frozen=True):
    """What an act costs of one budget.

    Attributes:
        name: of the counter.
        limit: of the hour.
        slice: so much may be taken from the counter at once and used up bit by bit.
    """

    name: str
    limit: int
    amount: int = 1
    slice: int = 1


class Demand(msgspec.Struct, frozen=True):
    """What somebody wants to do: `patient_id` is whom a pull is about, `purpose` as it was claimed."""

    act: Act
    purpose: str = ""
    patient_id: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Somebody who may ask nothing more until a person lets them.

    Attributes:
        id: opaque.
        agent: pseudonym of the account or system.
        role: in which it asked.
        reason: `many-people`, `few-matches` or `nobody-abroad`.
        lifted_by: pseudonym of who let them ask again, empty until then.
        note: why, in that person's words.
    """

    id: str
    agent: str
    role: str
    reason: Reason
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str = ""
    note: str = ""


def limits_of(written: Mapping[str, int]) -> Limits:
    """The limits that an operator wrote, and the usual ones for what was left out.

    Raises:
        InvalidError: there is no limit of that name.
    """
    unknown = sorted(written.keys() - {each.name for each in fields(Limits)})
    if unknown:
        raise InvalidError(f"There is no limit {unknown[0]}.")
    return Limits(**written)


def costs_of(principal: Principal, demand: Demand, limits: Limits) -> tuple[Cost, ...]:
    """What an act costs: of the asker's budget over all purposes, of that for its purpose, and of the person's.

    Since the first counts over all purposes, naming another purpose gives nobody more.
    """
    who, act = principal.pseudonym, demand.act
    person = (Cost(f"pulled/{demand.patient_id}", limits.patient_pulls),) if act is Act.PULL else ()
    if demand.purpose == Purpose.BTG:
        return (Cost(f"break-glass/{who}", EMERGENCIES_PER_HOUR), *person)
    kind = "clinician" if principal.role is Role.CLINICIAN and principal.grant is None else "client"
    found = [_cost(f"{act}/{who}", _limit(limits, kind, act))]
    if demand.purpose:
        found.append(_cost(f"{act}/{who}/{demand.purpose[:_LONGEST_PURPOSE]}", _limit(limits, "purpose", act)))
    return (*found, *person)


def costs_of_ask(asker: Country, clinician: str, *, purpose: Purpose, limits: Limits) -> tuple[Cost, ...]:
    """What a question of another country costs here; whom it is about makes no difference.

    Args:
        asker: the other country.
        clinician: pseudonym that it gave.
        purpose: of the question.
        limits: of this node.
    """
    found = (
        _cost(f"ask/{asker}", limits.country_asks),
        Cost(f"ask/{asker}/{clinician[:_LONGEST_NAME]}", limits.country_clinician_asks),
    )
    return (*found, Cost(f"emergency/{asker}", EMERGENCIES_ABROAD_PER_HOUR)) if purpose is Purpose.BTG else found


_LONGEST_NAME = 64
_LONGEST_PURPOSE = 32
_PLURAL = {Act.SEARCH: "searches", Act.MATCH: "matches", Act.PULL: "pulls"}
_LIMIT = {(kind, act): f"{kind}_{_PLURAL[act]}" for kind in ("clinician", "client", "purpose") for act in _PLURAL}
_LIMIT["client", Act.PULL] = "clinician_pulls"


def _limit(limits: Limits, kind: str, act: Act) -> int:
    """Who is no clinician pulls nothing: their role forbids it, and until it is asked a clinician's budget counts."""
    return int(getattr(limits, _LIMIT[kind, act]))


def _cost(name: str, limit: int) -> Cost:
    return Cost(name, limit, slice=max(1, limit // _SLICES))


def hour_of(at: datetime) -> datetime:
    """The whole hour in which budgets of an instant are counted."""
    return at.replace(minute=0, second=0, microsecond=0)


def seconds_left(at: datetime) -> int:
    """Seconds until the next hour begins, at least 1."""
    return max(1, int((hour_of(at) + timedelta(hours=1) - at).total_seconds()) + 1)
