"""Numbers of what records share: sets of codes, texts and references, roles of parameters, units of amounts.

Each is written once, when it is first met. Whoever asks holds the log's head, so nobody else gives numbers meanwhile;
what was given in a transaction is remembered for the next only when it is durable.
"""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
import orjson
from sqlalchemy import Table, bindparam, func, insert, select

from corridor.storage.drivers import Transaction
from corridor.storage.node.fact_tables import code_set, link_set, role, set_code, set_link, set_text, text_set, unit
from corridor.storage.node.kinds import first_number
from corridor.storage.node.parts import Code, Link, Parts, Text, Unit
from corridor.storage.statements import Listed, Row, Statement

_MOST = 200_000
"""Numbers that are remembered; beyond this everything is looked up again once."""

Codes = tuple[str, str, frozenset[Code], frozenset[str]]
"""Type, main code, codes, and the names of all parameters."""

Role = tuple[str, tuple[str, ...]]
"""Type and parameters."""


@dataclass(slots=True)
class Known:
    """Numbers that are certain: those that a committed transaction gave or found."""

    numbers: dict[Hashable, int] = field(default_factory=dict)

    def learn(self, numbers: dict[Hashable, int]) -> None:
        """Remember more of them."""
        if len(self.numbers) > _MOST:
            self.numbers.clear()
        self.numbers.update(numbers)


@dataclass(frozen=True, slots=True)
class _Sets:
    """One kind of sets in the database."""

    find: Statement
    newest: Statement
    add: Statement
    add_members: Statement
    members: Callable[[Any], Iterable[Row]]
    first: Callable[[Any], int]
    main: Callable[[Any], Row]


def _sets(table: Table, members: Table, rows: Callable[[Any], Iterable[Row]]) -> _Sets:
    newest = select(func.max(table.c.number).label("number"))
    return _Sets(
        Statement(select(table.c.number, table.c.digest).where(Listed(table.c.digest, "digests"))),
        Statement(newest.where(table.c.number.between(bindparam("first"), bindparam("last")))),
        Statement(insert(table)),
        Statement(insert(members)),
        rows,
        first=(lambda content: first_number(content[0])) if table is code_set else (lambda _: 0),
        main=(lambda content: {"main": content[1]}) if table is code_set else (lambda _: {}),
    )


def _code_rows(content: Codes) -> Iterator[Row]:
    for parameter, system, code, element in content[2]:
        yield {"parameter": parameter, "system": system, "code": code, "element": element}
    for name in content[3]:
        yield {"parameter": name, "system": "", "code": "", "element": 0}


def _text_rows(content: frozenset[Text]) -> Iterator[Row]:
    for parameter, folded, text, element in content:
        yield {"parameter": parameter, "folded": folded, "text": text, "element": element}


def _link_rows(content: frozenset[Link]) -> Iterator[Row]:
    for parameter, kind, target, element in content:
        yield {"parameter": parameter, "target_type": kind, "target_id": target, "element": element}


_CODES = _sets(code_set, set_code, _code_rows)
_TEXTS = _sets(text_set, set_text, _text_rows)
_LINKS = _sets(link_set, set_link, _link_rows)
_LAST = 2**31 - 1

_ROLES = Statement(select(role.c.role, role.c.parameter).where(role.c.resource_type == bindparam("kind")))
_NEWEST_ROLE = Statement(select(func.max(role.c.role).label("number")))
_ADD_ROLE = Statement(insert(role))
_UNIT = Statement(
    select(unit.c.number)
    .where(unit.c.code == bindparam("code"), unit.c.system == bindparam("system"))
    .where(unit.c.canonical == bindparam("canonical"), unit.c.text == bindparam("text"))
)
_NEWEST_UNIT = Statement(select(func.max(unit.c.number).label("number")))
_ADD_UNIT = Statement(insert(unit))


class Contents(msgspec.Struct, frozen=True):
    """What one record shares with others: three sets."""

    codes: Codes
    texts: frozenset[Text]
    links: frozenset[Link]


def contents_of(parts: Parts, main: str) -> Contents:
    """The sets of a draft's facts, given with its main code."""
    codes = parts.resource_type, main, frozenset(parts.codes), _plain(parts.names)
    return Contents(codes, frozenset(parts.texts), frozenset(parts.links))


class SetNumbers(msgspec.Struct, frozen=True):
    """The sets of one record; 0 stands for an empty one."""

    codes: int
    texts: int
    links: int


