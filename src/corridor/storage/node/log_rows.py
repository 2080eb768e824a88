"""An audit event as rows of the log, and what of it can be searched; made from the body alone, so it can be checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import TypeGuard

import msgspec
import orjson

from corridor.domain.audit.leaf import VERSION
from corridor.domain.record import DateFact, Fact, ReferenceFact, TokenFact
from corridor.fhir.facts import facts_by
from corridor.storage.node.log_readings import reading

Token = tuple[str, str, str]
"""Parameter, system, code."""

Reference = tuple[str, str, str]
"""Target type, target id, and the parameters under which it is named."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """What of an audit event can be searched.

    Attributes:
        recorded: when it happened.
        tokens: its codes, sorted.
        references: whom and what it names.
    """

    recorded: datetime
    tokens: tuple[Token, ...]
    references: tuple[Reference, ...]

    @property
    def shape(self) -> int:
        """Number of this combination of codes."""
        return _known_shape(self.tokens)


def searchable(body: bytes, *, version: int = VERSION) -> Searchable:
    """What of a stored audit event can be searched.

    Args:
        body: of the event.
        version: of the leaf under which it was written.

    Raises:
        InvalidError: a version that this release does not know.
    """
    facts = facts_by(reading(version), orjson.loads(body))
    recorded = next(fact.start for fact in facts if type(fact) is DateFact and fact.parameter == "date")
    tokens = {(fact.parameter, fact.system, fact.code) for fact in facts if _is_common(fact)}
    return Searchable(recorded, tuple(sorted(tokens)), tuple(_references(facts)))


def _is_common(fact: Fact) -> TypeGuard[TokenFact]:
    """Whether it is a code that many events share; identifiers of agents and requests would make each a shape."""
    return type(fact) is TokenFact and ":" not in fact.parameter


def shape_of(tokens: Iterable[Token]) -> int:
    """Number of a combination of codes: the first 8 bytes of its digest."""
    return int.from_bytes(sha256(tokens_text(tokens).encode()).digest()[:8], "big", signed=True)


@lru_cache(maxsize=1024)
def _known_shape(tokens: tuple[Token, ...]) -> int:
    """`shape_of` for the node's own events: they come in a few dozen combinations, and every entry asks again."""
    return shape_of(tokens)


def tokens_text(tokens: Iterable[Token]) -> str:
    """The codes as one text."""
    return orjson.dumps([*tokens]).decode()


def tokens_of(text: str) -> tuple[Token, ...]:
    """The codes that `tokens_text` wrote."""
    return msgspec.json.decode(text, type=tuple[Token, ...])


def _references(facts: Iterable[Fact]) -> Iterable[Reference]:
    named: dict[tuple[str, str], set[str]] = {}
    for fact in facts:
        if type(fact) is ReferenceFact and fact.target_type:  # what is not held here is no name to search by
            named.setdefault((fact.target_type, fact.target_id), set()).add(fact.parameter)
    for (target_type, target_id), parameters in sorted(named.items()):
        yield target_type, target_id, " ".join(["", *sorted(parameters), ""])
