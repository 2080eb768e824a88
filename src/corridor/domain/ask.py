"""What somebody wants to know of a person, and why."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.category import Category
from corridor.domain.country import Country
from corridor.domain.period import ALWAYS, Period
from corridor.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants what of whom, and why; `purpose` may be any text, only known codes can be permitted.

    Attributes:
        organisation: of the asker, as `system|value` of its identifier; empty where it is not said.
        role: of the asker; empty where it is not said.
        person: who asks, as `system|value` of an identifier; empty where it is not said.
        data_period: clinical dates that are wanted.
    """

    asker: Country
    holder: Country
    purpose: Purpose | str
    categories: frozenset[Category]
    organisation: str = ""
    role: str = ""
    person: str = ""
    data_period: Period = ALWAYS
