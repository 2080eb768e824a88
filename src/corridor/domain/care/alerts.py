"""What to watch: prompts for the clinician, most dangerous first. They support a decision and never prescribe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corridor.domain.care.rules.asked import asked
from corridor.domain.care.rules.library import rule_book
from corridor.domain.care.rules.rule import Position, Rule, RuleBook, Severity
from corridor.domain.care.rules.verdict import Reason, Verdict
from corridor.domain.care.situation import Situation, View
from corridor.domain.care.wording import Wording

__all__ = ["Alert", "Position", "Reason", "Severity", "alerts"]

Waiting = Mapping[str, Sequence[tuple[Rule, Verdict]]]

_TO_TEST = frozenset(asked().tests)
_OWN_SOURCE = "Corridor"
_DANGEROUS = 5


@dataclass(frozen=True, slots=True)
class Alert:
    """One prompt for the clinician.

    Attributes:
        rule: id of the rule, such as `TB01`; `missing-egfr` where a fact is missing that rules wait for.
        action: code of what to consider, such as `order-test`; `action_words` says it.
        text: the prompt in three languages.
        because: the facts that it stands on; empty where nothing but a missing fact speaks.
        source: where the rule comes from, as it is cited.
        verification: how the rule was checked against that source, or `reviewed` where a clinician of this node did.
        view: which regimen it speaks of.
        conflict: what each source says where they disagree; empty where they agree.
        missing: names of facts that nobody told, such as `egfr`; empty where the rule holds for certain.
        waiting: ids of the rules that cannot be decided without `missing`, or without the test that it asks for.
    """

    rule: str
    severity: Severity
    action: str
    severity_words: Wording
    action_words: Wording
    text: Wording
    because: tuple[Reason, ...]
    source: str
    verification: str
    view: View
    conflict: tuple[Position, ...] = ()
    missing: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def alerts(situation: Situation, *, book: RuleBook | None = None) -> tuple[Alert, ...]:
    """Every enabled rule that holds, and every missing fact that a rule waits for, most dangerous first.

    A missing test is never read as a normal one: what cannot be decided is an alert that says what to ask for.

    Args:
        situation: what is known of the person on its day.
        book: rules with the reviews of this node; the packaged ones where none is given.
    """
    book = book or rule_book()
    verdicts = [(rule, rule.test(situation)) for rule in book.rules if rule.enabled]
    waiting = _waiting((rule, verdict) for rule, verdict in verdicts if verdict.holds is None)
    certain = [
        _alert(rule, verdict, book=book, view=situation.view, waiting=waiting)
        for rule, verdict in verdicts
        if verdict.holds
    ]
    missing = [_missing_alert(name, rules, book=book, view=situation.view) for name, rules in waiting.items()]
    needed = [alert for alert in missing if not _is_asked_for(alert, certain)]
    return tuple(sorted((*certain, *needed), key=_order))


def _is_asked_for(alert: Alert, certain: Iterable[Alert]) -> bool:
    """Whether an alert that is as dangerous asks for the same test."""
    alike = (each for each in certain if each.severity.rank >= alert.severity.rank)
    return any(set(alert.missing) & _untested(each.because) for each in alike)


def _untested(because: Iterable[Reason]) -> set[str]:
    return {reason.label for reason in because if reason.what in {"untested", "outdated"}}


def _order(alert: Alert) -> tuple[object, ...]:
    return -alert.severity.rank, bool(alert.missing), alert.severity, alert.rule


def _alert(rule: Rule, verdict: Verdict, *, book: RuleBook, view: View, waiting: Waiting) -> Alert:
    untested = _untested(verdict.because)
    return Alert(
        rule=rule.id,
        severity=rule.severity,
        action=rule.action,
        severity_words=book.severities[rule.severity],
        action_words=book.actions[rule.action],
        text=rule.text,
        because=tuple(sorted(verdict.because, key=_reason_order)),
        source=rule.source,
        verification="reviewed" if rule.reviewed_by else rule.verification,
        view=view,
        conflict=rule.conflict,
        waiting=tuple(sorted({each.id for name in untested for each, _ in waiting.get(name, ())})),
    )


def _reason_order(reason: Reason) -> tuple[object, ...]:
    """Newest record first, so that the order of arrival changes nothing."""
    event = reason.event
    when = -(event.start.toordinal() if event and event.start else 0)
    return reason.what, reason.label, when, event.country if event else "", event.source if event else ""


def _waiting(undecided: Iterable[tuple[Rule, Verdict]]) -> Waiting:
    """The rules that wait for each missing fact."""
    waiting: defaultdict[str, list[tuple[Rule, Verdict]]] = defaultdict(list)
    for rule, verdict in undecided:
        for name in _first_needed(verdict.missing):
            waiting[name].append((rule, verdict))
    return waiting


def _first_needed(missing: frozenset[str]) -> frozenset[str]:
    """The regimen before all, then what could not be read: only they tell whether the tests matter."""
    return next((frozenset({name}) for name in ("regimen", "unread") if name in missing), missing)


def _missing_alert(name: str, waiting: Sequence[tuple[Rule, Verdict]], *, book: RuleBook, view: View) -> Alert:
    worst = max(rule.severity.rank for rule, _ in waiting)
    severity = Severity.MAJOR if worst >= _DANGEROUS else Severity.WARNING
    action = "order-test" if name in _TO_TEST else "ask"
    because = {reason for _, verdict in waiting for reason in verdict.because}
    return Alert(
        rule=f"missing-{name}",
        severity=severity,
        action=action,
        severity_words=book.severities[severity],
        action_words=book.actions[action],
        text=asked().missing[name],
        because=tuple(sorted(because, key=_reason_order)),
        source=_OWN_SOURCE,
        verification="missing",
        view=view,
        missing=(name,),
        waiting=tuple(sorted(rule.id for rule, _ in waiting)),
    )
