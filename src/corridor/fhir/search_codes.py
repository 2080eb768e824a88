"""Codes that a search names by a value set or by their place in a hierarchy.

Source: https://hl7.org/fhir/R4/search.html#modifiers
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from corridor.domain.errors import InvalidError, NotFoundError, UnsupportedError
from corridor.fhir.terminology import ancestors, codes_of, descendants

MAX_CODES = 2000
"""Codes that one parameter of a search compares with at most."""

Code = tuple[str | None, str]

_FAMILY: dict[str, Callable[[str, str], frozenset[str]]] = {"above": ancestors, "below": descendants}


def members(value_set: str, parameter: str) -> tuple[Code, ...]:
    """Every code of a value set that ships with the node, in order.

    Args:
        value_set: its canonical URL.
        parameter: name to blame.

    Raises:
        UnsupportedError: the value set is not known here, or has too many codes to search for.
    """
    try:
        return _bounded(sorted(codes_of(value_set)), parameter)
    except NotFoundError:
        raise UnsupportedError("This value set is not known here.", (parameter,)) from None


def family(coding: Code, modifier: str, parameter: str) -> tuple[Code, ...]:
    """A code and every code `above` or `below` it.

    Raises:
        InvalidError: without a system or without a code.
        UnsupportedError: the code system is not known here, or too many codes are below.
    """
    system, code = coding
    if not system or not code:
        raise InvalidError(f"With :{modifier} a token is written system|code.", (parameter,))
    try:
        others = _FAMILY[modifier](system, code)
    except NotFoundError:
        raise UnsupportedError("The hierarchy of this code system is not known here.", (parameter,)) from None
    return _bounded([(system, code), *((system, each) for each in sorted(others))], parameter)


def _bounded(codes: Iterable[Code], parameter: str) -> tuple[Code, ...]:
    found = tuple(codes)
    if len(found) > MAX_CODES:
        raise UnsupportedError(f"A search compares with at most {MAX_CODES} codes.", (parameter,))
    return found
