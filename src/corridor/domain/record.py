"""A stored resource: its bytes as received, and the typed facts that stand beside them (ADR 4)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from corridor.domain.category import Category

# Each resource that is taken in makes about a dozen of these values: a frozen dataclass takes ten times as long to be
# made as a frozen struct. What else is made for every resource on its way in is a struct for the same reason.

# The `element` of a fact tells which part of the resource it is from: 0 the resource itself, 1 … the n-th repeated
# part, such as a component. A composite search compares facts of one element.


class TokenFact(msgspec.Struct, frozen=True):
    """A code, identifier or address that can be searched: `system` is empty where none was given."""

    parameter: str
    system: str
    code: str
    element: int = 0


class StringFact(msgspec.Struct, frozen=True):
    """A text that can be searched: folded to lower case without accents, and as it was written."""

    parameter: str
    folded: str
    text: str = ""
    element: int = 0


class DateFact(msgspec.Struct, frozen=True):
    """A date or period that can be searched, as the half-open UTC interval [start, end) it may lie in."""

    parameter: str
    start: datetime
    end: datetime
    element: int = 0


class QuantityFact(msgspec.Struct, frozen=True):
    """A number or an amount that can be searched, as the interval [low, high] it may lie in: equal where it is exact.

    Attributes:
        low: minus infinity where only `<` is known.
        high: plus infinity where only `>` is known.
        system: of the unit, empty for a bare number.
        code: of the unit, or its text.
        canonical: the interval in UCUM base units with their name; None where the unit is not UCUM.
        unit: how the unit is written for people, where that is not its code.
    """

    parameter: str
    low: float
    high: float
    system: str = ""
    code: str = ""
    canonical: tuple[float, float, str] | None = None
    element: int = 0
    unit: str = ""


class ReferenceFact(msgspec.Struct, frozen=True):
    """A reference to another resource of this node."""

    parameter: str
    target_type: str
    target_id: str
    element: int = 0


Fact = TokenFact | StringFact | DateFact | QuantityFact | ReferenceFact


class Projection(msgspec.Struct, frozen=True):
    """What may cross a border of one resource, written at ingest and never made from it again.

    Attributes:
        template: JSON bytes; between NUL bytes stand slots, each `Type/id`, that a pseudonym replaces.
            Segments therefore alternate: text, slot, text, … (NUL never occurs in JSON text).
        category: what a consent must permit.
        effective: clinical instant for the consent's data period, or None.
        also: what else a consent must permit, because something in it tells of that.
    """

    template: bytes
    category: Category
    effective: datetime | None
    also: frozenset[Category] = frozenset()


class Draft(msgspec.Struct, frozen=True):
    """A validated resource that is about to be written.

    Attributes:
        resource_type: FHIR type name.
        id: logical id, 1 to 64 characters of `A-Za-z0-9-.`.
        head: stored bytes up to and including the opening of `meta`: `…"meta":{`
        tail: stored bytes after `versionId` and `lastUpdated`; begins with `,` or `}`.
        patient_id: id of the Patient whose compartment it is in; its own id for a Patient; None for others.
        code: first `system|code` of the main code, empty where there is none.
        effective: start of the clinical date, UTC, or None.
        facts: everything else that search needs.
        projection: what may cross a border, or None where nothing may.
        references: `Type/id` of every local literal reference, for integrity checks.
        withdrawn_at: of a Consent that says when it was withdrawn.
        replaced_by: id of the Patient that stands for this one since the two were merged; empty for all others.
    """

    resource_type: str
    id: str
    head: bytes
    tail: bytes
    patient_id: str | None = None
    code: str = ""
    effective: datetime | None = None
    facts: tuple[Fact, ...] = ()
    projection: Projection | None = None
    references: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None
    replaced_by: str = ""


class Record(msgspec.Struct, frozen=True, eq=False):
    """One stored version of a resource.

    Attributes:
        body: JSON bytes ready to be sent, or None when this version says that the resource was deleted.
        created: told by a write or in a history: there was no living resource before.
    """

    resource_type: str
    id: str
    version: int
    updated_at: datetime
    body: bytes | None
    patient_id: str | None = None
    created: bool = False

    def __eq__(self, other: object) -> bool:
        """The same version, whether a write told of it or a read."""
        return isinstance(other, Record) and self._version() == other._version()

    def __hash__(self) -> int:
        """As `==` compares."""
        return hash(self._version())

    def _version(self) -> tuple[object, ...]:
        return self.resource_type, self.id, self.version, self.updated_at, self.body, self.patient_id
