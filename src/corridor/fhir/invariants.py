"""Invariants in FHIRPath, for `$validate` alone: an expression costs as much as a hundred writes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from corridor.domain.errors import Issue
from corridor.fhir.profile_rules import Invariant, Profile


def broken_invariants(resource: dict[str, Any], wanted: Profile) -> Iterator[Issue]:
    """Invariants of a profile that a valid resource of its type breaks.

    Source: https://hl7.org/fhir/R4/conformance-rules.html#constraints; http://hl7.org/fhirpath/N1/
    """
    for each in wanted.invariants:
        if _evaluate(resource, _expression(each)) != [True]:
            yield Issue("invariant", f"{each.human} ({each.key})", each.path)


def _expression(invariant: Invariant) -> str:
    """The invariant asked of every element at its path; true where there is none."""
    return f"{invariant.path}.all({invariant.expression})"


def _evaluate(resource: dict[str, Any], expression: str) -> list[Any]:
    found: list[Any] = _compiled(expression)(resource)
    return found


@cache
def _compiled(expression: str) -> Any:
    from fhirpathpy import compile as compile_path  # noqa: PLC0415  # megabytes that only $validate needs
    from fhirpathpy.models import models  # noqa: PLC0415  # as above

    return compile_path(expression, model=models["r4"])
