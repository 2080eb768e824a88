"""How long what was handed over lasts, how it is taken, and why it was stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from corridor.domain.care.interval import number
from corridor.domain.care.plain_text import plain
from corridor.domain.errors import InvalidError
from corridor.fhir.medication import concept_codes, concept_texts

Resource = dict[str, Any]

_DAYS_A_UNIT = {
    **dict.fromkeys(("", "d", "day", "days", "dia", "dias", "día", "días"), 1),
    **dict.fromkeys(("wk", "week", "weeks", "semana", "semanas"), 7),
    **dict.fromkeys(("mo", "month", "months", "mes", "meses"), 30),
}
_LONGEST_SUPPLY_DAYS = 3660
_DAY_HOURS = 24
_HOURS_A_PERIOD = {"h": 1, "d": 24, "wk": 168, "mo": 720}
_MEASURED = frozenset({"mg", "g", "ug", "mcg", "kg"})
"""A dose in one of these does not say how many pieces are taken."""
_LONGEST_DOSAGE = 80
_PIECES = re.compile(
    r"(?:tomar |tome |take )?(?P<pieces>\d(?:[.,]5)?|una?|uma?|one)\s?"
    r"(?:tabletas?|tablets?|tab\.?|tabs|comprimidos?|comp\.?|capsulas?|caps\.?|cap\.?|pastillas?|pills?)\s?"
    r"(?:v\.?o\.?|po|via oral|por via oral|oral)?,?\s?"
    r"(?:(?:cada|c/|c /|q|every)\s?(?P<hours>6|8|12|24)\s?(?:h|hs|hrs?|horas?|hours?)?"
    r"|(?P<often>od|qd|bid|bd|tid|hs|qhs|diari[ao]s?|daily|al dia|por dia|/dia|/d|cada noche|cada dia|c/dia|noche"
    r"|once daily|twice daily|una vez al dia|dos veces al dia|2 veces al dia))"
)
_TIMES = {"bid": 2, "bd": 2, "tid": 3, "twice daily": 2, "dos veces al dia": 2, "2 veces al dia": 2}
_BY_MEALS = re.compile(r"(\d)\s?-\s?(\d)\s?-\s?(\d)")


def supply_days(resource: Resource) -> int | None:
    """Days that what was handed over, or what one hand-over of a prescription should be, lasts for.

    As told in days; where it was not, the number of pieces divided by the pieces of a day, as far as the dosage says
    them in numbers.
    """
    request = resource.get("dispenseRequest")
    expected = request.get("expectedSupplyDuration") if isinstance(request, dict) else None
    told = resource.get("daysSupply") or expected
    days = _told_days(told) if isinstance(told, dict) else _reckoned_days(resource)
    return int(days) if days is not None and 1 <= days <= _LONGEST_SUPPLY_DAYS else None


def _told_days(supply: Resource) -> Decimal | None:
    unit = str(supply.get("code") or supply.get("unit") or "").strip().lower()
    value = _number(supply.get("value"))
    return value * _DAYS_A_UNIT[unit] if value is not None and unit in _DAYS_A_UNIT else None


def _reckoned_days(resource: Resource) -> Decimal | None:
    quantity, rows = resource.get("quantity"), dosages(resource)
    if not isinstance(quantity, dict) or len(rows) != 1 or _unit(quantity) in _MEASURED:
        return None
    pieces, daily = _number(quantity.get("value")), _pieces_a_day(rows[0])
    return pieces // daily if pieces is not None and daily else None


def _pieces_a_day(dosage: Resource) -> Decimal | None:
    doses = dosage.get("doseAndRate")
    dose = doses[0].get("doseQuantity") if isinstance(doses, list) and doses and isinstance(doses[0], dict) else None
    timing = dosage.get("timing")
    repeat = timing.get("repeat") if isinstance(timing, dict) else None
    if not isinstance(dose, dict) or not isinstance(repeat, dict):
        return _pieces_in_words(str(dosage.get("text", "")))
    if _unit(dose) in _MEASURED:
        return None
    pieces, hours = _number(dose.get("value")), _hours(repeat)
    frequency = _number(repeat.get("frequency", 1))
    return pieces * frequency * _DAY_HOURS / hours if pieces and frequency and hours else None


def _pieces_in_words(text: str) -> Decimal | None:
    """`1 tableta cada 12 horas`, `2 tab BID`, `1-0-1`; None where the words may mean anything else."""
    folded = plain(text[:_LONGEST_DOSAGE])
    if match := _BY_MEALS.fullmatch(folded):
        return _number(sum(int(each) for each in match.groups()))
    match = _PIECES.fullmatch(folded)
    if match is None:
        return None
    times = _DAY_HOURS / Decimal(match["hours"]) if match["hours"] else Decimal(_TIMES.get(match["often"] or "", 1))
    pieces = _number(match["pieces"].replace(",", ".") if match["pieces"][0].isdigit() else 1)
    return pieces * times if pieces else None


def _hours(repeat: Resource) -> Decimal | None:
    unit, period = repeat.get("periodUnit"), _number(repeat.get("period", 1))
    hours = _HOURS_A_PERIOD.get(unit) if isinstance(unit, str) else None
    return period * hours if period and hours else None


def _unit(quantity: Resource) -> str:
    return str(quantity.get("code") or quantity.get("unit") or "").lower()


def _number(value: Any) -> Decimal | None:
    """A number of everyday size above zero."""
    try:
        found = number(str(value))
    except InvalidError:
        return None
    return found if found > 0 else None


def dosages(resource: Resource) -> list[Resource]:
    """How it is taken, as the resource says it."""
    rows = resource.get("dosage") or resource.get("dosageInstruction")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def dosage_texts(resource: Resource) -> list[str]:
    """How it is taken, as written."""
    return [str(row["text"]) for row in dosages(resource) if "text" in row]


def reason_of(resource: Resource) -> str:
    """Why it was stopped, changed or not taken, as written; empty where nobody told it."""
    return "; ".join(dict.fromkeys(_reasons(resource)))


def _reasons(resource: Resource) -> Iterator[str]:
    rows = resource.get("statusReason") or resource.get("statusReasonCodeableConcept")
    for concept in rows if isinstance(rows, list) else [rows]:
        text = next(concept_texts(concept), "") or next((code for _, code in concept_codes(concept)), "")
        if text:
            yield text
