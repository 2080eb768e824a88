"""Which of two codes means the more general thing, by the hierarchies that ship with the node."""

from __future__ import annotations

import re
from enum import StrEnum

from corridor.domain.care.lexicon import ATC_SYSTEM
from corridor.domain.errors import InvalidError, NotFoundError, UnsupportedError
from corridor.fhir.code_systems import CodeSystem, Concept
from corridor.fhir.operation_input import Input
from corridor.fhir.terminology import code_system

SUBSUMES = frozenset({"codeA", "codeB", "codingA", "codingB", "system", "version"})
"""Parameters of `$subsumes`."""

_ATC = re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")
"""Every level of ATC: its codes show where they stand, whether they are listed here or not."""


class Subsumption(StrEnum):
    """How the first code stands to the second (http://hl7.org/fhir/concept-subsumption-outcome)."""

    EQUIVALENT = "equivalent"
    SUBSUMES = "subsumes"
    SUBSUMED_BY = "subsumed-by"
    NOT_SUBSUMED = "not-subsumed"


def subsumption(url: str, first: str, second: str) -> Subsumption:
    """How two codes of one system stand to each other.

    Args:
        url: canonical URL of the system, with or without `|version`.
        first: the code A.
        second: the code B.

    Raises:
        NotFoundError: the system or a code is not known here.
        UnsupportedError: so little of the system is known that nothing can be said of its hierarchy.

    Source: https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
    """
    system = code_system(url)
    if not (system.complete or system.url == ATC_SYSTEM):
        raise UnsupportedError("The hierarchy of this code system is not known here.", ("system",))
    for each in (first, second):
        _check_known(system, each)
    if first == second:
        return Subsumption.EQUIVALENT
    if first in system.ancestors(second):
        return Subsumption.SUBSUMES
    return Subsumption.SUBSUMED_BY if second in system.ancestors(first) else Subsumption.NOT_SUBSUMED


def asked_subsumption(given: Input, *, url: str = "") -> Subsumption:
    """The answer to a call, whose codes stand beside a system or are codings of one.

    Args:
        given: the parameters.
        url: of the system, where the address named one.

    Raises:
        InvalidError: not exactly two codes of one system.
        NotFoundError: the system or a code is not known here.
        UnsupportedError: the hierarchy is not known here.
    """
    named = url or given.text("system")
    first, second = _code(given, "A", named), _code(given, "B", named)
    systems = {each for each in (named, given.text("system"), first.system, second.system) if each}
    if len(systems) != 1:
        raise InvalidError("Both codes are of one code system, which is named.", ("Parameters.parameter",))
    version = given.text("version")
    (system,) = systems
    return subsumption(f"{system}|{version}" if version and "|" not in system else system, first.code, second.code)


def _code(given: Input, letter: str, system: str) -> Concept:
    plain, coding = given.text(f"code{letter}"), given.values.get(f"coding{letter}")
    if bool(plain) == (coding is not None) or not isinstance(coding, dict | None):
        raise InvalidError(f"Give code{letter}, or coding{letter} in a body.", ("Parameters.parameter",))
    found = Concept(system, plain) if coding is None else Concept(coding.get("system", system), coding.get("code", ""))
    if not found.code:
        raise InvalidError(f"coding{letter} has no code.", ("Parameters.parameter",))
    return found


def _check_known(system: CodeSystem, code: str) -> None:
    if code not in system.displays and not (system.url == ATC_SYSTEM and _ATC.fullmatch(code)):
        raise NotFoundError("The code is not known here.", ("code",))
