from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256

import orjson
import pytest

from corridor.domain.asking import Asking
from corridor.domain.category import SYSTEM as CATEGORIES
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision, Withdrawal
from corridor.domain.consent_text import Signature, SpokenText
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.domain.history import Answer, Entry
from corridor.domain.principal import Role
from corridor.domain.record import Draft
from corridor.fhir.consent import read
from corridor.fhir.consent_form import text_version, with_form
from corridor.fhir.projection import fill
from corridor.fhir.saved_facts import Origin, categories_of, provenance, saved, saved_id
from corridor.flows.pull_history import pull_history
from corridor.flows.save_facts import SaveDesk, ToldFact, save_facts
from tests.fakes.federation import EVERYTHING, FakeFederation, asking
from tests.fakes.resources import draft_of, rendered
from tests.flows.entries import entries

PE, VE = Country("PE"), Country("VE")
TEXT = SpokenText("2026-11", "es", "Lea en voz alta", ("Quiero preguntar.", "Lo guardado queda."), ("VE",))
Save = Callable[..., Awaitable[int]]


async def consented(migrant: FakeFederation, *provisions: Provision, version: str = "2026-11") -> Consent:
    """A consent of the migrant that rests on a text."""
    consent = migrant.consent("c-1", *provisions)
    resource = rendered(consent, of="p1", home=PE)
    if version:
        resource = with_form(
            resource, replace(TEXT, version=version), Signature(name="Y. Urdaneta", witness="Rosa"), at=consent.given_at
        )
    await migrant["PE"].write("c-1", resource)
    return consent


@pytest.fixture
async def told(migrant: FakeFederation) -> tuple[Entry, ...]:
    """What Venezuela told."""
    await consented(migrant)
    history = await pull_history(asking(), "p1", purpose_code="TREAT", deadline_seconds=5, desk=migrant["PE"].pulling)
    [answer] = [each for each in history.answers if each.country == VE]
    assert isinstance(answer, Answer)
    migrant["PE"].facts.clear()
    return tuple(_crossed(each) for each in answer.entries if each.resource_type != "Patient")


def _crossed(entry: Entry) -> Entry:
    """The entry as it is after the door of Venezuela, which fills in pseudonyms."""

    def pseudonym(name: str) -> str:
        return sha256(name.encode()).hexdigest()[:32]

    name = pseudonym(f"{entry.resource_type}/{entry.id}")
    return Entry(entry.resource_type, name, fill(entry.body, pseudonym))


@pytest.fixture
def save(migrant: FakeFederation) -> Save:
    """Saves in Peru."""
    country = migrant["PE"]
    desk = SaveDesk(PE, country.node.units, migrant.clock, text_version)

    async def save(facts: Sequence[Entry], who: Asking | None = None, *, of: str = "p1", consent: str = "c-1") -> int:
        who = who or asking()
        chosen = [_told(each, of, consent) for each in facts]
        return await save_facts(who, of, chosen, trail=partial(_trail, who, migrant), desk=desk)

    return save


def _told(entry: Entry, of: str, consent: str) -> ToldFact:
    own_id = saved_id(entry, country=VE, patient_id=of)
    body = saved(entry, country=VE, patient_id=of, together={})
    return ToldFact(VE, categories_of(entry), consent, draft_of(own_id, orjson.loads(body)))


def _trail(who: Asking, migrant: FakeFederation, country: Country, text: str, drafts: Sequence[Draft]) -> Draft:
    origin = Origin(country, PE, who.principal.pseudonym, str(who.trace), text)
    names = [f"{each.resource_type}/{each.id}" for each in drafts]
    body = provenance(origin, names, names, id="trail-1", at=migrant.clock.now())
    return draft_of("trail-1", orjson.loads(body))


async def test_what_is_saved_stands_in_the_record_with_where_it_is_from(
    migrant: FakeFederation, told: tuple[Entry, ...], save: Save
) -> None:
    assert await save(told) == 2
    async with migrant["PE"].node.units.begin() as unit:
        load = await unit.read("Observation", saved_id(_of(told, "Observation"), country=VE, patient_id="p1"))
        trail = await unit.read("Provenance", "trail-1")
    assert load is not None
    assert trail is not None
    body, why = orjson.loads(load.body or b""), orjson.loads(trail.body or b"")
    assert body["subject"] == {"reference": "Patient/p1"}
    assert body["meta"]["source"].endswith("ve")
    assert {each["code"] for each in body["meta"]["security"]} >= {"viral-load", "R", "HIV", "NORDSCLCD"}
    assert [each["code"] for each in body["meta"]["tag"]] == ["saved"]
    assert len(why["target"]) == 2
    assert why["policy"] == ["https://corridor.example/fhir/Policy/consent-text/2026-11"]
    assert why["agent"][0]["who"]["identifier"]["value"] == "VE"
    assert {(kind, outcome) for kind, outcome, *_ in entries(migrant["PE"].facts)} == {("create", "success")}


async def test_saving_twice_changes_nothing(migrant: FakeFederation, told: tuple[Entry, ...], save: Save) -> None:
    assert await save(told[:1]) == 1
    assert await save(told) == 1
    assert await save(told) == 0
    assert len([each for each in migrant["PE"].node.shelf.living() if each.record.resource_type == "Observation"]) == 1


