"""One thing that a person permits or denies."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.category import Category
from corridor.domain.country import Country
from corridor.domain.period import ALWAYS, Period


@dataclass(frozen=True, slots=True)
class Provision:
    """One thing that a consent permits or denies.

    A permit covers only purposes and categories that it names. A denial that names none covers all of them.
    Purpose codes are compared as they stand: TREAT does not include ETREAT.

    Who may receive is named in up to four ways. A permit wants one of each way that it names; a denial is met by any
    one, and by an ask that leaves unsaid what the denial names. Each is the stricter reading.

    Attributes:
        countries: who may receive; empty means any.
        holders: who may be asked to disclose; empty means any.
        period: when the provision holds.
        data_period: clinical dates that it is about.
        organisations: who may receive, each as `system|value` of an identifier; empty means any.
        roles: who may receive, by role; empty means any.
        persons: who may receive, each as `system|value` of an identifier; empty means any.
    """

    permit: bool
    countries: frozenset[Country] = frozenset()
    purposes: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()
    period: Period = ALWAYS
    data_period: Period = ALWAYS
    holders: frozenset[Country] = frozenset()
    organisations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
