"""Named operations in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corridor.fhir.openapi_parts import ID, Media, Part, operation


@dataclass(frozen=True, slots=True)
class _Shape:
    """How an operation is asked.

    Attributes:
        paths: below a type or the base, with `{id}` where it is asked of one resource.
        get: whether it is asked by GET.
        post: whether it is asked by POST.
        gives: types of its answer.
        status: of its success.
    """

    paths: tuple[str, ...] = ("/{id}",)
    get: bool = False
    post: bool = True
    gives: tuple[str, ...] = ("Bundle",)
    status: int = 200


_SHAPES: dict[str, _Shape] = {
    "match": _Shape(paths=("",)),
    "pull-history": _Shape(),
    "withdraw-consent": _Shape(gives=("OperationOutcome",)),
    "everything": _Shape(get=True),
    "summary": _Shape(get=True),
    "lastn": _Shape(paths=("",), get=True),
    "validate": _Shape(paths=("", "/{id}"), gives=("OperationOutcome",)),
    "expand": _Shape(paths=("", "/{id}"), get=True, gives=("ValueSet",)),
    "validate-code": _Shape(paths=("", "/{id}"), get=True, gives=("Parameters",)),
    "translate": _Shape(paths=("", "/{id}"), get=True, gives=("Parameters",)),
    "lookup": _Shape(paths=("",), get=True, gives=("Parameters",)),
    "subsumes": _Shape(paths=("", "/{id}"), get=True, gives=("Parameters",)),
    "export": _Shape(paths=("",), get=True, gives=(), status=202),
    "patient-export": _Shape(paths=("",), get=True, gives=(), status=202),
    "group-export": _Shape(get=True, gives=(), status=202),
    "import": _Shape(paths=("",), gives=(), status=202),
    "status": _Shape(paths=("", "/{id}"), get=True),
    "events": _Shape(get=True),
}
"""Every operation that may be stated, by name; a test keeps it complete."""

_ELSE = _Shape(paths=("",))


def operation_paths(
    stated: Iterable[Mapping[str, str]], media: Media, *, resource_type: str = ""
) -> Iterator[tuple[str, str, Part]]:
    """Address, method and description of each stated operation of a type, or of the base.

    Source: https://hl7.org/fhir/R4/operations.html
    """
    start = f"/{resource_type}" if resource_type else ""
    for name in (each["name"].removeprefix("$") for each in stated):
        shape = _SHAPES.get(name, _ELSE)
        for path in shape.paths if resource_type else ("",):
            yield from _asked(f"{start}{path}/${name}", shape, media)


def _asked(address: str, shape: _Shape, media: Media) -> Iterator[tuple[str, str, Part]]:
    answers: dict[int, tuple[str, ...]] = {shape.status: shape.gives}
    parameters = [ID] if "{id}" in address else []
    says = f"Carry out {address.rpartition('/')[2]}"
    if shape.get:
        yield address, "get", operation(says, media, answers, parameters=parameters)
    if shape.post:
        body: dict[str, Any] = media.body("Parameters") | {"required": False}
        yield address, "post", operation(says, media, answers, parameters=parameters, body=body)
