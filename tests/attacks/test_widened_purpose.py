import pytest

from corridor.domain.category import Category
from corridor.domain.consent import Provision
from corridor.domain.purpose import FORBIDDEN, Purpose
from corridor.domain.wire import LocatedWords, LocateWords, read_words, write_words
from demo.parties import HUB
from demo.values import Person
from tests.attacks.envoy import Envoy, entries, refused, unanswered
from tests.journeys.coordinator import disclosures, page, resolutions
from tests.journeys.world import World, consent_of

NEVER = sorted(FORBIDDEN)


@pytest.mark.parametrize("purpose", ["ETREAT", "BTG", "PUBHLTH", "PATRQT"])
async def test_a_consent_to_treatment_covers_no_other_purpose(
    land: World, lima: Envoy, woman: Person, purpose: str
) -> None:
    handle = (await lima.handles(woman, Purpose(purpose)))["VE"]
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(handle, purpose=purpose))) == []


async def test_a_search_for_one_purpose_gives_handles_for_no_other(land: World, lima: Envoy, woman: Person) -> None:
    handle = (await lima.handles(woman, Purpose.PATRQT))["VE"]
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(handle))) == []


@pytest.mark.parametrize("purpose", [*NEVER, "X", "treat"])
async def test_no_country_answers_for_a_forbidden_purpose(land: World, lima: Envoy, purpose: str) -> None:
    with unanswered(land, "VE"):
        assert refused(lima.ask("VE", lima.question("h" * 43, purpose=purpose)), 403)


@pytest.mark.parametrize("purpose", NEVER)
def test_no_country_lets_its_own_clinicians_ask_for_it(land: World, woman: Person, purpose: str) -> None:
    assert refused(land.ask("PE", woman.here.id, purpose=purpose), 403)


@pytest.mark.parametrize("purpose", NEVER)
def test_the_hub_finds_nobody_for_it_and_has_the_attempt_on_record(land: World, lima: Envoy, purpose: str) -> None:
    before = resolutions(land, "PE")
    words = LocateWords(lima.known.epoch, (), (0, 0, 0, 0), {"VE": b"x" * 64}, purpose)
    answer = lima.post(HUB, "/locate", write_words(words))
    assert refused(answer, 403)
    assert resolutions(land, "PE") == before + 1


@pytest.mark.parametrize("purpose", ["IMMIG", "HLEGAL", "COVERAGE"])
async def test_unaids_sees_every_attempt_at_home_abroad_and_at_the_hub(
    land: World, lima: Envoy, woman: Person, purpose: str
) -> None:
    land.settle()
    before = disclosures(land)
    assert refused(land.ask("PE", woman.here.id, purpose=purpose), 403)
    assert refused(lima.ask("VE", lima.question("h" * 43, purpose=purpose)), 403)
    words = LocateWords(lima.known.epoch, (), (0, 0, 0, 0), {"VE": b"x" * 64}, purpose)
    assert refused(lima.post(HUB, "/locate", write_words(words)), 403)
    land.settle()
    new = disclosures(land) - before
    assert new == {("PE", "PE", "PE", purpose, "forbidden"): 1, ("VE", "PE", "VE", purpose, "forbidden"): 1}
    shown = page(land)
    assert "Intentos con propósitos prohibidos" in shown
    assert "el centro de la red" in shown
    assert "en su propio nodo" in shown


@pytest.mark.parametrize("purpose", ["V-12345678", "<b>x</b>"])
async def test_a_text_that_is_no_purpose_is_on_record_without_being_passed_on(
    land: World, lima: Envoy, purpose: str
) -> None:
    land.settle()
    before = disclosures(land)
    assert not lima.ask("VE", lima.question("h" * 43, purpose=purpose)).is_success
    land.settle()
    assert {line[3] for line in disclosures(land) - before} <= {"OTHER"}
    assert purpose not in page(land)


def test_the_same_search_for_treatment_is_answered(lima: Envoy) -> None:
    words = LocateWords(lima.known.epoch, (), (0, 0, 0, 0), {"VE": b"x" * 64}, "TREAT")
    assert read_words(lima.post(HUB, "/locate", write_words(words)).content, LocatedWords).handles.keys() == {"VE"}


@pytest.mark.parametrize("purpose", NEVER)
async def test_no_consent_can_permit_it(land: World, lima: Envoy, woman: Person, purpose: str) -> None:
    permit = Provision(
        permit=True,
        countries=frozenset({lima.country}),
        purposes=frozenset({"TREAT", purpose}),
        categories=frozenset(Category),
    )
    handle = (await lima.handles(woman))["VE"]
    statement = lima.statements.write(lima.consent(permit), handle=handle)
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(handle, statement=statement))) == []


@pytest.mark.parametrize("purpose", ["IMMIG", "LAWENFORCE", "HLEGAL"])
def test_a_consent_that_permits_it_counts_as_a_refusal_at_home(land: World, purpose: str) -> None:
    person = land.newcomer("VE", "PE")
    consent = consent_of(person, person.here)
    (permit,) = consent["provision"]["provision"]
    local = "https://corridor.example/fhir/CodeSystem/purpose"
    system = local if purpose != "HLEGAL" else permit["purpose"][0]["system"]
    permit["purpose"].append({"system": system, "code": purpose})
    content = [consent]
    answer = land.request(
        "PUT",
        "PE",
        f"/fhir/Consent/{consent['id']}",
        role="programme",
        headers={"content-type": "application/fhir+json"},
        json=content[0],
    )
    if answer.is_success:
        assert land.ask("PE", person.here.id).status_code == 403
    else:
        assert refused(answer, 400)


async def test_a_consent_cannot_be_widened_by_whom_it_names(
    land: World, santiago: Envoy, lima: Envoy, woman: Person
) -> None:
    handle = (await santiago.handles(woman))["VE"]
    for_lima = santiago.statements.write(lima.consent(), handle=handle)
    with unanswered(land, "VE"):
        assert entries(santiago.ask("VE", santiago.question(handle, statement=for_lima))) == []
