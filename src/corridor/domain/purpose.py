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


_LOCAL = frozenset({"IMMIG", "LAWENFORCE", "DEPORT", "INSURE", "EMPLOY"})
"""What HL7 has no code for."""

FORBIDDEN = _LOCAL | {
    # Courts, governments, armies, and those who look for fraud.
    *("HLEGAL", "GOV", "MILCDM", "MILDCRG", "FRAUD"),
    # Payment, and who is insured for what.
    *("HPAYMT", "CLMATTCH", "COVAUTH", "COVERAGE", "ELIGDTRM", "ELIGVER", "ENROLLM", "MEMADMIN", "REMITADV"),
}
"""Codes that federation policy denies whatever a consent says: no permit for them is valid.

Source: HL7 v3 PurposeOfUse (https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html).
"""

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


def known(code: str) -> str:
    """The code where the federation has a word for it, permitted or forbidden; else `OTHER`.

    A caller's own text never reaches another party by way of a report.
    """
    return code if code in FORBIDDEN or code in set(Purpose) else "OTHER"


def system(code: str) -> str:
    """The code system of a purpose: HL7's, or ours for what HL7 has no code for."""
    return LOCAL_SYSTEM if code in _LOCAL else SYSTEM
