"""As many patients as a country has: the demo's invented records, read by the node's own code and then cloned.

Every clone is a patient of their own with identifiers and resources of their own; what is medical repeats. Ids grow
with time as those that a node makes (UUIDv7), and one patient's resources follow each other, as they come in service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from random import Random
from typing import Any

import orjson
from msgspec.structs import replace

from bench.home import HOME
from corridor.domain.record import Draft, Fact, ReferenceFact, TokenFact
from corridor.fhir.draft import draft
from demo.bundles import resources
from demo.people import people
from demo.places import places

SOURCE = f"https://corridor.example/country/{HOME}"
PATTERNS = 400
"""Invented people whose records are cloned; there are not many more ways in which such records differ."""

_ENOUGH = 1_000_000
_OWN_NAME = re.compile(rb"([A-Z][A-Za-z]+/p[0-9]{5}[A-Za-z0-9\-]*)")
_FIRST_MILLISECOND = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)
Names = Callable[[str], str]
"""A new `Type/id` for an old one."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One resource that is cloned.

    Attributes:
        original: as the node read it.
        tail: its bytes, taken apart at every `Type/id` of the same record: text, name, text, …
        template: what may cross of it, taken apart in the same way; empty where nothing may.
        papers: numbers that identify the person.
    """

    original: Draft
    tail: tuple[bytes, ...]
    template: tuple[bytes, ...]
    papers: tuple[str, ...]

    def cloned(self, names: Names, number: int) -> Draft:
        """The resource as that of another patient, whose papers carry `number`."""
        old = self.original
        name = names(f"{old.resource_type}/{old.id}").partition("/")[2]
        numbers = {paper: f"{number:08d}{place}" for place, paper in enumerate(self.papers)}
        projection = old.projection
        return replace(
            old,
            id=name,
            head=old.head.replace(b'"id":"%b"' % old.id.encode(), b'"id":"%b"' % name.encode()),
            tail=_numbered(_joined(self.tail, names), numbers),
            patient_id=names(f"Patient/{old.patient_id}").partition("/")[2] if old.patient_id else None,
            facts=tuple(_fact(each, names, numbers) for each in old.facts),
            projection=projection and replace(projection, template=_joined(self.template, names)),
            references=tuple(names(each) for each in old.references),
        )


def clones() -> Iterator[list[Draft]]:
    """Records without end, a patient after another; each begins with the Patient."""
    patterns = record_patterns(PATTERNS)
    ids = _ids()
    for number in count():
        names = _Names(ids)
        yield [each.cloned(names, number) for each in patterns[number % len(patterns)]]


def place_drafts() -> list[Draft]:
    """The country's clinics and clinicians, to whom all records refer; nobody clones them."""
    return [_draft(each) for each in places(HOME)]


def record_patterns(most: int) -> list[list[Pattern]]:
    """Records to clone."""
    return [[_pattern(_draft(one)) for one in record] for record in islice(records(), most)]


def records() -> Iterator[list[dict[str, Any]]]:
    """Records of the invented people who are in care here, without end; what is referred to comes first."""
    return (
        [*resources(person, registration)]
        for person in people(7, count=_ENOUGH)
        for registration in person.registrations
        if registration.country == HOME
    )


class _Names:
    """New names of one patient's resources, the same whenever one is asked for; names of others stay."""

    def __init__(self, ids: Iterator[str]) -> None:
        self._ids = ids
        self._known: dict[str, str] = {}

    def __call__(self, old: str) -> str:
        found = self._known.get(old)
        if found is None:
            own = _OWN_NAME.fullmatch(old.encode())
            found = self._known[old] = f"{old.partition('/')[0]}/{next(self._ids)}" if own else old
        return found


def _ids() -> Iterator[str]:
    """UUIDs of version 7, the same in every run: eight a millisecond."""
    rng = Random(7)
    for turn in count():
        time, chance = f"{_FIRST_MILLISECOND + turn // 8:012x}", f"{rng.getrandbits(72):018x}"
        yield f"{time[:8]}-{time[8:]}-7{chance[:3]}-8{chance[3:6]}-{chance[6:]}"


def _draft(resource: dict[str, Any]) -> Draft:
    kind, name = str(resource["resourceType"]), str(resource["id"])
    return draft(orjson.dumps(resource), resource_type=kind, id=name, source=SOURCE)


def _pattern(original: Draft) -> Pattern:
    projection = original.projection
    template = tuple(_OWN_NAME.split(projection.template)) if projection else ()
    tokens = (fact for fact in original.facts if type(fact) is TokenFact and original.resource_type == "Patient")
    papers = sorted({fact.code for fact in tokens if fact.parameter == "identifier"})
    return Pattern(original, tuple(_OWN_NAME.split(original.tail)), template, tuple(papers))


def _joined(parts: tuple[bytes, ...], names: Names) -> bytes:
    return b"".join(names(part.decode()).encode() if place & 1 else part for place, part in enumerate(parts))


def _numbered(body: bytes, numbers: dict[str, str]) -> bytes:
    for old, new in numbers.items():
        body = body.replace(b'"value":%b' % orjson.dumps(old), b'"value":%b' % orjson.dumps(new))
    return body


def _fact(fact: Fact, names: Names, numbers: dict[str, str]) -> Fact:
    if type(fact) is ReferenceFact:
        name = names(f"{fact.target_type}/{fact.target_id}").partition("/")[2]
        return fact if name == fact.target_id else replace(fact, target_id=name)
    if numbers and type(fact) is TokenFact and fact.parameter in {"identifier", "identifier:of-type"}:
        kept, bar, number = fact.code.rpartition("|")
        return replace(fact, code=f"{kept}{bar}{numbers.get(number, number)}")
    return fact
