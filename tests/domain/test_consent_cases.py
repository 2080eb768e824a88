import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, Provision, Withdrawal, decide
from corridor.domain.country import Country
from corridor.domain.period import Period

FOLDER = Path(__file__).parents[1] / "consent_cases"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text())
]


def at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def period(sides: dict[str, str | None]) -> Period:
    return Period(at(sides["start"]), at(sides["end"]))


def provision(row: dict[str, Any]) -> Provision:
    return Provision(
        permit=row["permit"],
        countries=frozenset(map(Country, row["countries"])),
        holders=frozenset(map(Country, row["holders"])),
        purposes=frozenset(row["purposes"]),
        categories=frozenset(map(Category, row["categories"])),
        period=period(row["period"]),
        data_period=period(row["data_period"]),
    )


def consent(row: dict[str, Any]) -> Consent:
    return Consent(
        id=row["id"],
        status_active=row["active"],
        given_at=datetime.fromisoformat(row["given_at"]),
        withdrawn_at=at(row["withdrawn_at"]),
        period=period(row["period"]),
        provisions=tuple(map(provision, row["provisions"])),
    )


def test_there_are_at_least_sixty_cases_with_names_of_their_own() -> None:
    assert len(CASES) >= 60
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_decided_as_the_table_says(case: dict[str, Any]) -> None:
    asked = case["ask"]
    ask = Ask(asked["asker"], asked["holder"], asked["purpose"], frozenset(asked["categories"]))
    withdrawals = [Withdrawal(datetime.fromisoformat(text)) for text in case["withdrawals"]]
    consents = [consent(row) for row in case["consents"]]

    decision = decide(consents, ask, datetime.fromisoformat(case["now"]), withdrawals=withdrawals)

    expected = case["expect"]
    if expected["decision"] == "deny":
        assert isinstance(decision, Deny)
        assert decision.reason == expected["reason"]
        return
    assert isinstance(decision, Permit)
    assert sorted(decision.categories) == expected["categories"]
    assert decision.until == at(expected["until"])
    assert list(decision.consent_ids) == expected["consents"]
    for record in expected["records"]:
        assert decision.allows(record["category"], at(record["effective"])) is record["allowed"], record
