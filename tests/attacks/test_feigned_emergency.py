"""A country that breaks the glass to get what nobody consented to: it gets what was not refused, an hour at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corridor.domain.consent import Provision
from corridor.domain.emergency import LASTS, Cause, override
from corridor.domain.period import Period
from corridor.domain.purpose import Purpose
from demo.values import AgreementKind, Outcome, Person
from tests.attacks.envoy import Envoy, entries, looks, unanswered
from tests.journeys.world import World, consent_of


@pytest.fixture
def stranger(land: World) -> Person:
    """Somebody with a record in Caracas who never said anything about sharing."""
    return land.newcomer("VE", "CO", "PE", outcome=Outcome.NO_CONSENT)


async def ask(envoy: Envoy, person: Person, *, cause: Cause = Cause.OTHER, **bent: object) -> bytes:
    """The body of a question without consent, some of its statement bent."""
    handle = (await envoy.handles(person, Purpose.BTG))["VE"]
    stated = override("o", envoy.country, at=envoy.clock.now())
    for name, value in bent.items():
        object.__setattr__(stated, name, value)
    statement = envoy.statements.write_override(stated, handle=handle, cause=cause)
    return envoy.question(handle, statement=statement, purpose="BTG")


async def test_without_a_refusal_an_emergency_is_heard(lima: Envoy, stranger: Person) -> None:
    assert entries(lima.ask("VE", await ask(lima, stranger)))


async def test_a_refusal_at_the_holder_looks_like_nobody(land: World, lima: Envoy, stranger: Person) -> None:
    land.write("VE", consent_of(stranger, stranger.registrations[0], kind=AgreementKind.REFUSED))
    with unanswered(land, "VE"):
        refused = lima.ask("VE", await ask(lima, stranger))
        nobody = lima.ask("VE", lima.question("h" * 43, purpose="BTG"))
    assert looks(refused) == looks(nobody)


@pytest.mark.parametrize("bent", ["longer", "wider", "older", "twice"])
async def test_a_statement_that_says_more_than_one_emergency_opens_nothing(
    land: World, lima: Envoy, stranger: Person, bent: str
) -> None:
    now = lima.clock.now()
    whole = override("o", lima.country, at=now).provisions[0]
    more = Provision(permit=True, purposes=frozenset({"TREAT", "BTG"}), categories=whole.categories)
    bending: dict[str, dict[str, object]] = {
        "longer": {"period": Period(now, now + LASTS + timedelta(minutes=1))},
        "wider": {"provisions": (more,)},
        "older": {"period": Period(now - 2 * LASTS, now - LASTS), "given_at": now - 2 * LASTS},
        "twice": {"provisions": (whole, more)},
    }
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", await ask(lima, stranger, **bending[bent]))) == []


async def test_an_ordinary_consent_is_no_emergency_and_an_emergency_is_no_consent(
    land: World, lima: Envoy, stranger: Person
) -> None:
    handle = (await lima.handles(stranger, Purpose.BTG))["VE"]
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(handle, purpose="BTG"))) == []
        handle = (await lima.handles(stranger))["VE"]
        stated = override("o", lima.country, at=lima.clock.now())
        statement = lima.statements.write_override(stated, handle=handle, cause=Cause.CRITICAL)
        assert entries(lima.ask("VE", lima.question(handle, statement=statement))) == []


async def test_another_countrys_emergency_is_not_ones_own(
    land: World, lima: Envoy, santiago: Envoy, stranger: Person
) -> None:
    handle = (await santiago.handles(stranger, Purpose.BTG))["VE"]
    stated = override("o", lima.country, at=lima.clock.now())
    statement = lima.statements.write_override(stated, handle=handle, cause=Cause.CRITICAL)
    with unanswered(land, "VE"):
        assert entries(santiago.ask("VE", santiago.question(handle, statement=statement, purpose="BTG"))) == []
