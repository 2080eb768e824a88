"""Whoever was told something asks whether it may still be shown, and a no says nothing else."""

from corridor.domain.lease_wire import LeaseWords
from corridor.domain.wire import write_words
from demo.values import Person
from tests.attacks.envoy import CLINICIAN, Envoy, entries, looks
from tests.journeys.world import World

NOBODY = "0" * 32
YES, NO = b'{"stands":true}', b'{"stands":false}'


def renewed(envoy: Envoy, name: str, *ids: str) -> bytes:
    """What Caracas says of copies."""
    answer = envoy.post("VE", "/leases/renew", write_words(LeaseWords(name, ids, CLINICIAN)))
    return bytes(answer.content.strip())


async def told(envoy: Envoy, person: Person) -> list[str]:
    """Ids of what Caracas tells, the person first."""
    return [str(each["id"]) for each in entries(await envoy.history("VE", person))]


async def test_it_may_be_shown_by_whom_it_was_told_to_and_only_what_was_told(
    lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    name, *rest = await told(lima, woman)
    assert renewed(lima, name, name, *rest) == YES
    assert renewed(lima, name, name, NOBODY) == NO
    assert renewed(santiago, name, name) == NO
    assert renewed(lima, NOBODY, NOBODY) == NO


async def test_after_a_withdrawal_anywhere_it_may_not_and_the_no_is_that_for_nobody(land: World) -> None:
    person = land.newcomer("VE", "CO", "PE")
    lima = Envoy(land, "PE")
    name, *rest = await told(lima, person)
    assert renewed(lima, name, name, *rest) == YES
    land.withdraw("CO", person.registrations[1].id)
    asked = [write_words(LeaseWords(each, (each,), CLINICIAN)) for each in (name, NOBODY)]
    withdrawn, nobody = (lima.post("VE", "/leases/renew", each) for each in asked)
    assert withdrawn.content.strip() == NO
    assert looks(withdrawn) == looks(nobody)
