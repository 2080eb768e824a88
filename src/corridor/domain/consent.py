"""What a person allows: the rule by which the asking and the holding country each decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter

from corridor.domain.ask import Ask
from corridor.domain.decision import Decision, Deny, Grant, Permit, Reason, Spoken
from corridor.domain.period import ALWAYS, Period
from corridor.domain.provision import Provision
from corridor.domain.purpose import FORBIDDEN, Purpose
from corridor.domain.rule import BITS, FAR_FUTURE, SKEW, Dates, Rule, Standing, compiled, wanted

__all__ = [
    "SKEW",
    "Ask",
    "Consent",
    "Decision",
    "Deny",
    "Grant",
    "Permit",
    "Provision",
    "Reason",
    "Spoken",
    "Withdrawal",
    "decide",
    "denial",
    "permits",
]

_by_category = attrgetter("category")
_KNOWN_PURPOSES = frozenset(str(purpose) for purpose in Purpose)


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent document: everything is denied but what its permits name, and its denials win over every permit.

    Attributes:
        given_at: when the person gave it.
        withdrawn_at: from then on its permits are void; its denials stay.
        readable: False where it stands in for a document that nobody could read.
        rules: its provisions, compiled once for as long as this version lives.
    """

    id: str
    status_active: bool
    given_at: datetime
    withdrawn_at: datetime | None = None
    period: Period = ALWAYS
    provisions: tuple[Provision, ...] = ()
    readable: bool = True
    rules: tuple[Rule, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        dates = Dates(self.given_at, self.withdrawn_at, self.period)
        rules = compiled(self.provisions, dates, consent_id=self.id, readable=self.readable)
        object.__setattr__(self, "rules", rules)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The person took back every consent given until then, wherever it is kept; denials stay."""

    at: datetime


def denial(id: str, at: datetime) -> Consent:
    """A consent that forbids everything: what a document that cannot be read must count as."""
    return Consent(id=id, status_active=True, given_at=at, provisions=(Provision(permit=False),), readable=False)


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
    if refused := _refused(ask, now):
        return refused
    rules = _in_force(consents)
    heard = _heard(rules, ask, now, withdrawals=withdrawals)
    return _weigh(heard, wanted(ask.categories), ask.data_period, spoken=bool(rules))


def permits(consents: Sequence[Consent], ask: Ask, now: datetime, *, withdrawals: Iterable[Withdrawal] = ()) -> bool:
    """Whether `decide` would permit anything, found without saying what; arguments as for `decide`."""
    if _refused(ask, now):
        return False
    heard = _heard(_in_force(consents), ask, now, withdrawals=withdrawals)
    return any(left for _, left, _ in _spans(*_holding(heard), want=wanted(ask.categories), asked=ask.data_period))


_Heard = tuple[tuple[Rule, Standing], ...]


def _refused(ask: Ask, now: datetime) -> Deny | None:
    """What is refused whatever anybody consented to."""
    if now.tzinfo is None:
        raise ValueError("The instant of a decision must be aware.")
    purpose = str(ask.purpose)
    if purpose not in _KNOWN_PURPOSES:
        return Deny(Reason.FORBIDDEN_PURPOSE if purpose in FORBIDDEN else Reason.UNKNOWN_PURPOSE)
    return None if ask.categories else Deny(Reason.NOTHING_ASKED)


def _in_force(consents: Iterable[Consent]) -> list[Rule]:
    return [rule for consent in consents if consent.status_active for rule in consent.rules]


def _heard(rules: Iterable[Rule], ask: Ask, now: datetime, *, withdrawals: Iterable[Withdrawal]) -> _Heard:
    """The rules that speak of an ask, each with what it is worth now."""
    purpose, want = str(ask.purpose), wanted(ask.categories)
    taken_back = max([withdrawal.at for withdrawal in withdrawals], default=None)
    return tuple([(rule, rule.standing(now, taken_back)) for rule in rules if rule.concerns(ask, purpose, want)])


def _holding(heard: _Heard) -> tuple[list[Rule], list[Rule]]:
    """Permits and denials that hold."""
    permitting = [rule for rule, standing in heard if rule.permit and standing == "holds"]
    against = [rule for rule, standing in heard if not rule.permit and standing == "holds"]
    return permitting, against


@lru_cache(maxsize=4096)
def _weigh(heard: _Heard, want: int, asked: Period, *, spoken: bool) -> Decision:
    """What the provisions that speak of an ask come to; the same ones come to the same, so that it is kept."""
    permitting, against = _holding(heard)
    grants = tuple(sorted(_grants(permitting, against, want=want, asked=asked), key=_by_category))
    if not grants:
        return _denied(heard, against, spoken=spoken)
    used = [rule for rule in permitting if _adds(rule, grants, asked)]
    return Permit(
        grants,
        min((*_ends(used), *_beginnings(heard)), default=None),
        tuple(sorted({rule.spoken.consent_id for rule in used})),
        _listed((*used, *against)),
    )


def _grants(permits: Sequence[Rule], denials: Sequence[Rule], *, want: int, asked: Period) -> Iterator[Grant]:
    for alike, left, against in _spans(permits, denials, want=want, asked=asked):
        if left:
            yield from [Grant(category, left, against) for category, bit in BITS.items() if alike & bit]


def _spans(
    permits: Sequence[Rule], denials: Sequence[Rule], *, want: int, asked: Period
) -> Iterator[tuple[int, frozenset[Period], frozenset[Period]]]:
    """Of each group of categories that are treated alike: what is left of the permitted spans, and the denied ones."""
    permitted = [(rule.categories, rule.data_period.common(asked)) for rule in permits]
    for alike in _alike([rule.categories for rule in (*permits, *denials)], want):
        against = frozenset([rule.data_period for rule in denials if rule.categories & alike])
        spans = frozenset([span for categories, span in permitted if categories & alike and span])
        yield alike, frozenset([span for span in spans if not _lies_in(span, against)]), against


def _alike(named: Iterable[int], want: int) -> list[int]:
    """The wanted categories in groups of which every rule names all or none."""
    groups = [want]
    for categories in named:
        groups = [part for group in groups for part in (group & categories, group & ~categories) if part]
    return groups


def _lies_in(span: Period, denied: Iterable[Period]) -> bool:
    """Whether nothing of a span is left beside one of those that are denied."""
    return any(each.contains(span) for each in denied)


def _adds(rule: Rule, grants: Iterable[Grant], asked: Period) -> bool:
    """Whether something goes because of this permit."""
    span = rule.data_period.common(asked)
    return any(rule.categories & BITS[grant.category] and span in grant.permitted for grant in grants)


def _ends(permits: Iterable[Rule]) -> Iterator[datetime]:
    """Last instants at which one of the permits counts."""
    for rule in permits:
        if rule.until != FAR_FUTURE:
            yield rule.until
        if rule.withdrawn_at:
            yield rule.withdrawn_at - timedelta.resolution


def _beginnings(heard: _Heard) -> Iterator[datetime]:
    """Last instants before a denial that is still to come."""
    for rule, standing in heard:
        if standing == "to-come" and not rule.permit:
            yield rule.since - timedelta.resolution


def _denied(heard: _Heard, against: Sequence[Rule], *, spoken: bool) -> Deny:
    if against:
        reason = Reason.DENIED if any(rule.readable for rule in against) else Reason.UNREADABLE
        return Deny(reason, _listed(against))
    withdrawn = [rule for rule, standing in heard if standing == "withdrawn"]
    if withdrawn:
        return Deny(Reason.WITHDRAWN, _listed(withdrawn))
    lapsed = [rule for rule, standing in heard if rule.permit and standing != "holds"]
    if lapsed:
        return Deny(Reason.NOT_IN_FORCE, _listed(lapsed))
    return Deny(Reason.NOT_COVERED if spoken else Reason.NO_CONSENT)


def _listed(rules: Iterable[Rule]) -> tuple[Spoken, ...]:
    return tuple(sorted({rule.spoken for rule in rules}))
