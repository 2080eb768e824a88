"""The packaged rules, and how a clinician's review turns one on or off for a node."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

from corridor.domain.care.rules.rule import Rule, RuleBook, read_rules
from corridor.domain.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Review:
    """What a clinician decided about one rule, as it was worded on that day.

    Attributes:
        fingerprint: of the rule that was read, from `corridor rules list`.
        reviewed_by: name or office of the clinician.
    """

    rule: str
    fingerprint: str
    enabled: bool
    reviewed_by: str
    reviewed_on: date


@cache
def rule_book() -> RuleBook:
    """The packaged rules, read once; those of general knowledge are off."""
    return read_rules(json.loads(files("corridor.domain.care.rules").joinpath("rules.json").read_text("utf-8")))


def reviewed(book: RuleBook, reviews: Iterable[Review], *, today: date) -> RuleBook:
    """The book with the decisions of clinicians.

    Raises:
        InvalidError: a review is of no rule, of an earlier wording, of the future, or stands twice.
    """
    decided: dict[str, Review] = {}
    known = {rule.id: rule for rule in book.rules}
    for review in reviews:
        _check(review, known.get(review.rule), today)
        if review.rule in decided:
            raise InvalidError(f"Rule {review.rule} is reviewed twice.")
        decided[review.rule] = review
    return replace(book, rules=tuple(_decided(rule, decided.get(rule.id)) for rule in book.rules))


def _check(review: Review, rule: Rule | None, today: date) -> None:
    if rule is None:
        raise InvalidError(f"There is no rule {review.rule[:40]}.")
    if review.fingerprint != rule.fingerprint:
        raise InvalidError(
            f"Rule {rule.id} is now {rule.fingerprint}; the review is of another wording: read it again."
        )
    if not review.reviewed_by.strip():
        raise InvalidError(f"The review of rule {rule.id} does not say who made it.")
    if review.reviewed_on > today:
        raise InvalidError(f"The review of rule {rule.id} is of a day to come.")


def _decided(rule: Rule, review: Review | None) -> Rule:
    if review is None:
        return rule
    return replace(rule, enabled=review.enabled, reviewed_by=review.reviewed_by, reviewed_on=review.reviewed_on)
