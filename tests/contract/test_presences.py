"""Contract of the port `Presences`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from corridor.domain.emergency import Verdict
from corridor.domain.presence import Attestation, Card, Cause, Challenge, Proof, ProofKind
from tests.contract.conftest import Stores
from tests.contract.samples import NOW

WHO, OTHER = "a" * 32, "b" * 32
CARD = Card("ABCD2345", "p1", ("x", "", "z"), NOW)
ASKED = Challenge("1" * 32, "p1", WHO, ProofKind.CARD, "v", NOW + timedelta(minutes=10), "ABCD2345", 3)
SAID = Attestation(Cause.LOST, "She sits in front of me.")
PROOF = Proof("2" * 32, "p1", WHO, ProofKind.ATTESTED, NOW, NOW + timedelta(minutes=30), SAID)


@pytest.fixture(autouse=True)
def nobody_is_there(stores: Stores) -> None:
    """The fake says so of itself; databases do."""
    shelf = getattr(stores.units, "_shelf", None)
    if shelf is not None:
        shelf.everybody_is_there = False


async def test_a_card_is_kept_changed_and_revoked(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.presences.keep_card(CARD)
        await unit.presences.keep_card(replace(CARD, verifiers=("x", "", "")))
    async with stores.units.begin() as unit:
        assert await unit.presences.card("p1") == replace(CARD, verifiers=("x", "", ""))
        assert await unit.presences.card("p\x002") is None
        await unit.presences.keep_card(replace(CARD, revoked_at=NOW))
    async with stores.units.begin() as unit:
        assert await unit.presences.card("p1") is None


async def test_cards_that_answer_are_listed_and_found_by_their_number(stores: Stores) -> None:
    later = Card("WXYZ6789", "p2", ("y",), NOW + timedelta(minutes=1))
    async with stores.units.begin() as unit:
        for each in (later, CARD, Card("EEEE2222", "p3", ("y",), NOW, NOW)):
            await unit.presences.keep_card(each)
    async with stores.units.begin() as unit:
        assert await unit.presences.cards() == (CARD, later)
        assert await unit.presences.numbered("WXYZ6789") == later
        for each in ("EEEE2222", "NOBODY22", "A\x00", ""):
            assert await unit.presences.numbered(each) is None


async def test_a_new_question_ends_the_clinicians_earlier_one(stores: Stores) -> None:
    other = replace(ASKED, id="3" * 32, agent=OTHER)
    async with stores.units.begin() as unit:
        for each in (ASKED, other, replace(ASKED, id="4" * 32, kind=ProofKind.CODE, card="", line=0)):
            await unit.presences.put(each)
    async with stores.units.begin() as unit:
        assert await unit.presences.challenge(ASKED.id) is None
        assert await unit.presences.challenge(other.id) == other
        await unit.presences.put(replace(other, tries=2))
        assert (await unit.presences.challenge(other.id)).tries == 2
        await unit.presences.drop(other.id)
        assert await unit.presences.challenge(other.id) is None


async def test_a_proof_is_good_for_one_clinician_for_a_while_and_looked_at_once(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.presences.keep(PROOF)
        await unit.presences.keep(replace(PROOF, id="5" * 32, kind=ProofKind.CARD, attested=None, until=NOW))
    async with stores.units.begin() as unit:
        assert await unit.presences.standing("p1", WHO, at=NOW) == PROOF
        assert await unit.presences.standing("p1", OTHER, at=NOW) is None
        assert await unit.presences.standing("p2", WHO, at=NOW) is None
        assert await unit.presences.standing("p1", WHO, at=PROOF.until) is None
        assert await unit.presences.unreviewed() == (PROOF,)
        look = {"reviewer": OTHER, "verdict": Verdict.JUSTIFIED, "note": "", "at": NOW}
        assert await unit.presences.review(PROOF.id, **look)
        assert not await unit.presences.review(PROOF.id, **look)
        assert await unit.presences.unreviewed() == ()
        assert (await unit.presences.find(PROOF.id)).reviewer == OTHER