async def test_what_was_saved_never_crosses_a_border_from_here(
    migrant: FakeFederation, told: tuple[Entry, ...], save: Save
) -> None:
    await save(told)
    async with migrant["PE"].node.units.begin() as unit:
        assert [row.resource_type for row in await unit.projection("p1")] == ["Patient"]


@pytest.mark.parametrize(
    ("who", "person", "consent", "error", "reason"),
    [
        (asking(Role.PROGRAMME), "p1", "c-1", ForbiddenError, "forbidden"),
        (asking(Role.AUDITOR), "p1", "c-1", ForbiddenError, "forbidden"),
        (asking(), "nobody", "c-1", NotFoundError, "unknown-person"),
        (asking(), "p1", "", ForbiddenError, "no-consent-to-save"),
        (asking(), "p1", "another", ForbiddenError, "no-consent-to-save"),
    ],
)
async def test_nothing_is_saved_without_the_right_role_person_and_consent(
    migrant: FakeFederation,
    told: tuple[Entry, ...],
    save: Save,
    who: Asking,
    person: str,
    consent: str,
    error: type[CorridorError],
    reason: str,
) -> None:
    with pytest.raises(error):
        await save(told, who, of=person, consent=consent)
    assert entries(migrant["PE"].facts) == [("create", "failure", reason, (person,))]


@pytest.mark.parametrize("version", ["", "2026-01"])
async def test_a_text_that_did_not_say_so_lets_nothing_be_saved(
    migrant: FakeFederation, told: tuple[Entry, ...], save: Save, version: str
) -> None:
    await consented(migrant, version=version)
    with pytest.raises(ForbiddenError):
        await save(told)


async def test_a_consent_that_was_taken_back_or_narrowed_lets_nothing_be_saved(
    migrant: FakeFederation, told: tuple[Entry, ...], save: Save
) -> None:
    await consented(migrant, replace(EVERYTHING, categories=frozenset({Category.MATCH, Category.REGIMEN})))
    with pytest.raises(ForbiddenError):
        await save([_of(told, "Observation")])
    assert await save([_of(told, "MedicationStatement")]) == 1
    await migrant["PE"].keep(migrant.consent("no", Provision(permit=False)), of="p1")
    with pytest.raises(ForbiddenError):
        await save([_of(told, "MedicationStatement")])


async def test_what_tells_of_two_categories_is_saved_where_both_are_permitted(
    migrant: FakeFederation, told: tuple[Entry, ...], save: Save
) -> None:
    load = _of(told, "Observation")
    labelled = orjson.loads(load.body)
    cd4 = {"system": CATEGORIES, "code": "cd4"}
    labelled["meta"]["security"].append(cd4)
    told_here = {**orjson.loads(load.body), "note": [{"text": "CD4 120"}]}
    for both in (labelled, told_here):
        panel = replace(load, body=orjson.dumps(both))
        await consented(migrant, replace(EVERYTHING, categories=frozenset({Category.MATCH, Category.VIRAL_LOAD})))
        with pytest.raises(ForbiddenError):
            await save([panel])
    await consented(
        migrant, replace(EVERYTHING, categories=frozenset({Category.MATCH, Category.VIRAL_LOAD, Category.CD4}))
    )
    assert await save([panel]) == 1


def test_a_label_that_is_not_known_here_counts_besides_what_is_read() -> None:
    def entry(*codes: str) -> Entry:
        labels = [{"system": CATEGORIES, "code": code} for code in codes]
        fact = {"resourceType": "Immunization", "id": "i", "meta": {"security": labels}}
        return Entry("Immunization", "i", orjson.dumps(fact))

    assert categories_of(entry("immunization")) == {Category.IMMUNIZATION}
    assert categories_of(entry("immunization", "new")) == {Category.IMMUNIZATION, Category.OTHER}
    assert categories_of(entry()) == {Category.IMMUNIZATION, Category.OTHER}
    assert categories_of(entry("regimen")) == {Category.IMMUNIZATION, Category.REGIMEN}


async def test_after_a_withdrawal_nothing_more_is_saved(
    migrant: FakeFederation, told: tuple[Entry, ...], save: Save
) -> None:
    async with migrant["PE"].node.units.begin() as unit:
        await unit.withdraw("p1", Withdrawal(migrant.clock.now()))
    with pytest.raises(ForbiddenError):
        await save(told)


def test_a_form_is_valid_pcf_and_says_which_words_were_read(migrant: FakeFederation) -> None:
    consent = migrant.consent("c-1")
    resource = with_form(rendered(consent, of="p1", home=PE), TEXT, Signature(png=b"\x89PNG"), at=consent.given_at)
    assert read(resource) == consent
    assert text_version(orjson.dumps(resource)) == "2026-11"
    assert TEXT.digest in resource["sourceAttachment"]["title"]
    assert "verification" not in resource
    for broken in (b"[]", b"{", b'{"policy":[1]}', b'{"policy":[{"uri":"x"}]}'):
        assert text_version(broken) == ""


def _of(told: Sequence[Entry], resource_type: str) -> Entry:
    return next(each for each in told if each.resource_type == resource_type)