class Numbers:
    """Gives and finds numbers within one open transaction.

    Attributes:
        met: what this transaction gave or found; to be learnt once it is durable.
    """

    def __init__(self, transaction: Transaction, known: Known) -> None:
        self._transaction = transaction
        self._known = known.numbers
        self.met: dict[Hashable, int] = {}

    async def sets(self, wanted: Sequence[Contents]) -> list[SetNumbers]:
        """The numbers of each record's sets."""
        found = zip(
            await self._numbered(_CODES, [each.codes for each in wanted]),
            await self._numbered(_TEXTS, [each.texts for each in wanted]),
            await self._numbered(_LINKS, [each.links for each in wanted]),
            strict=True,
        )
        return [SetNumbers(*numbers) for numbers in found]

    async def roles(self, wanted: Collection[Role]) -> dict[Role, int]:
        """The number of each role."""
        for kind in {each[0] for each in wanted if self._get(each) is None}:
            names: dict[int, list[str]] = defaultdict(list)
            for row in await self._transaction.rows(_ROLES, {"kind": kind}):
                names[row["role"]].append(row["parameter"])
            self.met.update({(kind, tuple(sorted(found))): number for number, found in names.items()})
        for each in [each for each in dict.fromkeys(wanted) if self._get(each) is None]:
            number = await self._next(_NEWEST_ROLE)
            rows = [{"resource_type": each[0], "parameter": name, "role": number} for name in each[1]]
            await self._transaction.run(_ADD_ROLE, rows)
            self.met[each] = number
        return {each: self._number(each) for each in wanted}

    async def units(self, wanted: Collection[Unit]) -> dict[Unit, int]:
        """The number of each unit."""
        for each in [each for each in wanted if self._get(each) is None]:
            values = dict(zip(("system", "code", "canonical", "text"), each, strict=True))
            found = await self._transaction.rows(_UNIT, values)
            number = found[0]["number"] if found else await self._next(_NEWEST_UNIT)
            if not found:
                await self._transaction.run(_ADD_UNIT, [{"number": number, **values}])
            self.met[each] = number
        return {each: self._number(each) for each in wanted}

    async def _next(self, newest: Statement) -> int:
        return ((await self._transaction.rows(newest))[0]["number"] or 0) + 1

    def _get(self, content: Hashable) -> int | None:
        found = self._known.get(content)
        return self.met.get(content) if found is None else found

    def _number(self, content: Hashable) -> int:
        found = self._get(content)
        return 0 if found is None else found

    async def _numbered(self, sets: _Sets, contents: Sequence[Hashable]) -> list[int]:
        missing = {_digest(each): each for each in set(contents) if each and self._get((sets.add, each)) is None}
        if missing:
            await self._meet(sets, missing)
        return [self._number((sets.add, each)) for each in contents]

    async def _meet(self, sets: _Sets, contents: dict[str, Hashable]) -> None:
        """Find sets, and write those that are new."""
        rows = await self._transaction.rows(sets.find, {"digests": sorted(contents)})
        found = {row["digest"]: row["number"] for row in rows}
        self.met.update({(sets.add, contents[digest]): number for digest, number in found.items()})
        heads: list[Row] = []
        members: list[Row] = []
        for digest in contents.keys() - found.keys():
            content = contents[digest]
            number = await self._free(sets, sets.first(content), heads)
            heads.append({"number": number, "digest": digest, **sets.main(content)})
            members += [{"number": number, **row} for row in sets.members(content)]
            self.met[sets.add, content] = number
        await self._transaction.run(sets.add, heads)
        await self._transaction.run(sets.add_members, members)

    async def _free(self, sets: _Sets, first: int, heads: Sequence[Row]) -> int:
        last = first + _LAST
        given = [row["number"] for row in heads if first <= row["number"] <= last]
        if given:
            return int(max(given)) + 1
        found = (await self._transaction.rows(sets.newest, {"first": first, "last": last}))[0]["number"]
        return max(found or 0, first) + 1


def _plain(names: Iterable[str]) -> frozenset[str]:
    """Without those that only say how another parameter is searched."""
    return frozenset(name for name in names if ":" not in name)


def _digest(content: Any) -> str:
    ordered = [sorted(each) if isinstance(each, frozenset) else each for each in content]
    if isinstance(content, frozenset):
        ordered.sort()
    return b64encode(sha256(orjson.dumps(ordered)).digest()[:16]).decode()
