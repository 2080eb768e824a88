"""Value sets taken apart into the codes that they hold.

Source: https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from corridor.domain.errors import NotFoundError, UnsupportedError
from corridor.fhir.code_systems import Concept, code_systems, table
from corridor.fhir.published import definition, id_of

Key = tuple[str, str]
Include = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A value set with all of its codes.

    Attributes:
        title: for people.
        concepts: by (system, code), in the order of publication.
    """

    url: str
    version: str
    title: str
    concepts: Mapping[Key, Concept]


@cache
def value_set(url: str) -> ValueSet:
    """A value set of ours, or one of R4 that a held type is bound to; a version in the URL must be the one here.

    Raises:
        NotFoundError: it is not known here, or not in this version.
    """
    plain, _, version = url.partition("|")
    own = id_of(plain, "ValueSet")
    row: Mapping[str, Any] = definition("ValueSet", own) if own else table()["sets"].get(plain, {})
    if not row or (version and version != row.get("version")):
        raise NotFoundError("This value set is not known here.", ("url",))
    title = row.get("title") or row.get("name") or plain
    return ValueSet(plain, row.get("version", ""), title, composed(row["compose"]))


def composed(compose: Mapping[str, Any]) -> Mapping[Key, Concept]:
    """The codes of a composition: those of any `include` and of no `exclude`.

    Raises:
        NotFoundError: it includes a value set or code system that is not known here.
        UnsupportedError: a filter other than by hierarchy, or all of a system that is known in part only.
    """
    found: dict[Key, Concept] = {}
    for include in compose.get("include", ()):
        found |= {key: each for key, each in _included(include).items() if key not in found}
    for exclude in compose.get("exclude", ()):
        for key in _included(exclude):
            found.pop(key, None)
    return found


def _included(include: Include) -> Mapping[Key, Concept]:
    """What an include names itself, as far as every value set that it names holds it."""
    sets = [value_set(each).concepts for each in include.get("valueSet", ())]
    own = _of_system(include) if "system" in include else sets.pop()
    return {key: each for key, each in own.items() if all(key in others for others in sets)}


def _of_system(include: Include) -> Mapping[Key, Concept]:
    system = include["system"]
    if "concept" in include:
        return _keyed(Concept(system, each["code"], each.get("display", "")) for each in include["concept"])
    known = code_systems().get(system)
    if known is None:
        raise NotFoundError("This code system is not known here.", ("system",))
    if not known.complete:
        raise UnsupportedError("This code system is known in part only, so that it cannot be listed.", ("system",))
    codes = [code for code in known.displays if all(_passes(system, code, each) for each in include.get("filter", ()))]
    return _keyed(Concept(system, code, known.displays[code]) for code in codes)


def _keyed(concepts: Iterable[Concept]) -> Mapping[Key, Concept]:
    return {(each.system, each.code): each for each in concepts}


def _passes(system: str, code: str, rule: Include) -> bool:
    above = code_systems()[system].ancestors(code)
    operator, wanted = rule["op"], rule["value"]
    if operator == "is-a":
        return code == wanted or wanted in above
    if operator == "is-not-a":
        return code != wanted and wanted not in above
    if operator == "descendent-of":
        return wanted in above
    raise UnsupportedError("This filter of a value set is not spoken here.", ("filter",))
