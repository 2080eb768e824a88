"""What a record is about, in the words a person can consent to."""

from __future__ import annotations

from enum import StrEnum

SYSTEM = "https://corridor.example/fhir/CodeSystem/category"
"""Our own code system of security labels: PCF forbids `class` and `code` in provisions (INTEROP 3.8)."""


class Category(StrEnum):
    """One kind of information that a consent permits or denies.

    `MATCH` is the search for the person in other countries; it needs a provision of its own.
    """

    MATCH = "match"
    DEMOGRAPHICS = "demographics"
    REGIMEN = "regimen"
    VIRAL_LOAD = "viral-load"
    CD4 = "cd4"
    RESISTANCE = "resistance"
    LABORATORY = "laboratory"
    TUBERCULOSIS = "tuberculosis"
    CONDITION = "condition"
    ALLERGY = "allergy"
    IMMUNIZATION = "immunization"
    OTHER = "other"


CLINICAL = frozenset(Category) - {Category.MATCH}
"""Everything that can be disclosed once a person is found."""
