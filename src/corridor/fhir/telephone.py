"""The telephone to which a short message can be sent."""

from __future__ import annotations

import re

from corridor.domain.errors import CorridorError
from corridor.fhir.parse import parse

_CALLING = {
    "AR": "54", "BO": "591", "BR": "55", "CL": "56", "CO": "57", "CR": "506", "DO": "1", "EC": "593", "GT": "502",
    "HN": "504", "MX": "52", "NI": "505", "PA": "507", "PE": "51", "PY": "595", "SV": "503", "UY": "598", "VE": "58",
}  # fmt: skip
"""Calling codes (ITU-T E.164) for numbers that are written as they are dialled at home."""

_WHOLE = re.compile(r"\+[1-9][0-9]{7,14}")
_SYSTEMS = frozenset({"phone", "sms"})


def telephone(body: bytes, *, home: str) -> str:
    """The first number of a Patient that is in use and whole, with the sign + and its calling code; empty for none.

    Args:
        body: of the Patient.
        home: country in which numbers without a calling code are dialled.
    """
    try:
        contacts = parse(body).get("telecom", ())
    except CorridorError:
        return ""
    usable = [each for each in contacts if each.get("system") in _SYSTEMS and each.get("use") != "old"]
    mobile_first = sorted(usable, key=lambda each: each.get("use") != "mobile")
    numbers = (_whole(str(each.get("value", "")), home) for each in mobile_first)
    return next((number for number in numbers if _WHOLE.fullmatch(number)), "")


def _whole(written: str, home: str) -> str:
    digits = re.sub(r"[^0-9+]", "", written)
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return digits if digits.startswith("+") else f"+{_CALLING.get(home, '')}{digits.lstrip('0')}"
