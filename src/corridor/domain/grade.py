"""How sure a home node is that two descriptions are one person."""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    """A FHIR match grade, surest first.

    Source: http://hl7.org/fhir/ValueSet/match-grade
    """

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    CERTAINLY_NOT = "certainly-not"


RELEASABLE = frozenset({Grade.CERTAIN, Grade.PROBABLE})
"""Grades on which a record leaves; `possible` answers like a stranger (ADR 11)."""
