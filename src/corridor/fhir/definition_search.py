"""Search among the definitions that ship with the node; there are few, so that they are simply looked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from corridor.domain.care.lexicon import fold
from corridor.domain.errors import InvalidError
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.published import definition, ids, published

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {"url": "uri", "name": "string", "title": "string", "version": "token", "status": "token"}
)
"""What definitions are searched by, besides `_id`, with the type of each."""

_COUNT, _COUNT_MAX = 20, 500


def searched_by(resource_type: str) -> Mapping[str, str]:
    """The same for one type: a SearchParameter has no title in R4."""
    return {name: kind for name, kind in PARAMETERS.items() if (resource_type, name) != ("SearchParameter", "title")}


@dataclass(frozen=True, slots=True)
class WantedDefinitions:
    """A search: values by parameter (any of them, all parameters), the page, and what was not understood."""

    criteria: tuple[tuple[str, tuple[str, ...]], ...]
    count: int
    after: str
    unknown: tuple[str, ...]
    understood: tuple[tuple[str, str], ...]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The search as it was understood, for the `self` link."""
        return [*self.understood, *([("_cursor", self.after)] if self.after else [])]


@dataclass(frozen=True, slots=True)
class FoundDefinitions:
    """One page: ids with their JSON bytes; `after` leads to the next, empty on the last."""

    bodies: tuple[tuple[str, bytes], ...]
    total: int
    after: str


def read_wanted(resource_type: str, pairs: Sequence[tuple[str, str]]) -> WantedDefinitions:
    """A search from the pairs of an address.

    Raises:
        InvalidError: a page size that is none, or a parameter without a value.
    """
    criteria, unknown, understood = [], [], []
    plain, known = dict(pairs), {"_id", *searched_by(resource_type)}
    for name, value in pairs:
        if name in known:
            criteria.append((name, _values(name, value)))
        elif name not in {"_count", "_cursor", *ANSWER_FORM}:
            unknown.append(name)
            continue
        if name not in {"_cursor", *ANSWER_FORM}:
            understood.append((name, value))
    count = _count(plain.get("_count", str(_COUNT)))
    return WantedDefinitions(tuple(criteria), count, plain.get("_cursor", ""), tuple(unknown), tuple(understood))


def _values(name: str, value: str) -> tuple[str, ...]:
    found = tuple(each for each in value.split(",") if each)
    if not found:
        raise InvalidError(f"The parameter {name} has no value.")
    return found


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) > _COUNT_MAX:
        raise InvalidError(f"A page has 0 to {_COUNT_MAX} entries.")
    return int(text)


def find(resource_type: str, wanted: WantedDefinitions) -> FoundDefinitions:
    """One page of the definitions that fit, by id."""
    fitting = [each for each in ids(resource_type) if _fits(_head(resource_type, each), wanted)]
    rest = [each for each in fitting if each > wanted.after]
    page = rest[: wanted.count]
    after = page[-1] if page and len(rest) > len(page) else ""
    return FoundDefinitions(tuple((each, published(resource_type, each)) for each in page), len(fitting), after)


@cache
def _head(resource_type: str, id: str) -> Mapping[str, str]:
    read = definition(resource_type, id)
    return MappingProxyType({"_id": id} | {name: read.get(name, "") for name in PARAMETERS})


def _fits(head: Mapping[str, str], wanted: WantedDefinitions) -> bool:
    return all(any(_equal(name, head[name], value) for value in values) for name, values in wanted.criteria)


def _equal(name: str, value: str, sought: str) -> bool:
    if PARAMETERS.get(name) == "string":
        return fold(value).startswith(fold(sought))
    return value == sought.rpartition("|")[2] if PARAMETERS.get(name) == "token" else value == sought
