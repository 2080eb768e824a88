"""What a person allows: the rule by which the asking and the holding country each decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from corridor.domain.category import Category
from corridor.domain.country import Country
from corridor.domain.period import ALWAYS, Period
from corridor.domain.purpose import FORBIDDEN, Purpose

SKEW = timedelta(seconds=60)
"""A consent signed by a clock that runs ahead by no more than this counts as given."""

_KNOWN_PURPOSES = frozenset(str(purpose) for purpose in Purpose)


class Reason(StrEnum):
    """Why an ask is denied; the audit keeps it, the asker never sees it."""

    FORBIDDEN_PURPOSE = "forbidden-purpose"
    UNKNOWN_PURPOSE = "unknown-purpose"
    NOTHING_ASKED = "nothing-asked"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    NOT_IN_FORCE = "not-in-force"
    NOT_COVERED = "not-covered"
    NO_CONSENT = "no-consent"


@dataclass(frozen=True, slots=True)
class Provision:
    """One thing that a consent permits or denies.

    A permit covers only purposes and categories that it names. A denial that names none covers all of them.
    Purpose codes are compared as they stand: TREAT does not include ETREAT.

    Attributes:
        countries: who may receive; empty means any.
        holders: who may be asked to disclose; empty means any.
        period: when the provision holds.
        data_period: clinical dates that it is about.
    """

    permit: bool
    countries: frozenset[Country] = frozenset()
    purposes: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()
    period: Period = ALWAYS
    data_period: Period = ALWAYS
    holders: frozenset[Country] = frozenset()


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent document: everything is denied but what its permits name, and its denials win over every permit.

    Attributes:
        given_at: when the person gave it.
        withdrawn_at: from then on its permits are void; its denials stay.
    """

    id: str
    status_active: bool
    given_at: datetime
    withdrawn_at: datetime | None = None
    period: Period = ALWAYS
    provisions: tuple[Provision, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The person took back every consent given until then, wherever it is kept; denials stay."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants what of whom, and why; `purpose` may be any text, only known codes can be permitted."""

    asker: Country
    holder: Country
    purpose: Purpose | str
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True)
class Grant:
    """What of one category may be disclosed: inside a permitted and outside every denied span of clinical dates."""

    category: Category
    permitted: frozenset[Period]
    denied: frozenset[Period] = frozenset()

    def allows(self, effective: datetime | None) -> bool:
        """Whether a record of that clinical date may go; an undated record passes no span that has an edge."""
        if effective is None:
            return not self.denied and ALWAYS in self.permitted
        permitted = any(span.holds(effective) for span in self.permitted)
        return permitted and not any(span.holds(effective) for span in self.denied)


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be disclosed.

    Attributes:
        grants: one per permitted category, ordered by category.
        until: decide again after that; None where no end is known.
        consent_ids: consents that it rests on, ordered.
    """

    grants: tuple[Grant, ...]
    until: datetime | None
    consent_ids: tuple[str, ...]

    @property
    def categories(self) -> frozenset[Category]:
        """The categories of which something may be disclosed."""
        return frozenset(grant.category for grant in self.grants)

    def allows(self, category: Category, effective: datetime | None = None) -> bool:
        """Whether one record may be disclosed, by its category and clinical date."""
        return any(grant.category == category and grant.allows(effective) for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Deny:
    """Nothing may be disclosed; the reason names no person and stays in the audit."""

    reason: Reason


Decision = Permit | Deny


def denial(id: str, at: datetime) -> Consent:
    """A consent that forbids everything: what a document that cannot be read must count as."""
    return Consent(id=id, status_active=True, given_at=at, provisions=(Provision(permit=False),))


def decide(consents: Sequence[Consent], ask: Ask, now: datetime, *, withdrawals: Iterable[Withdrawal] = ()) -> Decision:
    """Permit or deny one ask; what no consent in force allows is denied.

    Args:
        consents: all that is known of the person's consents, in any order.
        ask: who asks whom for which categories, and why.
        now: aware UTC instant that the decision is for.
        withdrawals: all that are known of the person.

    Returns:
        Permit for those categories that are allowed, or Deny when none is.

    Raises:
        ValueError: `now` is naive.

    Source: IHE PCF, Access Consent (ITI-108); deny overrides.
    """
    if now.tzinfo is None:
        raise ValueError("The instant of a decision must be aware.")
    if ask.purpose in FORBIDDEN:
        return Deny(Reason.FORBIDDEN_PURPOSE)
    if ask.purpose not in _KNOWN_PURPOSES:
        return Deny(Reason.UNKNOWN_PURPOSE)
    if not ask.categories:
        return Deny(Reason.NOTHING_ASKED)
    taken_back = max((withdrawal.at for withdrawal in withdrawals), default=None)
    return _weigh([consent for consent in consents if consent.status_active], ask, (now, taken_back))


_Pair = tuple[Consent, Provision]


def _weigh(consents: Sequence[Consent], ask: Ask, times: tuple[datetime, datetime | None]) -> Decision:
    now = times[0]
    pairs = [(consent, provision) for consent in consents for provision in consent.provisions]
    about = [pair for pair in pairs if _concerns(pair[1], ask)]
    faults = [(pair, _fault(pair, *times)) for pair in about if pair[1].permit]
    permits = [pair for pair, fault in faults if fault is None]
    denials = [pair for pair in about if not pair[1].permit]
    against = [pair[1] for pair in denials if _holds(pair, now)]
    grants = tuple(_grants(ask, [provision for _, provision in permits], against))
    if not grants:
        return Deny(_reason({fault for _, fault in faults}, denied=bool(against), spoken=bool(pairs)))
    ends = [*_ends(permits), *_beginnings(denials, now)]
    return Permit(grants, min(ends, default=None), tuple(sorted({consent.id for consent, _ in permits})))


def _concerns(provision: Provision, ask: Ask) -> bool:
    """Whether a provision speaks of this ask at all, whenever it holds."""
    between = (not provision.countries or ask.asker in provision.countries) and (
        not provision.holders or ask.holder in provision.holders
    )
    if not between:
        return False
    purpose, categories = ask.purpose in provision.purposes, not provision.categories.isdisjoint(ask.categories)
    if provision.permit:
        return purpose and categories
    return (purpose or not provision.purposes) and (categories or not provision.categories)


def _holds(pair: _Pair, now: datetime) -> bool:
    return all(part.period is ALWAYS or part.period.holds(now) for part in pair)


def _fault(pair: _Pair, now: datetime, taken_back: datetime | None) -> Reason | None:
    """What keeps a permit from counting."""
    consent = pair[0]
    withdrawn = consent.withdrawn_at is not None and consent.withdrawn_at <= now
    if withdrawn or (taken_back is not None and consent.given_at <= taken_back):
        return Reason.WITHDRAWN
    return None if consent.given_at <= now + SKEW and _holds(pair, now) else Reason.NOT_IN_FORCE


def _grants(ask: Ask, permits: Sequence[Provision], denials: Sequence[Provision]) -> Iterable[Grant]:
    for category in sorted(ask.categories):
        against = [denial.data_period for denial in denials if not denial.categories or category in denial.categories]
        spans = [permit.data_period for permit in permits if category in permit.categories]
        left = [span for span in spans if not any(denied.contains(span) for denied in against)]
        if left:
            yield Grant(category, frozenset(left), frozenset(against))


def _ends(permits: Sequence[_Pair]) -> Iterable[datetime]:
    """Instants after which one of the permits no longer counts."""
    for consent, provision in permits:
        yield from (end for end in (consent.period.end, provision.period.end) if end)
        if consent.withdrawn_at:
            yield consent.withdrawn_at - timedelta.resolution


def _beginnings(denials: Sequence[_Pair], now: datetime) -> Iterable[datetime]:
    """Last instants before a denial that is still to come."""
    for consent, provision in denials:
        starts = [start for start in (consent.period.start, provision.period.start) if start and start > now]
        if starts:
            yield min(starts) - timedelta.resolution


def _reason(faults: set[Reason | None], *, denied: bool, spoken: bool) -> Reason:
    if denied:
        return Reason.DENIED
    if faults:
        return Reason.WITHDRAWN if Reason.WITHDRAWN in faults else Reason.NOT_IN_FORCE
    return Reason.NOT_COVERED if spoken else Reason.NO_CONSENT
