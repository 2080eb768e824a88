"""Questions to the terminology that ships with the node: what a set holds, whether a code is in it, what stands below.

Nothing is loaded before the first question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corridor.domain.care.lexicon import fold
from corridor.domain.errors import NotFoundError
from corridor.fhir.code_systems import CodeSystem, Concept, code_systems
from corridor.fhir.value_sets import value_set


@dataclass(frozen=True, slots=True)
class Expansion:
    """A page of a value set's codes.

    Attributes:
        total: number of codes that fit the filter, on all pages.
        concepts: of this page, in the order of publication.
    """

    url: str
    version: str
    title: str
    total: int
    offset: int
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code is where it was sought.

    Attributes:
        message: why not, or what is odd about the display; empty where all is well.
        concept: the code as it is known here, or None.
    """

    holds: bool
    message: str = ""
    concept: Concept | None = None


def expand(url: str, *, filter: str = "", offset: int = 0, count: int | None = None) -> Expansion:
    """The codes of a value set whose code or display holds every word of the filter.

    Args:
        url: canonical URL, with or without `|version`.
        filter: words, in any case and with or without accents.
        offset: codes to pass over.
        count: codes to give at most; None gives all, 0 only the total.

    Raises:
        NotFoundError: the value set is not known here.

    Source: https://hl7.org/fhir/R4/valueset-operation-expand.html
    """
    found = value_set(url)
    words = fold(filter).split()
    fitting = [each for each in found.concepts.values() if _fits(each, words)]
    end = None if count is None else offset + count
    return Expansion(found.url, found.version, found.title, len(fitting), offset, tuple(fitting[offset:end]))


def _fits(concept: Concept, words: list[str]) -> bool:
    text = fold(f"{concept.code} {concept.display}")
    return all(word in text for word in words)


def codes_of(url: str) -> frozenset[tuple[str, str]]:
    """Every (system, code) of a value set.

    Raises:
        NotFoundError: the value set is not known here.
    """
    return frozenset(value_set(url).concepts)


def ancestors(system: str, code: str) -> frozenset[str]:
    """Every code above one, without itself; nothing for a system without a hierarchy.

    Raises:
        NotFoundError: the code system is not known here.
    """
    return code_system(system).ancestors(code)


def descendants(system: str, code: str) -> frozenset[str]:
    """Every known code below one, without itself; an ATC code has every known code that begins with it below.

    Raises:
        NotFoundError: the code system is not known here.
    """
    return code_system(system).descendants(code)


def code_system(url: str) -> CodeSystem:
    """A code system as far as it is known here; a version in the URL must be the one here.

    Raises:
        NotFoundError: it is not known here, or not in this version.
    """
    plain, _, version = url.partition("|")
    found = code_systems().get(plain)
    if found is None or (version and version != found.version):
        raise NotFoundError("This code system is not known here.", ("system",))
    return found


def validate_code(url: str, codings: Iterable[Concept]) -> Verdict:
    """Whether one of the codings is in a value set, and is called there as it was said to be.

    Args:
        url: canonical URL of the value set.
        codings: with a display only where that is to be checked, too.

    Raises:
        NotFoundError: the value set is not known here.

    Source: https://hl7.org/fhir/R4/valueset-operation-validate-code.html
    """
    known = value_set(url).concepts
    for coding in codings:
        found = known.get((coding.system, coding.code))
        if found is not None:
            return _called(coding, found)
    return Verdict(holds=False, message="No such code is in the value set.")


def validate_in_system(url: str, codings: Iterable[Concept]) -> Verdict:
    """Whether one of the codings is a code of the system, and is called so.

    Raises:
        NotFoundError: the code system is not known here.

    Source: https://hl7.org/fhir/R4/codesystem-operation-validate-code.html
    """
    system = code_system(url)
    for coding in codings:
        if coding.code in system.displays and coding.system in {"", system.url}:
            return _called(coding, Concept(system.url, coding.code, system.displays[coding.code]))
    known = "" if system.complete else " This node knows only part of it, so that it may be one all the same."
    return Verdict(holds=False, message=f"The code system has no such code.{known}")


def _called(coding: Concept, found: Concept) -> Verdict:
    wrong = bool(coding.display) and fold(coding.display) != fold(found.display)
    return Verdict(holds=not wrong, message=f"It is called {found.display}." if wrong else "", concept=found)


def look_up(system: str, code: str) -> tuple[CodeSystem, Concept]:
    """A code and the system it is from.

    Raises:
        NotFoundError: the system or the code is not known here.

    Source: https://hl7.org/fhir/R4/codesystem-operation-lookup.html
    """
    found = code_system(system)
    if code not in found.displays:
        part = "" if found.complete else " (this node knows only part of the system)"
        raise NotFoundError(f"The code is not known here{part}.", ("code",))
    return found, Concept(found.url, code, found.displays[code])
