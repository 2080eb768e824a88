"""References of a search.

Source: https://hl7.org/fhir/R4/search.html#reference
"""

from __future__ import annotations

import re

from corridor.domain.query import Criterion, ReferenceCriterion, TokenCriterion
from corridor.fhir.schema import HELD, RESOURCES
from corridor.fhir.search_text import unescaped
from corridor.fhir.search_tokens import pair_of
from corridor.fhir.search_values import local_reference
from corridor.fhir.search_wanted import Wanted

_ADDRESS = re.compile(r"[A-Za-z0-9\-.]{1,64}|[a-z]+:\S{1,500}")


def reference(wanted: Wanted, values: list[str]) -> Criterion:
    """References by id, type and id, or address; with `:identifier`, by what the other is known by.

    Raises:
        InvalidError: not written as a reference is.
    """
    if wanted.modifier == "identifier":
        return TokenCriterion(f"{wanted.name}:identifier", tuple(pair_of(wanted, each) for each in values))
    return ReferenceCriterion(wanted.name, tuple([_target(wanted, each) for each in values]))


def _target(wanted: Wanted, value: str) -> tuple[str, str]:
    text = unescaped(value)
    if wanted.terms.base:
        text = text.removeprefix(f"{wanted.terms.base}/")
    only = wanted.modifier or ("Patient" if wanted.name == "patient" else "")
    found = local_reference(f"{only}/{text}" if only and "/" not in text else text)
    if found and only in {"", found[0]}:
        _check_type(wanted, found[0])
        return found
    if not _ADDRESS.fullmatch(text) or (found and only):
        raise wanted.refusal("A reference is written id, Type/id or as an address.")
    return "", text


def _check_type(wanted: Wanted, resource_type: str) -> None:
    """A type that does not exist, or that the parameter never refers to, would find nothing in silence."""
    strange = resource_type in HELD and resource_type not in wanted.parameter.targets
    if strange or resource_type not in RESOURCES:
        raise wanted.refusal("The parameter does not refer to this type.")
