"""One rule of safety and the book of them, checked when it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from corridor.domain.care.rules.conditions import condition
from corridor.domain.care.rules.verdict import Test
from corridor.domain.care.wording import Wording
from corridor.domain.errors import InvalidError

GENERAL_KNOWLEDGE = "general-knowledge"
"""How a rule is marked that nobody read in a document: it stays off until a clinician reviews it."""

_VERIFIED = frozenset({"who-dak-table", "read-in-excerpt", "read-in-excerpt-partial", GENERAL_KNOWLEDGE})
_FINGERPRINT_SIGNS = 8


class Severity(StrEnum):
    """How dangerous what a rule speaks of is; `rank` orders them."""

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
class Position:
    """What one source says where sources disagree."""

    source: str
    says: Wording


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of safety.

    Attributes:
        test: asks it of a situation.
        when: what it asks, as written.
        verification: how it was checked against its source.
        conflict: what each source says where they disagree.
        enabled: whether it speaks.
        fingerprint: eight signs that change with everything a reviewer reads; a review is of one fingerprint.
        reviewed_by: clinician who reviewed it, for all or for this node; empty where nobody did.
        reviewed_on: the day of the review.
    """

    id: str
    test: Test
    when: Mapping[str, Any]
    severity: Severity
    action: str
    text: Wording
    source: str
    verification: str
    conflict: tuple[Position, ...]
    enabled: bool
    fingerprint: str
    reviewed_by: str = ""
    reviewed_on: date | None = None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules with the words for their severities and actions."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Wording]
    actions: Mapping[str, Wording]


def read_rules(content: Any) -> RuleBook:
    """The rules of a rule file.

    Raises:
        InvalidError: a rule is incomplete, or asks for something that does not exist; the message names the rule.
    """
    try:
        severities = {key: _wording(row) for key, row in content["severities"].items()}
        actions = {key: _wording(row) for key, row in content["actions"].items()}
        rules = tuple(_rule(row, actions) for row in content["rules"])
    except (KeyError, TypeError, AttributeError):
        raise InvalidError("A file of rules holds `severities`, `actions` and `rules`.") from None
    ids = [rule.id for rule in rules]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise InvalidError(f"Rule {twice[0]} stands twice.")
    return RuleBook(rules, severities, actions)


def _rule(row: Mapping[str, Any], actions: Mapping[str, Wording]) -> Rule:
    name = row.get("id") if isinstance(row, dict) else None
    if not isinstance(name, str) or not name:
        raise InvalidError("A rule has no id.")
    try:
        return _checked(row, actions)
    except InvalidError as error:
        raise InvalidError(f"Rule {name}: {error.message}") from None
    except KeyError as error:
        raise InvalidError(f"Rule {name}: `{error.args[0]}` is missing.") from None
    except (TypeError, ValueError, AttributeError):
        raise InvalidError(f"Rule {name}: a value is of the wrong kind.") from None


def _checked(row: Mapping[str, Any], actions: Mapping[str, Wording]) -> Rule:
    if row["severity"] not in set(Severity) or row["action"] not in actions or row["verification"] not in _VERIFIED:
        raise InvalidError("`severity`, `action` or `verification` is not one that is known.")
    if row["verification"] == GENERAL_KNOWLEDGE and row["enabled"] and not row["reviewed_by"]:
        raise InvalidError("general knowledge is enabled by a review alone.")
    if not isinstance(row["source"], str) or not row["source"]:
        raise InvalidError("`source` is empty.")
    return Rule(
        id=row["id"],
        test=condition(row["when"]),
        when=row["when"],
        severity=Severity(row["severity"]),
        action=row["action"],
        text=_wording(row["text"]),
        source=row["source"],
        verification=row["verification"],
        conflict=tuple(Position(each["source"], _wording(each["says"])) for each in row["conflict"]),
        enabled=row["enabled"] is True,
        fingerprint=_fingerprint(row),
        reviewed_by=row["reviewed_by"] or "",
        reviewed_on=date.fromisoformat(row["reviewed_on"]) if row["reviewed_on"] else None,
    )


def _wording(row: Any) -> Wording:
    texts = {tongue: row[tongue] for tongue in ("es", "en", "pt")}
    if not all(isinstance(text, str) and text for text in texts.values()):
        raise InvalidError("a text is empty in one of the three languages.")
    return Wording(**texts)


def _fingerprint(row: Mapping[str, Any]) -> str:
    read = {key: row[key] for key in ("id", "when", "severity", "action", "text", "source", "conflict")}
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:_FINGERPRINT_SIGNS]
