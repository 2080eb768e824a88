"""The coordinator's questions: read from the address, so that a view can be bookmarked and sent on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from starlette.requests import Request

from corridor.domain.country import Country
from corridor.domain.disclosure import Decision
from corridor.domain.purpose import Purpose
from corridor.flows.ports.disclosures import DisclosureFilter

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown; None means any. Both days are included.

    Attributes:
        misread: names of the fields that held something unknown and were left out.
    """

    first: date
    last: date
    asker: Country | None
    holder: Country | None
    purpose: Purpose | None
    decision: Decision | None
    misread: tuple[str, ...]

    @property
    def filter(self) -> DisclosureFilter:
        """The same for the port, whose end is not included."""
        return DisclosureFilter(
            start=datetime.combine(self.first, time(), UTC),
            end=datetime.combine(self.last + timedelta(days=1), time(), UTC),
            asker=self.asker,
            holder=self.holder,
            purpose=self.purpose,
            decision=self.decision,
        )


def read_wanted(request: Request, countries: Sequence[Country], *, today: date) -> Wanted:
    """What the address asks for; the last thirty days where it names none."""
    asked = {name: value.strip() for name, value in request.query_params.items()}
    known = {str(code): code for code in countries}
    asker, holder = known.get(asked.get("asker", "")), known.get(asked.get("holder", ""))
    purpose = next((one for one in Purpose if one == asked.get("purpose")), None)
    decision = next((one for one in Decision if one == asked.get("decision")), None)
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    found = {"from": first, "to": last, "asker": asker, "holder": holder, "purpose": purpose, "decision": decision}
    last = last or today
    first = first or max(last, date.min + timedelta(days=DEFAULT_DAYS)) - timedelta(days=DEFAULT_DAYS - 1)
    return Wanted(
        first=min(first, last),
        last=max(first, last),
        asker=asker,
        holder=holder,
        purpose=purpose,
        decision=decision,
        misread=tuple(name for name, value in found.items() if asked.get(name) and value is None),
    )


def _day(text: str) -> date | None:
    """A day of the years that this federation can know of."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2999, 12, 31) else None
