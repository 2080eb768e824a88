from demo.values import Person
from tests.attacks.envoy import CLINICIAN, Envoy, entries, looks, refused
from tests.journeys.world import World

WHO = {"x-clinician": CLINICIAN}
NOBODY = "0" * 32


async def leased(lima: Envoy, person: Person) -> str:
    """The pseudonym of somebody who was just given."""
    return str(entries(await lima.history("VE", person))[0]["id"])


async def test_what_was_given_can_be_had_again_by_whom_it_was_given_to_alone(
    lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    path = f"/exchange/Observation?patient={await leased(lima, woman)}"
    assert entries(lima.get("VE", path, WHO))
    assert entries(santiago.get("VE", path, WHO)) == []
    assert entries(lima.get("CO", path, WHO)) == []


async def test_without_a_lease_everything_looks_as_if_nobody_were_there(
    lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    pseudonym = await leased(lima, woman)
    nobody = santiago.get("VE", f"/exchange/Condition?patient={NOBODY}", WHO)
    somebody = santiago.get("VE", f"/exchange/Condition?patient={pseudonym}", WHO)
    assert looks(nobody) == looks(somebody)
    reads = [santiago.get("VE", f"/exchange/Patient/{one}", WHO) for one in (NOBODY, pseudonym)]
    assert looks(reads[0]) == looks(reads[1])
    assert reads[0].status_code == 404


async def test_local_ids_open_nothing(lima: Envoy, woman: Person) -> None:
    await leased(lima, woman)
    local = woman.registrations[0].id
    assert refused(lima.get("VE", f"/exchange/Observation?patient={local}", WHO), 400)
    assert lima.get("VE", f"/exchange/Patient/{local}", WHO).status_code == 404


async def test_after_a_withdrawal_the_lease_is_worth_nothing(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    lima = Envoy(land, "PE")
    path = f"/exchange/Observation?patient={await leased(lima, person)}"
    assert entries(lima.get("VE", path, WHO))
    land.withdraw("CO", person.registrations[1].id)
    assert entries(lima.get("VE", path, WHO)) == []
    nobody = lima.get("VE", f"/exchange/Observation?patient={NOBODY}", WHO)
    assert looks(lima.get("VE", path, WHO)) == looks(nobody)


async def test_nobody_is_given_anything_without_naming_a_clinician(lima: Envoy, woman: Person) -> None:
    path = f"/exchange/Observation?patient={await leased(lima, woman)}"
    assert refused(lima.get("VE", path), 400)


async def test_a_bearer_token_of_the_national_base_opens_no_exchange(land: World, lima: Envoy, woman: Person) -> None:
    path = f"/exchange/Observation?patient={await leased(lima, woman)}"
    for role in ("programme", "clinician", "auditor"):
        assert refused(land.request("GET", "VE", path, role=role, headers=WHO), 401)


async def test_a_signature_of_another_country_opens_no_national_base(lima: Envoy) -> None:
    for path in ("/fhir/Patient/p00000", "/fhir/AuditEvent", "/fhir/Patient?family=Rond"):
        assert refused(lima.get("VE", path), 401)


async def test_types_that_do_not_cross_are_not_there(lima: Envoy, woman: Person) -> None:
    pseudonym = await leased(lima, woman)
    for kind in ("Consent", "Encounter", "Practitioner", "AuditEvent", "DocumentReference", "Provenance"):
        assert entries(lima.get("VE", f"/exchange/{kind}?patient={pseudonym}", WHO)) == []
