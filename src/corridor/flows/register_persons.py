"""The hub takes persons into its register of blind tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.register import flags_of
from corridor.domain.matching_request import PersonEntry
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.persons import Persons


@dataclass(frozen=True, slots=True)
class RegisterPersonsDesk:
    """What registering at the hub needs."""

    persons: Persons
    directory: Directory


async def register_persons(
    home: Country, persons: Sequence[PersonEntry], *, epoch: int, desk: RegisterPersonsDesk
) -> None:
    """Add or replace a country's persons, all or none; durable when this returns.

    Tokens of the key in use and of the one that follows it live side by side while a key is changed.

    Raises:
        InvalidError: tokens of another key, malformed flags, or the same handle twice.

    Source: IDENTITY section 2, register.
    """
    current = desk.directory.federation().epoch
    if epoch not in {current, current + 1}:
        raise InvalidError("These tokens were made with a key that is not in use.")
    if len({person.handle for person in persons}) != len(persons):
        raise InvalidError("A person is registered once in a request.")
    for person in persons:
        flags_of(person.flags)
    await desk.persons.put(home, epoch, persons)
