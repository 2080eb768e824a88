"""Of a record that consent withholds nothing can be told: what leaves is the same whether it is there or not."""

from __future__ import annotations

from typing import Any

import pytest

from corridor.domain.category import Category
from corridor.domain.consent import Provision
from demo.values import Person
from tests.attacks.envoy import CLINICIAN, Envoy, entries, looks
from tests.journeys.world import World

WHO = {"x-clinician": CLINICIAN}
NOBODY = "0" * 32
LOINC = "http://loinc.org"
WITHHELD = (Category.VIRAL_LOAD, Category.RESISTANCE, Category.TUBERCULOSIS)
VALUE, DAY = "777777", "2019-07-07"
QUESTIONS = ("", "&code=20447-9", f"&code={LOINC}|20447-9", "&category=laboratory", "&code=718-7,20447-9")
CLEVER = (
    "_count=1", "_total=accurate", "_summary=count", "_summary=true", "_elements=id", "_sort=-date", "_sort=date",
    f"date={DAY}", "_lastUpdated=gt2000-01-01", f"value-quantity={VALUE}", "_include=Observation:has-member",
    "_include=*", "_include:iterate=*", "_revinclude=Provenance:target", "_revinclude=AuditEvent:entity",
    "_has:DiagnosticReport:result:code=20447-9", "has-member.code=20447-9", "patient._has:Observation:patient:code=1",
    "_id=x", "_format=xml", "_since=2000", "_security=HIV", "_text=carga", "_list=x", "_cursor=x", "_page=2",
)  # fmt: skip


@pytest.fixture
def known(land: World) -> Person:
    """Somebody whom Caracas knows and who is in Lima."""
    return land.newcomer("VE", "CO", "PE")


def record(person: Person, *, whole: bool) -> list[dict[str, Any]]:
    """What Caracas keeps: a blood count that a report refers to, and, whole, all that consent withholds besides."""
    patient = person.registrations[0].id
    own = {"subject": {"reference": f"Patient/{patient}"}, "status": "final"}

    def measured(key: str, code: str, value: float, **more: Any) -> dict[str, Any]:
        coded = {"coding": [{"system": LOINC, "code": code}]}
        quantity = {"value": value, "unit": "g/dL"}
        when = {"effectiveDateTime": DAY}
        return {
            "resourceType": "Observation",
            "id": f"{patient}-{key}",
            "code": coded,
            "valueQuantity": quantity,
            **when,
        } | {
            **own,
            **more,
        }

    hidden = [
        measured("load", "20447-9", float(VALUE)),
        measured("panel", "718-7", 9.5, component=[{"code": {"text": "carga viral"}, "valueInteger": int(VALUE)}]),
    ]
    report = {
        "resourceType": "DiagnosticReport",
        "id": f"{patient}-report",
        "code": {"text": "Hemograma"},
        "result": [
            {"reference": f"Observation/{patient}-{key}"} for key in ("blood", *(("load", "panel") if whole else ()))
        ],
        **own,
    }
    blood = measured("blood", "718-7", 11.5, hasMember=[{"reference": f"Observation/{patient}-load"}] if whole else [])
    if not whole:
        del blood["hasMember"]
    return [*(hidden if whole else []), blood, report]


def withheld(lima: Envoy, handle: str) -> bytes:
    """The person agrees to everything but what is withheld."""
    here, treatment = frozenset({lima.country}), frozenset({"TREAT"})
    everything, but = frozenset(Category), frozenset(WITHHELD)
    permit = Provision(permit=True, countries=here, purposes=treatment, categories=everything)
    deny = Provision(permit=False, countries=here, purposes=treatment, categories=but)
    return lima.statements.write(lima.consent(permit, deny), handle=handle)


