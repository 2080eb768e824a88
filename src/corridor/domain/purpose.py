"""Why somebody asks: the allow-list of purposes, and those that no consent can ever permit."""

from __future__ import annotations

from enum import StrEnum

from corridor.domain.errors import ForbiddenError

SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
LOCAL_SYSTEM = "https://corridor.example/fhir/CodeSystem/purpose"


class Purpose(StrEnum):
    """A PurposeOfUse that the federation knows; anything else is denied before data is touched.

    Source: HL7 v3 PurposeOfUse; allow-list of INTEROP section 7.
    """

    TREAT = "TREAT"
    ETREAT = "ETREAT"
    BTG = "BTG"
    PUBHLTH = "PUBHLTH"
    PATRQT = "PATRQT"


FORBIDDEN = frozenset({"HLEGAL", "GOV", "MILCDM", "FRAUD", "IMMIG", "LAWENFORCE", "DEPORT", "INSURE", "EMPLOY"})
"""Codes that federation policy denies whatever a consent says: no permit for them is valid."""

_LOCAL = frozenset({"IMMIG", "LAWENFORCE", "DEPORT", "INSURE", "EMPLOY"})

EXCHANGE = frozenset({Purpose.TREAT, Purpose.ETREAT})
"""Purposes for which a history may cross a border on consent."""


def purpose(code: str) -> Purpose:
    """The purpose of a code.

    Raises:
        ForbiddenError: not on the allow-list.
    """
    try:
        return Purpose(code)
    except ValueError:
        raise ForbiddenError("The purpose of use is not one that this federation permits.") from None


def system(code: str) -> str:
    """The code system of a purpose: HL7's, or ours for what HL7 has no code for."""
    return LOCAL_SYSTEM if code in _LOCAL else SYSTEM
