"""Tokens of a search: codes, identifiers and addresses, by themselves, by value set, hierarchy or text.

Source: https://hl7.org/fhir/R4/search.html#token
"""

from __future__ import annotations

import re

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Criterion, StringCriterion, TokenCriterion
from corridor.fhir.fact_readings import sounds
from corridor.fhir.search_codes import MAX_CODES, Code, family, members
from corridor.fhir.search_text import split, unescaped
from corridor.fhir.search_values import fold
from corridor.fhir.search_wanted import Wanted

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def token(wanted: Wanted, values: list[str]) -> Criterion:
    """Codes, identifiers or addresses, with any modifier but `:missing`.

    Raises:
        UnsupportedError: a value set or hierarchy that is not known here.
        InvalidError: not written as a token is.
    """
    if wanted.modifier == "text":
        return StringCriterion(f"{wanted.name}:text", tuple(folded(wanted, each) for each in values))
    if wanted.modifier == "of-type":
        return TokenCriterion(f"{wanted.name}:of-type", tuple(_typed(wanted, each) for each in values))
    negated = wanted.modifier in {"not", "not-in"}
    codes = tuple(dict.fromkeys(code for each in values for code in _codes(wanted, each)))
    if len(codes) > MAX_CODES:
        raise UnsupportedError(f"A search compares with at most {MAX_CODES} codes.", (wanted.name,))
    return TokenCriterion(wanted.name, codes, negated)


def _codes(wanted: Wanted, value: str) -> tuple[Code, ...]:
    if wanted.modifier in {"in", "not-in"}:
        return members(unescaped(value), wanted.name)
    pair = pair_of(wanted, value)
    return family(pair, wanted.modifier, wanted.name) if wanted.modifier in {"above", "below"} else (pair,)


def pair_of(wanted: Wanted, value: str) -> Code:
    """System and code of a token as written; None as system means any.

    Raises:
        InvalidError: neither of them.
    """
    parts = split(value, "|", most=2)
    system, *code = (unescaped(each) for each in parts)
    pair = (system, code[0]) if code else (None, system)
    if not any(pair) or (wanted.terms.strict and len(split(parts[-1], "|")) > 1):
        raise wanted.refusal("A token is written code, system|code, |code or system|.")
    if wanted.terms.strict:
        _check_possible(wanted, pair[1])
    return pair


def _check_possible(wanted: Wanted, code: str) -> None:
    """Let pass what a truth value or a logical id can be; any other code may be one somewhere."""
    if wanted.name == "_id" and not _ID.fullmatch(code):
        raise wanted.refusal("An id has 1 to 64 letters, digits, hyphens and dots.")
    if {route.kind for route in wanted.parameter.routes} == {"boolean"} and code not in {"true", "false"}:
        raise wanted.refusal("A truth value is true or false.")


def _typed(wanted: Wanted, value: str) -> Code:
    parts = [unescaped(each) for each in split(value, "|")]
    if len(parts) != len(("system", "code", "value")) or not parts[1] or not parts[2]:
        raise wanted.refusal("With :of-type an identifier is written system|code|value, of its type and of itself.")
    return parts[0] or None, f"{parts[1]}|{parts[2]}"


def folded(wanted: Wanted, value: str) -> str:
    """A text as it is compared.

    Raises:
        InvalidError: nothing of it can be.
    """
    text = unescaped(value)
    compared = sounds(text) if wanted.name == "phonetic" else fold(text)
    if not compared:
        raise wanted.refusal("A text to search for has a letter or digit.")
    return compared
