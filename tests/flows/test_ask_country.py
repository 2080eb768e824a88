from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import DeadlineError
from corridor.domain.history import Answer, Silence, SilenceReason
from corridor.domain.purpose import Purpose
from corridor.flows.ask_country import Pull, ask_country
from tests.fakes.federation import FakeFederation, asking

PE, VE = Country("PE"), Country("VE")


@pytest.fixture
def pull(migrant: FakeFederation) -> Pull:
    """A pull that Venezuela may be asked in."""
    until = migrant.clock.now() + timedelta(seconds=0.3)
    return Pull(asking(), "p1", Purpose.TREAT, until, {VE: migrant.consent()}, migrant.clock.now())


async def test_what_is_sent_is_signed_for_this_handle_and_names_no_account(migrant: FakeFederation, pull: Pull) -> None:
    peru = migrant["PE"]
    answer = await ask_country(pull, VE, handle="a-handle-of-the-hub-000", desk=peru.pulling)
    assert isinstance(answer, Answer)
    [(country, request)] = peru.peers.heard
    assert (country, request.handle, request.until) == (VE, "a-handle-of-the-hub-000", pull.until)
    read = migrant.statements("VE").read(request.statement, handle=request.handle, asker=PE)
    assert read.provisions == pull.consents[VE].provisions
    assert request.clinician == peru.pulling.pseudonyms.pseudonym(VE, f"account/{pull.asking.principal.account}")
    assert request.trace.trace_id == pull.asking.trace.trace_id
    assert request.trace.span_id != pull.asking.trace.span_id


@pytest.mark.parametrize(("country", "handle"), [(VE, ""), (Country("CO"), "a-handle")])
async def test_without_a_handle_or_a_consent_nothing_is_sent(
    migrant: FakeFederation, pull: Pull, country: Country, handle: str
) -> None:
    silence = await ask_country(pull, country, handle=handle, desk=migrant["PE"].pulling)
    assert silence == Silence(country, SilenceReason.NOT_ASKED, migrant.clock.now())
    assert migrant["PE"].peers.heard == []


async def test_a_peer_that_hangs_is_left_at_the_deadline(migrant: FakeFederation, pull: Pull) -> None:
    migrant["PE"].peers.hanging = {VE}
    silence = await ask_country(pull, VE, handle="handle", desk=migrant["PE"].pulling)
    assert silence == Silence(VE, SilenceReason.TIMEOUT, migrant.clock.now())


async def test_a_deadline_that_the_peer_missed_is_a_timeout(migrant: FakeFederation, pull: Pull) -> None:
    migrant["PE"].peers.failing = {VE: DeadlineError("Too late.")}
    silence = await ask_country(pull, VE, handle="handle", desk=migrant["PE"].pulling)
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.TIMEOUT


async def test_after_the_deadline_nobody_is_waited_for(migrant: FakeFederation, pull: Pull) -> None:
    late = replace(pull, until=migrant.clock.now() - timedelta(seconds=1))
    silence = await ask_country(late, VE, handle="handle", desk=migrant["PE"].pulling)
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.TIMEOUT
