"""What to watch: prompts for the clinician, most dangerous first. They support a decision and never prescribe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corridor.domain.care.event import Event
from corridor.domain.care.situation import View
from corridor.domain.care.wording import Wording


class Severity(StrEnum):
    """How dangerous it is; `rank` orders them."""

    CONTRAINDICATED = "contraindicated"
    CRITICAL = "critical"
    ERROR = "error"
    MAJOR = "major"
    MODERATE = "moderate"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Five is the most dangerous, one the least."""
        return _RANKS[self]


_RANKS = {
    Severity.CONTRAINDICATED: 5,
    Severity.CRITICAL: 5,
    Severity.ERROR: 4,
    Severity.MAJOR: 3,
    Severity.MODERATE: 2,
    Severity.WARNING: 2,
    Severity.INFO: 1,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that an alert stands on.

    Attributes:
        what: `regimen`, `drug`, `condition`, `allergy`, `result`, `age`, `plan`, `gap`, `resistance` or `unread`.
        label: drug, test or condition by its name in the rules.
        event: the record that told it, with country, date and words; None for what the clinician or the person told.
    """

    what: str
    label: str
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """What one source says where sources disagree."""

    source: str
    says: Wording


@dataclass(frozen=True, slots=True)
class Alert:
    """One prompt for the clinician.

    Attributes:
        rule: id of the rule, such as `TB01`; `missing-egfr` where a test is missing that rules wait for.
        action: code of what to consider, such as `order-test`; `action_words` says it.
        text: the prompt in three languages.
        because: the facts that it stands on; empty where nothing but a missing fact speaks.
        source: where the rule comes from, as it is cited.
        verification: how the rule was checked against that source.
        conflict: what each source says where they disagree; empty where they agree.
        missing: names of facts nobody told, such as `egfr`; empty where the rule holds for certain.
        waiting: ids of the rules that cannot be decided without `missing`.
        view: which regimen it speaks of.
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
