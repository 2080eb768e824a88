"""Parts of rules that ask what changes: stopping, keeping, starting, restarting after a gap, switching."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.care.rules.verdict import NO, Reason, Test, Verdict, opposite, unknown, when, yes
from corridor.domain.care.situation import Situation


def stopping_any(drugs: Sequence[str]) -> Test:
    """One of the drugs is left: by the plan, by an interruption, or at the last switch that records show."""

    def test(situation: Situation) -> Verdict:
        before = _before(situation)
        if before is None:
            return unknown("regimen")
        after = _after(situation)
        left = sorted(frozenset(drugs) & before) if after is None else sorted(frozenset(drugs) & (before - after))
        if after is None:
            return unknown("art_status") if left else NO
        return when(_reason(situation, drug) for drug in left)

    return test


def keeping_any(drugs: Sequence[str]) -> Test:
    """One of the drugs is in what follows: the plan, or what is taken."""

    def test(situation: Situation) -> Verdict:
        after = _after(situation)
        if after is not None:
            return when(_reason(situation, drug) for drug in sorted(frozenset(drugs) & after))
        named = frozenset(drugs) & (situation.regimen or frozenset())
        return unknown("art_status") if named or situation.regimen is None else NO

    return test


def starting(drugs: object) -> Test:
    """The plan holds something, or one of these drugs, that is not taken now."""

    def test(situation: Situation) -> Verdict:
        wanted = (situation.planned or frozenset()) - _now(situation)
        wanted = wanted & frozenset(drugs) if isinstance(drugs, list) else wanted
        return when(Reason("plan", drug) for drug in sorted(wanted))

    return test


def not_starting(_: object) -> Test:
    """Nothing new is planned."""
    return opposite(starting(drugs=None))


def restarting(drugs: object) -> Test:
    """After an interruption the plan, or without a plan the last regimen, would begin again with the same drugs."""

    def test(situation: Situation) -> Verdict:
        last = frozenset(situation.span.components) if situation.span else frozenset[str]()
        again = last if situation.planned is None else last & situation.planned
        again = again & frozenset(drugs) if isinstance(drugs, list) else again
        if not again or situation.current:
            return NO
        return unknown("art_status") if situation.current is None else when(_reason(situation, each) for each in again)

    return test


def switching(_: object) -> Test:
    """The plan differs from what was taken last, or the records show that the last regimen replaced another."""

    def test(situation: Situation) -> Verdict:
        last = frozenset(situation.span.components) if situation.span else frozenset[str]()
        if situation.planned is not None:
            return when(Reason("plan", drug) for drug in sorted(situation.planned ^ last))
        changed = situation.before is not None and frozenset(situation.before.components) != last
        return when(_reason(situation, drug) for drug in sorted(last)) if changed else NO

    return test


def art_status(status: str) -> Test:
    """Whether HIV treatment is taken now: `on-art` or `not-on-art`."""
    wanted = status == "on-art"

    def test(situation: Situation) -> Verdict:
        if situation.current is None:
            return unknown("art_status")
        if situation.current is not wanted:
            return NO
        events = situation.span.events[-1:] if situation.span else ()
        return yes([Reason("regimen" if wanted else "gap", status, event) for event in events])

    return test


def _now(situation: Situation) -> frozenset[str]:
    """What is taken; where nobody can tell, nothing, so that a plan counts as a start."""
    return frozenset(situation.span.components) if situation.span and situation.current else frozenset()


def _before(situation: Situation) -> frozenset[str] | None:
    """What was taken before the change that is asked about."""
    span = situation.before if situation.planned is None and situation.current else situation.span
    if situation.span is None or not situation.span.components:
        return None
    return frozenset(span.components) if span else frozenset()


def _after(situation: Situation) -> frozenset[str] | None:
    """What is taken after it; None where nobody can tell."""
    if situation.planned is not None:
        return situation.planned
    if situation.current is None:
        return None
    return _now(situation)


def _reason(situation: Situation, drug: str) -> Reason:
    spans = [span for span in (situation.span, situation.before) if span is not None]
    naming = [event for span in spans for event in span.events if drug in event.components]
    return Reason("regimen", drug, naming[-1] if naming else None)
