"""A provision made ready to be asked many times: sets to compare, bits for categories, one span for its periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from corridor.domain.ask import Ask
from corridor.domain.category import Category
from corridor.domain.country import Country
from corridor.domain.decision import Spoken
from corridor.domain.period import Period
from corridor.domain.provision import Provision

SKEW = timedelta(seconds=60)
"""A consent signed by a clock that runs ahead by no more than this counts as given."""

FAR_PAST = datetime.min.replace(tzinfo=UTC)
FAR_FUTURE = datetime.max.replace(tzinfo=UTC)
"""Open ends."""

Standing = Literal["holds", "to-come", "over", "withdrawn"]
"""What a provision is worth at an instant."""

BITS = {category: 2 << place for place, category in enumerate(Category)}
"""One bit for each category."""

_SOMETHING = 1
"""Set in what every ask wants, so that a denial of everything reaches it whatever it asks for."""
_EVERYTHING = ~0
"""Every bit that there is."""


@lru_cache(maxsize=4096)
def wanted(categories: frozenset[Category]) -> int:
    """The categories of an ask as bits; one that nobody knows has none."""
    return _SOMETHING | _covered(categories)


def _covered(categories: frozenset[Category]) -> int:
    return sum(bit for category, bit in BITS.items() if category in categories)


@dataclass(frozen=True, slots=True)
class Actors:
    """Who is named, in up to four ways; see `Provision`."""

    permit: bool
    countries: frozenset[Country]
    organisations: frozenset[str]
    roles: frozenset[str]
    persons: frozenset[str]

    def meet(self, ask: Ask) -> bool:
        """Whether the asker is meant."""
        if self.permit:
            return all(who in named for named, who in self._beside(ask))
        return any(not who or who in named for named, who in self._beside(ask))

    def _beside(self, ask: Ask) -> Iterator[tuple[frozenset[str] | frozenset[Country], str]]:
        """Each way that names somebody, with what the ask says of itself in that way."""
        ways = (
            (self.countries, ask.asker),
            (self.organisations, ask.organisation),
            (self.roles, ask.role),
            (self.persons, ask.person),
        )
        return (way for way in ways if way[0])


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One provision of one consent, compiled; equal to itself alone.

    Attributes:
        askers: where who may receive is named by country alone; None where anybody is meant.
        actors: where it is named in other ways too.
        holders: None where any country is meant.
        purposes: None where every purpose is meant.
        categories: as bits.
        since: first instant at which all its periods hold.
        until: the last one, withdrawal aside.
        given_at: a withdrawal of the person's that came no earlier voids a permit.
        withdrawn_at: from then on the consent's permits are void.
        readable: False where it stands in for a document that nobody could read.
    """

    spoken: Spoken
    permit: bool
    askers: frozenset[Country] | None
    actors: Actors | None
    holders: frozenset[Country] | None
    purposes: frozenset[str] | None
    categories: int
    data_period: Period
    since: datetime
    until: datetime
    given_at: datetime
    withdrawn_at: datetime | None
    readable: bool

    def concerns(self, ask: Ask, purpose: str, want: int) -> bool:
        """Whether the provision speaks of this ask at all, whenever it holds."""
        return (
            self.categories & want != 0
            and (self.purposes is None or purpose in self.purposes)
            and (self.holders is None or ask.holder in self.holders)
            and (self.askers is None or ask.asker in self.askers)
            and (self.actors is None or self.actors.meet(ask))
        )

    def standing(self, now: datetime, taken_back: datetime | None) -> Standing:
        """What it is worth now; `taken_back` is the latest withdrawal of the person's."""
        if self.permit and self._void(now, taken_back):
            return "withdrawn"
        if now < self.since:
            return "to-come"
        return "holds" if now <= self.until else "over"

    def _void(self, now: datetime, taken_back: datetime | None) -> bool:
        if self.withdrawn_at and self.withdrawn_at <= now:
            return True
        return taken_back is not None and self.given_at <= taken_back


@dataclass(frozen=True, slots=True)
class Dates:
    """When the document was given, taken back, and is in force."""

    given_at: datetime
    withdrawn_at: datetime | None
    period: Period


def compiled(provisions: Iterable[Provision], dates: Dates, *, consent_id: str, readable: bool) -> tuple[Rule, ...]:
    """The rules of one consent, in the order of its provisions."""
    return tuple(
        _rule(provision, dates, Spoken(consent_id, index, provision.permit), readable=readable)
        for index, provision in enumerate(provisions)
    )


def _rule(provision: Provision, dates: Dates, spoken: Spoken, *, readable: bool) -> Rule:
    permit, covered = provision.permit, _covered(provision.categories)
    periods = (provision.period, dates.period)
    ways = (provision.organisations, provision.roles, provision.persons)
    starts = [each.start for each in periods if each.start]
    if permit:
        starts.append(_before(dates.given_at, SKEW))
    return Rule(
        spoken=spoken,
        permit=permit,
        askers=None if any(ways) else provision.countries or None,
        actors=Actors(permit, provision.countries, *ways) if any(ways) else None,
        holders=provision.holders or None,
        purposes=provision.purposes if permit else provision.purposes or None,
        categories=covered if permit or provision.categories else _EVERYTHING,
        data_period=provision.data_period,
        since=max(starts, default=FAR_PAST),
        until=min((each.end for each in periods if each.end), default=FAR_FUTURE),
        given_at=dates.given_at,
        withdrawn_at=dates.withdrawn_at,
        readable=readable,
    )


def _before(at: datetime, span: timedelta) -> datetime:
    try:
        return at - span
    except OverflowError:
        return FAR_PAST
