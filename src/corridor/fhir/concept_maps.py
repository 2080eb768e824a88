"""What a code of one system means in another, by the concept maps that ship with the node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from corridor.domain.errors import NotFoundError
from corridor.fhir.code_systems import Concept
from corridor.fhir.published import definition, id_of, ids
from corridor.fhir.terminology import codes_of

_TURNED = {
    "wider": "narrower",
    "narrower": "wider",
    "subsumes": "specializes",
    "specializes": "subsumes",
}
"""How an equivalence reads from the other side."""


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping.

    Attributes:
        equivalence: of the target as seen from the source, a code of R4's concept-map-equivalence.
        map_url: the concept map that says so.
        set_url: the value set that the targets of that map are from, or empty.
    """

    source: Concept
    target: Concept
    equivalence: str
    map_url: str
    set_url: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be translated, and where to.

    Attributes:
        codings: any of them.
        map_url: one map; empty asks all of them.
        source_set: nothing is said of codings that are not in this value set; empty for any.
        target_system: only codes of this system; empty for any.
        target_set: only codes of this value set; empty for any.
        reverse: from targets to sources.
    """

    codings: tuple[Concept, ...]
    map_url: str = ""
    source_set: str = ""
    target_system: str = ""
    target_set: str = ""
    reverse: bool = False


def translate(wanted: Wanted) -> tuple[Row, ...]:
    """Every mapping of the codings, each seen from the side that was asked from; rows without a target are left out.

    Raises:
        NotFoundError: the concept map or a value set is not known here.

    Source: https://hl7.org/fhir/R4/conceptmap-operation-translate.html
    """
    only = codes_of(wanted.target_set) if wanted.target_set else None
    asked = {(each.system, each.code) for each in wanted.codings}
    if wanted.source_set:
        asked &= codes_of(wanted.source_set)
    rows = (_turned(row) if wanted.reverse else row for row in _rows(wanted.map_url))
    return tuple(
        row
        for row in rows
        if (row.source.system, row.source.code) in asked
        and wanted.target_system in {"", row.target.system}
        and (only is None or (row.target.system, row.target.code) in only)
    )


def _rows(map_url: str) -> Iterator[Row]:
    if not map_url:
        for each in ids("ConceptMap"):
            yield from _mappings(each)
        return
    own = id_of(map_url, "ConceptMap")
    if not own:
        raise NotFoundError("This concept map is not known here.", ("url",))
    yield from _mappings(own)


@cache
def _mappings(id: str) -> tuple[Row, ...]:
    resource = definition("ConceptMap", id)
    return tuple(
        Row(
            Concept(group["source"], element["code"], element.get("display", "")),
            Concept(group["target"], target["code"], target.get("display", "")),
            target["equivalence"],
            resource["url"],
            resource.get("targetCanonical", ""),
        )
        for group in resource["group"]
        for element in group["element"]
        for target in element.get("target", ())
        if "code" in target
    )


def _turned(row: Row) -> Row:
    return Row(row.target, row.source, _TURNED.get(row.equivalence, row.equivalence), row.map_url)