async def told(lima: Envoy, person: Person) -> list[object]:
    """How everything looks that Caracas answers Lima about somebody."""
    handle = (await lima.handles(person))["VE"]
    history = lima.ask("VE", lima.question(handle, statement=withheld(lima, handle)))
    found = entries(history)
    seen: list[object] = [looks(history)]
    for kind in ("Observation", "DiagnosticReport", "Medication", "Condition", "Provenance", "AuditEvent"):
        seen += [looks(lima.get("VE", f"/exchange/{kind}?patient={found[0]['id']}{more}", WHO)) for more in QUESTIONS]
    return seen


async def test_what_is_withheld_changes_no_byte_of_any_answer(land: World, lima: Envoy, known: Person) -> None:
    land.write("VE", *record(known, whole=False))
    before = await told(lima, known)
    land.write("VE", *record(known, whole=True))
    after = await told(lima, known)
    for one, other in zip(before, after, strict=True):
        assert one == other


async def test_what_is_permitted_is_told_with_the_same_question(land: World, lima: Envoy, known: Person) -> None:
    """The attack above would see a difference if there were one."""
    land.write("VE", *record(known, whole=False))
    before = entries(await lima.history("VE", known))
    land.write("VE", *record(known, whole=True))
    after = entries(await lima.history("VE", known))
    assert len(after) == len(before) + 2
    (report,) = (each for each in after if len(each.get("result", ())) == 3)
    names = {f"{each['resourceType']}/{each['id']}" for each in after}
    assert {each["reference"] for each in report["result"]} <= names


async def test_no_clever_question_is_answered_for_anybody(land: World, lima: Envoy, known: Person) -> None:
    land.write("VE", *record(known, whole=True))
    handle = (await lima.handles(known))["VE"]
    patient = entries(lima.ask("VE", lima.question(handle, statement=withheld(lima, handle))))[0]["id"]
    for clever in CLEVER:
        about = [lima.get("VE", f"/exchange/Observation?patient={each}&{clever}", WHO) for each in (patient, NOBODY)]
        assert about[0].status_code == 400, clever
        assert looks(about[0]) == looks(about[1]), clever


async def test_a_withheld_id_is_like_one_that_never_was(land: World, lima: Envoy, known: Person) -> None:
    land.write("VE", *record(known, whole=True))
    named = {
        each["valueQuantity"]["value"]: each["id"]
        for each in entries(await lima.history("VE", known))
        if "valueQuantity" in each
    }
    gone = named[float(VALUE)]
    handle = (await lima.handles(known))["VE"]
    left = entries(lima.ask("VE", lima.question(handle, statement=withheld(lima, handle))))
    assert gone not in {each["id"] for each in left}
    patient = left[0]["id"]
    conditions: tuple[dict[str, str], ...] = (
        {}, {"if-none-match": 'W/"1"'}, {"if-none-match": "*"}, {"if-match": 'W/"1"'},
        {"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}, {"range": "bytes=0-1"},
    )  # fmt: skip
    for condition in conditions:
        for tail in ("", "/_history", "/_history/1"):
            seen = [
                looks(lima.get("VE", f"/exchange/Observation/{each}{tail}?patient={patient}", {**WHO, **condition}))
                for each in (gone, NOBODY)
            ]
            assert seen[0] == seen[1], (condition, tail)
            assert seen[0][0] == 404
            assert not {"etag", "last-modified"} & seen[0][1].keys()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_nothing_can_be_tried_out_by_writing_at_the_exchange(land: World, method: str) -> None:
    address, headers = land.doors["VE"].url, {"if-none-exist": "identifier=x", "content-type": "application/fhir+json"}
    for path in (
        "Observation",
        "Observation/w-load",
        "Subscription",
        "Patient/$match",
        "Patient/$everything",
        "$export",
    ):
        seen = [
            land.client.request(method, f"{address}/exchange/{path}?patient={each}", headers=headers, content=b"{}")
            for each in (NOBODY, "f" * 32)
        ]
        assert looks(seen[0]) == looks(seen[1])
        assert seen[0].status_code in {401, 404, 405}
