"""What a system may do with which type of resource, in the words of SMART's scopes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LETTERS = "cruds"
"""Create, read, update, delete, search; a scope names them in this order."""
EVERY_TYPE = "*"

_SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?|read|write|\*)")
_FIRST_VERSION = {"read": "rs", "write": "cud", "*": LETTERS}


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission of a system.

    Attributes:
        resource_type: a type, or `*` for all of them.
        letters: some of `cruds`.
    """

    resource_type: str
    letters: frozenset[str]

    def __str__(self) -> str:
        """As version 2 of SMART writes it."""
        return f"system/{self.resource_type}.{''.join(each for each in LETTERS if each in self.letters)}"

    def covers(self, letters: Iterable[str], resource_type: str) -> bool:
        """Whether all of that may be done with a type."""
        return self.resource_type in {EVERY_TYPE, resource_type} and self.letters.issuperset(letters)


def scopes(text: str) -> tuple[Scope, ...]:
    """The permissions of systems in a space-separated list, of version 2 or 1; everything else in it is left out.

    A scope that is narrowed by search parameters is left out too: to grant it without them would widen it.

    Source: https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
    """
    return tuple(found for each in text.split() if (found := _scope(each)))


def _scope(text: str) -> Scope | None:
    found = _SCOPE.fullmatch(text)
    if found is None or not found[2]:
        return None
    return Scope(found[1], frozenset(_FIRST_VERSION.get(found[2], found[2])))


def common(asked: Iterable[Scope], registered: Iterable[Scope]) -> tuple[Scope, ...]:
    """What is in both lists: never more than was registered, never more than is asked for."""
    held = tuple(registered)
    shared: dict[str, frozenset[str]] = {}
    for each in asked:
        for own in held:
            resource_type = _shared_type(each.resource_type, own.resource_type)
            if resource_type and (letters := each.letters & own.letters):
                shared[resource_type] = shared.get(resource_type, frozenset()) | letters
    return tuple(Scope(resource_type, shared[resource_type]) for resource_type in sorted(shared))


def _shared_type(one: str, other: str) -> str:
    if one == EVERY_TYPE:
        return other
    return one if other in {EVERY_TYPE, one} else ""


def written(listed: Iterable[Scope]) -> str:
    """The list as it travels."""
    return " ".join(str(each) for each in listed)
