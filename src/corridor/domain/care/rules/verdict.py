"""The three answers of a rule: it holds, it does not, or something is missing to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corridor.domain.care.event import Event
from corridor.domain.care.situation import Situation


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that an alert stands on.

    Attributes:
        what: `regimen`, `plan`, `drug`, `condition`, `allergy`, `result`, `person`, `gap`, `resistance`;
            `untested` where nobody told of a test, `outdated` where what they told is too old.
        label: drug, test or condition by its name in the rules.
        event: the record that told it, with country, date and words; None for what the clinician or the person told.
    """

    what: str
    label: str
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule, or a part of one, says of a situation.

    Attributes:
        holds: None where a missing fact decides it.
        because: the facts that speak for it.
        missing: names of the facts that nobody told; empty unless `holds` is None.
    """

    holds: bool | None
    because: tuple[Reason, ...] = ()
    missing: frozenset[str] = frozenset()


Test = Callable[[Situation], Verdict]
NO = Verdict(holds=False)


def yes(reasons: Iterable[Reason]) -> Verdict:
    """It holds, because of these facts."""
    return Verdict(holds=True, because=tuple(dict.fromkeys(reasons)))


def unknown(*missing: str) -> Verdict:
    """Nobody can tell, because these facts are missing."""
    return Verdict(holds=None, missing=frozenset(missing))


def when(found: Iterable[Reason]) -> Verdict:
    """It holds where there is any fact, and not otherwise."""
    reasons = tuple(found)
    return yes(reasons) if reasons else NO


def every(tests: tuple[Test, ...]) -> Test:
    """All parts hold; one that does not hold settles it, whatever is missing elsewhere."""

    def test(situation: Situation) -> Verdict:
        verdicts = [each(situation) for each in tests]
        if any(verdict.holds is False for verdict in verdicts):
            return NO
        because = (reason for verdict in verdicts for reason in verdict.because)
        return _joined(because, [verdict for verdict in verdicts if verdict.holds is None])

    return test


def some(tests: tuple[Test, ...]) -> Test:
    """At least one part holds; one that holds settles it."""

    def test(situation: Situation) -> Verdict:
        verdicts = [each(situation) for each in tests]
        holding = [verdict for verdict in verdicts if verdict.holds]
        if holding:
            return yes(reason for verdict in holding for reason in verdict.because)
        undecided = [verdict for verdict in verdicts if verdict.holds is None]
        because = (reason for verdict in undecided for reason in verdict.because)
        return _joined(because, undecided) if undecided else NO

    return test


def opposite(of: Test) -> Test:
    """The part does not hold; what is missing stays missing."""

    def test(situation: Situation) -> Verdict:
        verdict = of(situation)
        return verdict if verdict.holds is None else Verdict(holds=not verdict.holds)

    return test


def _joined(because: Iterable[Reason], undecided: list[Verdict]) -> Verdict:
    missing = frozenset(name for verdict in undecided for name in verdict.missing)
    return Verdict(None if undecided else True, tuple(dict.fromkeys(because)), missing)
