from corridor.domain.consent import Provision, Withdrawal
from demo.values import Person
from tests.attacks.envoy import Envoy, entries, stranger, unanswered
from tests.journeys.world import World


async def test_a_consent_written_for_another_handle_is_no_consent(land: World, lima: Envoy, woman: Person) -> None:
    first, second = (await lima.handles(woman))["VE"], (await lima.handles(woman))["VE"]
    statement = lima.statements.write(lima.consent(), handle=first)
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(second, statement=statement))) == []


async def test_a_consent_that_another_country_signed_is_no_consent(
    land: World, lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    handle = (await lima.handles(woman))["VE"]
    statement = santiago.statements.write(lima.consent(), handle=handle)
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(handle, statement=statement))) == []


async def test_a_consent_that_was_altered_after_it_was_signed_is_no_consent(
    land: World, lima: Envoy, woman: Person
) -> None:
    narrow = lima.consent(Provision(permit=False))
    handle = (await lima.handles(woman))["VE"]
    statement = lima.statements.write(narrow, handle=handle)
    root, _, denial = statement.rpartition(b'"type":"deny"')
    widened = root + b'"type":"permit"' + denial
    assert widened != statement
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(handle, statement=widened))) == []


async def test_a_consent_that_nobody_signed_is_no_consent(land: World, lima: Envoy, woman: Person) -> None:
    handle = (await lima.handles(woman))["VE"]
    with unanswered(land, "VE"):
        for statement in (b"{}", b'{"resourceType":"Bundle","type":"collection"}', b"null", b"[]"):
            assert entries(lima.ask("VE", lima.question(handle, statement=statement))) == []
            handle = (await lima.handles(woman))["VE"]


async def test_a_withdrawal_that_another_signed_is_not_kept(land: World, lima: Envoy, woman: Person) -> None:
    handle = (await lima.handles(woman))["VE"]
    forged = stranger(land).statements.write_withdrawal(Withdrawal(lima.clock.now()), handle=handle)
    body = lima.question(handle, statement=forged)
    answer = lima.post("VE", "/exchange/Patient/$withdraw", body, {"content-type": "application/fhir+json"})
    assert answer.status_code in {400, 401}
    assert entries(await lima.history("VE", woman))
