"""The published table of cases, put to the engine through the same words that `corridor consent decide` reads."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from corridor.apps.consent_ask import decision_json, read_ask, read_instant
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Permit, decide
from corridor.fhir.consent_file import read_consents
from tests.domain.cedar import answers

FOLDER = Path(__file__).parents[1] / "consent_cases"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]


def test_there_are_at_least_two_hundred_cases_with_names_of_their_own_and_a_reason_each() -> None:
    assert len(CASES) >= 200
    assert len({case.id for case in CASES}) == len(CASES)
    keys = {"name", "why", "source", "consents", "ask", "at", "expected"}
    assert all(set(case.values[0]) == keys and case.values[0]["why"] for case in CASES)


def test_the_cases_reach_permits_and_denials_and_every_reason() -> None:
    decisions = Counter(case.values[0]["expected"]["decision"] for case in CASES)
    assert 0.2 <= decisions["permit"] / len(CASES) <= 0.8
    reasons = {case.values[0]["expected"]["reason"] for case in CASES}
    assert reasons == {
        *("permitted", "denied", "unreadable", "withdrawn", "not-in-force", "not-covered", "no-consent"),
        *("forbidden-purpose", "unknown-purpose", "nothing-asked"),
    }


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_decided_as_the_table_says(case: dict[str, Any]) -> None:
    now, question = read_instant(case["at"]), read_ask(orjson.dumps(case["ask"]))
    written = read_consents(orjson.dumps(case["consents"]), at=now)

    decision = decide(written.consents, question.ask, now, withdrawals=question.withdrawals)

    expected = dict(case["expected"])
    for record in expected.pop("records", ()):
        at = datetime.fromisoformat(record["effective"]) if record["effective"] else None
        assert isinstance(decision, Permit)
        assert decision.allows(record["category"], at) is record["allowed"], record
    found = decision_json(decision, written.faults)
    assert found.pop("unreadable") or expected["reason"] != "unreadable"
    assert found == expected


@pytest.mark.parametrize("case", CASES)
def test_cedar_decides_every_case_alike(case: dict[str, Any]) -> None:
    now, question = read_instant(case["at"]), read_ask(orjson.dumps(case["ask"]))
    known = read_consents(orjson.dumps(case["consents"]), at=now).consents
    ask, dates = question.ask, edges(known, question.ask)
    records = [(category, at) for category in sorted({*ask.categories, Category.OTHER}) for at in dates]

    theirs = answers(known, ask, now, question.withdrawals, records)

    ours = decide(known, ask, now, withdrawals=question.withdrawals)
    mine = [isinstance(ours, Permit) and ours.allows(*record) for record in records]
    assert mine == [each.allowed for each in theirs]
    assert any(mine) == (case["expected"]["decision"] == "permit")


def edges(known: tuple[Consent, ...], ask: Ask) -> list[datetime | None]:
    """No date, and the instants around which a clinical date begins or ceases to be meant."""
    periods = [each.data_period for consent in known for each in consent.provisions] + [ask.data_period]
    ends = {at for each in periods for at in (each.start, each.end) if at} | {datetime(2021, 6, 1, tzinfo=UTC)}
    tick = timedelta.resolution
    return [None, *sorted({near for at in ends for near in (at - tick, at, at + tick)})]
