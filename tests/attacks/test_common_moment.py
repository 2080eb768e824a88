"""Whatever has nothing to give waits for the same moment, at every door behind which consent decides.

Only how early an answer comes is looked at: a crowded machine makes answers late, never early. How well an attacker can
tell the times apart is measured by `corridor bench timing`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter

import httpx
import pytest

from corridor.domain.consent import Provision, Withdrawal
from corridor.domain.lease_wire import LeaseWords
from corridor.domain.tie_wire import NamedWords
from corridor.domain.wire import write_words
from demo.values import Person
from tests.attacks.envoy import CLINICIAN, FHIR_JSON, Envoy, entries, looks
from tests.journeys.world import World

FLOOR_SECONDS = 0.060
NOBODY = "0" * 32
WHO = {"x-clinician": CLINICIAN}
TREAT = {"x-purpose-of-use": "TREAT"}
Ask = Callable[[], httpx.Response]


def empty(ask: Ask) -> httpx.Response:
    """The answer, which did not come before the common moment."""
    began = perf_counter()
    answer = ask()
    assert perf_counter() - began > 0.98 * FLOOR_SECONDS
    return answer


async def test_a_question_for_a_history_is_answered_with_nothing_at_the_common_moment_whatever_the_reason(
    lima: Envoy, woman: Person
) -> None:
    async def of(*provisions: Provision) -> bytes:
        handle = (await lima.handles(woman))["VE"]
        return lima.question(handle, statement=lima.statements.write(lima.consent(*provisions), handle=handle))

    none = Provision(permit=True, countries=frozenset({lima.country}), purposes=frozenset({"TREAT"}))
    questions: Mapping[str, tuple[str, bytes]] = {
        "unknown": ("CL", lima.question((await lima.handles(woman))["CL"])),
        "invented": ("VE", lima.question(secrets.token_urlsafe(32))),
        "refused": ("VE", await of(Provision(permit=False))),
        "withheld": ("VE", await of(none)),
    }
    seen = [looks(empty(partial(lima.ask, *asked))) for asked in questions.values()]
    assert seen == [seen[0]] * 4


async def test_who_comes_back_waits_for_the_same_moment(lima: Envoy, woman: Person) -> None:
    given = entries(await lima.history("VE", woman))
    patient, observation = given[0]["id"], next(each["id"] for each in given if each["resourceType"] == "Observation")
    nothing = [
        f"Observation?patient={NOBODY}",
        f"Observation?patient={patient}&code=nothing",
        f"AuditEvent?patient={patient}",
        f"Observation/{NOBODY}?patient={patient}",
        f"Observation/{observation}?patient={NOBODY}",
        f"Patient/{NOBODY}",
    ]
    seen = [looks(empty(partial(lima.get, "VE", f"/exchange/{path}", WHO))) for path in nothing]
    assert seen[:3] == [seen[0]] * 3
    assert seen[3:] == [seen[3]] * 3


def test_a_tie_and_a_lease_that_are_not_there_wait_for_the_same_moment(lima: Envoy) -> None:
    named = write_words(NamedWords(NOBODY, "0" * 64))
    assert empty(lambda: lima.post("VE", "/ties/questions", named)).is_success
    lease = write_words(LeaseWords(NOBODY, (NOBODY,), CLINICIAN))
    assert empty(lambda: lima.post("VE", "/leases/renew", lease)).is_success


async def test_a_withdrawal_of_somebody_unknown_waits_for_the_same_moment(lima: Envoy, woman: Person) -> None:
    handle = (await lima.handles(woman))["CL"]
    told = lima.statements.write_withdrawal(Withdrawal(lima.clock.now()), handle=handle)
    body = lima.question(handle, statement=told, purpose="PATRQT")
    assert empty(lambda: lima.post("CL", "/exchange/Patient/$withdraw", body, FHIR_JSON)).is_success


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/mhd/DocumentReference?patient=nobody&status=current"),
        ("GET", "/mhd/DocumentReference?patient.identifier=urn:x|1&status=current"),
        ("GET", "/mhd/DocumentReference?patient={}&status=current"),
        ("GET", "/mhd/Bundle/ips-nobody"),
        ("GET", "/mhd/Bundle/ips-{}"),
        ("GET", f"/l/{'A' * 43}?recipient=x"),
        ("GET", f"/l/{'A' * 43}/{'B' * 43}"),
        ("POST", f"/l/{'A' * 43}"),
    ],
)
def test_a_summary_and_a_link_that_are_not_to_be_had_wait_for_the_same_moment(
    land: World, woman: Person, method: str, path: str
) -> None:
    """The woman never agreed that Caracas may give its summary to anybody at home."""
    asked = path.format(woman.registrations[0].id)
    body = {"content": json.dumps({"recipient": "x"}), "headers": {"content-type": "application/json"}}
    more = body if method == "POST" else {"headers": TREAT}
    answer = empty(lambda: land.request(method, "VE", asked, **more))
    assert answer.status_code == 404 or answer.json()["total"] == 0
