"""The consent that a person gives aloud, read from the form in front of the clinician."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from corridor.domain.category import CLINICAL, Category
from corridor.domain.country import Country
from corridor.domain.purpose import EXCHANGE, Purpose
from corridor.web.clinician.desk import ConsentTerms
from corridor.web.form import Form

EVERY = "all"
"""The value of the box that stands for all boxes of its group."""

PERIODS_DAYS = (30, 180, 365)
CATEGORIES = tuple(category for category in Category if category in CLINICAL)
PURPOSES = tuple(purpose for purpose in Purpose if purpose in EXCHANGE)


def read_terms(form: Form, countries: Sequence[Country], *, now: datetime) -> ConsentTerms | tuple[str, ...]:
    """What was agreed to, or the names of the questions that are still without an answer.

    Nothing is ticked beforehand and nothing is guessed: what the person did not say is not agreed to. The search
    for the person is part of what the spoken text asks; without it no country can be asked, so `match` is included.
    """
    asked = _ticked(form.all("country"), [str(code) for code in countries])
    kinds = _ticked(form.all("category"), [str(category) for category in CATEGORIES])
    purpose = form.one("purpose")
    days = form.one("days")
    answers = {
        "country": bool(asked),
        "category": bool(kinds),
        "purpose": purpose in PURPOSES,
        "days": days in {str(period) for period in PERIODS_DAYS},
        "heard": form.one("heard") == "yes",
    }
    missing = tuple(question for question, answered in answers.items() if not answered)
    if missing:
        return missing
    return ConsentTerms(
        countries=frozenset(Country(code) for code in asked),
        categories=frozenset(Category(kind) for kind in kinds) | {Category.MATCH},
        purpose=Purpose(purpose),
        until=now + timedelta(days=int(days)),
    )


def _ticked(ticked: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    return frozenset(known) if EVERY in ticked else frozenset(ticked) & frozenset(known)
