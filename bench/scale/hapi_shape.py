"""The tables and indexes in which HAPI FHIR's JPA server keeps resources, filled from our own drafts.

One row an index parameter, hashes in place of words, bodies as text: what every search and every write of it costs the
database at least. Its Java side, its search cache and its history are left out, so the figures are a floor.

Source: table and index names of HAPI FHIR 8, https://smilecdr.com/docs/fhir_storage_relational/ and the schema that
the server prints; written anew from their description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

from corridor.domain.record import DateFact, Draft, QuantityFact, ReferenceFact, StringFact, TokenFact

Row = tuple[object, ...]

TABLES = (
    "hfj_resource",
    "hfj_res_ver",
    "hfj_spidx_token",
    "hfj_spidx_string",
    "hfj_spidx_date",
    "hfj_spidx_quantity",
    "hfj_res_link",
)
"""As `hapi_tables.sql` makes them; the columns of a row stand in the same order."""


_SHARED = ("Organization/", "Practitioner/")


@dataclass(slots=True)
class HapiRows:
    """Turns drafts into rows; numbers go on from one call to the next.

    Attributes:
        last_resource: number of the resource that was met last.
        last_row: number of the index row that was made last.
        numbers: of resources that others may refer to, by `Type/id`: links point at numbers.
    """

    last_resource: int = 0
    last_row: int = 0
    numbers: dict[str, int] = field(default_factory=dict)

    def forget_records(self) -> None:
        """Forget the numbers of everything but clinics and clinicians: nobody refers to another patient's record."""
        self.numbers = {name: number for name, number in self.numbers.items() if name.startswith(_SHARED)}

    def of(self, draft: Draft, at: datetime) -> dict[str, list[Row]]:
        """Rows of one resource by table; `draft.head` and `tail` are joined as its text."""
        number = self._number(f"{draft.resource_type}/{draft.id}")
        kinds = {type(fact) for fact in draft.facts}
        flags = (False, DateFact in kinds, False, QuantityFact in kinds, StringFact in kinds, TokenFact in kinds)
        text = (draft.head + draft.tail.removeprefix(b",")).decode()
        digest = blake2b(text.encode(), digest_size=32).hexdigest()
        head = (number, None, draft.resource_type, draft.id, 1, "R4", False, None, at, at, digest, 1)
        found: dict[str, list[Row]] = {name: [] for name in TABLES}
        found["hfj_resource"].append((*head, *flags, False, ReferenceFact in kinds))
        found["hfj_res_ver"].append((number, None, number, draft.resource_type, 1, "JSON", text, None, at, at, False))
        for table, row in self._facts(draft, number, at):
            found[table].append(row)
        return found

    def _number(self, name: str) -> int:
        found = self.numbers.get(name)
        if found is None:
            found = self.last_resource = self.numbers[name] = self.last_resource + 1
        return found

    def _facts(self, draft: Draft, number: int, at: datetime) -> Iterator[tuple[str, Row]]:
        kind = draft.resource_type
        for fact in draft.facts:
            if ":" in fact.parameter:  # texts of codes and the like, which that layout keeps no row for
                continue
            self.last_row += 1
            head = (self.last_row, None, number, kind, fact.parameter, False, at)
            if isinstance(fact, ReferenceFact):
                yield "hfj_res_link", self._link(fact, (kind, number), at)
            else:
                yield _index_row(fact, kind, head)

    def _link(self, fact: ReferenceFact, source: tuple[str, int], at: datetime) -> Row:
        kind, number = source
        target = self._number(f"{fact.target_type}/{fact.target_id}")
        path = f"{kind}.{fact.parameter}"
        return (self.last_row, None, path, number, kind, target, fact.target_type, None, None, at)


def _index_row(fact: TokenFact | StringFact | DateFact | QuantityFact, kind: str, head: Row) -> tuple[str, Row]:
    identity = hashed(kind, fact.parameter)
    if type(fact) is TokenFact:
        system, code = fact.system[:200], fact.code[:200]
        hashes = (hashed(kind, fact.parameter, system), token_hash(kind, fact.parameter, (system, code)))
        return "hfj_spidx_token", (*head, system, code, identity, *hashes, hashed(kind, fact.parameter, "", code))
    if type(fact) is StringFact:
        exact = fact.text or fact.folded
        hashes = (hashed(kind, fact.parameter, fact.folded[:1]), hashed(kind, fact.parameter, exact))
        return "hfj_spidx_string", (*head, exact[:768], fact.folded.upper()[:768], identity, *hashes)
    if type(fact) is DateFact:
        low, high = bounded(fact.start), bounded(fact.end)
        return "hfj_spidx_date", (*head, low, high, ordinal(low), ordinal(high), identity)
    if type(fact) is QuantityFact:
        units = (hashed(kind, fact.parameter, fact.code), hashed(kind, fact.parameter, fact.system, fact.code))
        return "hfj_spidx_quantity", (*head, fact.system, fact.code, fact.low, identity, *units)
    raise TypeError(fact)


def bounded(at: datetime) -> datetime:
    """An instant that PostgreSQL's client can carry in every zone."""
    return min(max(at, datetime(2, 1, 1, tzinfo=UTC)), datetime(9998, 1, 1, tzinfo=UTC))


def ordinal(at: datetime) -> int:
    """A day as the number yyyymmdd."""
    return at.year * 10_000 + at.month * 100 + at.day


def token_hash(kind: str, parameter: str, token: Sequence[str]) -> int:
    """The hash under which a (system, code) is found."""
    return hashed(kind, parameter, *token)


@lru_cache(maxsize=200_000)
def hashed(*words: str) -> int:
    """A hash of the width that the layout uses; any even spread does."""
    return int.from_bytes(blake2b("|".join(words).encode(), digest_size=8).digest(), "big", signed=True)
