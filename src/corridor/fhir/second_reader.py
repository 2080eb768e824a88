"""A second opinion on R4: what `fhir.resources` refuses and our own tables may not; too slow for every write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from corridor.domain.errors import Issue
from corridor.fhir.validate import expression


def second_problems(resource: dict[str, Any]) -> Iterator[Issue]:
    """Problems of a resource of a known type, each with its place; the values themselves are not repeated.

    Source: https://pypi.org/project/fhir.resources/ (R4B, whose elements are R4's for every type that is held).
    """
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415  # a model class each: only $validate needs them

    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            code = "required" if each["type"] == "missing" else "structure"
            at = expression(resource["resourceType"], list(each["loc"]))
            yield Issue(code, "A second reader of R4 finds this missing or not of its type.", at)
