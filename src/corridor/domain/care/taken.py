"""What was taken on a day, since when without a pause, and what is taken now."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.standing_values import Certainty, CurrentRegimen
from corridor.domain.care.sweep import TOLERATED_DAYS
from corridor.domain.care.timeline import Span, Timeline

_NO_ANCHOR = frozenset({"NRTI", "booster", "tuberculosis"})
_MONTHS = 12
_OVER = frozenset({"stopped", "completed"})


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month where it is shorter; the last day there is at most."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year = day.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def treatments(care: Timeline) -> tuple[Span, ...]:
    """Regimens that happened and treat HIV: without annulled records and without prophylaxis."""
    return tuple(span for span in care.spans if span.counts and "prophylaxis" not in span.flags)


def art_since(care: Timeline) -> date | None:
    """The earliest day on which HIV treatment is told of; None where nobody told a beginning."""
    return min((span.start for span in treatments(care) if span.start), default=None)


def current_regimen(care: Timeline, *, today: date) -> CurrentRegimen | None:
    """The regimen that began last: an old one whose end nobody wrote down must not hide a newer one.

    One that is dated after `today` hides none that has begun.
    """
    spans = treatments(care)
    begun = [span for span in spans if span.start is None or span.start <= today]
    span = max(
        begun or spans, key=lambda each: (each.start or each.end or date.min, each.end or date.max), default=None
    )
    if span is None:
        return None
    known = end_known(span)
    return CurrentRegimen(span, since(spans, span), span.end, known, _goes_on(span, known, today))


def end_known(span: Span) -> Certainty:
    """How the last day of a regimen is known."""
    if span.end is None:
        return Certainty.UNKNOWN if span.until is None else Certainty.INFERRED
    ends = [event for event in span.events if event.end == span.end]
    if any(not event.reckoned for event in ends):
        return Certainty.STATED
    return Certainty.RECKONED if ends else Certainty.INFERRED


def _goes_on(span: Span, known: Certainty, today: date) -> bool | None:
    """A supply that should be used up does not say that nothing is taken; a told end does."""
    if span.start is not None and span.start > today:
        return None
    if span.end is not None and span.end >= today:
        return True
    return False if known is Certainty.STATED or _is_over(span) else None


def _is_over(span: Span) -> bool:
    """Whether every statement of it says that it is over, though not since when."""
    statements = [event for event in span.events if event.source.startswith("MedicationStatement/")]
    return bool(statements) and all(event.status in _OVER for event in statements)


def anchors(span: Span) -> frozenset[str]:
    """The drugs that a regimen stands on, without backbone and booster; ritonavir is one only where it is alone."""
    drugs = lexicon().drugs
    found = {name for name in span.components if name in drugs and drugs[name].drug_class not in _NO_ANCHOR}
    return frozenset(found - {"RTV"} or found or span.components)


def on(spans: Iterable[Span], day: date) -> Span | None:
    """The regimen of a day: of those whose days hold it, the one that began last."""
    holding = (span for span in spans if (span.start or date.min) <= day <= (span.until or date.max))
    return max(holding, key=lambda span: (span.start or date.min, span.label), default=None)


def since(spans: Iterable[Span], span: Span, *, same_anchor: bool = False) -> date | None:
    """First day from which the same drugs, or the same anchor, were taken without an interruption in any country."""
    first = span.start
    if first is None:
        return None
    earlier = sorted((each for each in spans if each.start and each.start < first), key=_by_start, reverse=True)
    for before in earlier:
        same = anchors(before) & anchors(span) if same_anchor else set(before.components) == set(span.components)
        if not same or not before.start or (before.until and (first - before.until).days > TOLERATED_DAYS):
            break
        first = before.start
    return first


def _by_start(span: Span) -> date:
    return span.start or date.min


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken on one day.

    Attributes:
        since: first day from which the anchor of it was taken without an interruption.
        anchors: the drugs that it stands on.
        sure: the day lies in what was told or reckoned, not after the last record of a regimen without an end.
    """

    span: Span
    since: date
    anchors: frozenset[str]
    sure: bool


class Treatment:
    """The regimens of a history, asked day by day."""

    def __init__(self, care: Timeline) -> None:
        self.spans = treatments(care)
        self._gaps = tuple(gap for gap in care.gaps if gap.days > TOLERATED_DAYS)
        self._since: dict[int, date | None] = {}

    def on(self, day: date) -> Taken | None:
        """What was taken on a day; None in an interruption, and where nobody told since when."""
        if any(gap.start < day < gap.end for gap in self._gaps):
            return None
        span = on(self.spans, day)
        if span is None:
            return None
        if id(span) not in self._since:
            self._since[id(span)] = since(self.spans, span, same_anchor=True)
        start, known_until = self._since[id(span)], span.until or span.seen
        sure = known_until is not None and day <= known_until
        return None if start is None else Taken(span, start, anchors(span), sure)
