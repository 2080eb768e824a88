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
        get: those of them that are asked by GET.
        post: whether it is asked by POST.
        gives: types of its answer.
        status: of its success.
    """

    paths: tuple[str, ...] = ("/{id}",)
    get: tuple[str, ...] = ()
    post: bool = True
    gives: tuple[str, ...] = ("Bundle",)
    status: int = 200


_OF_ONE = ("/{id}",)
_OF_TYPE = ("",)
_BOTH = ("", "/{id}")
_TOLD = _Shape(paths=_BOTH, get=_BOTH, gives=("Parameters",))

_SHAPES: dict[tuple[str, str] | str, _Shape] = {
    "match": _Shape(paths=_OF_TYPE),
    "ihe-pix": _Shape(paths=_OF_TYPE, get=_OF_TYPE, gives=("Parameters",)),
    "pull-history": _Shape(),
    "withdraw-consent": _Shape(gives=("OperationOutcome",)),
    "everything": _Shape(get=_OF_ONE),
    "summary": _Shape(paths=_BOTH, get=_BOTH),
    "lastn": _Shape(paths=_OF_TYPE, get=_OF_TYPE),
    "validate": _Shape(paths=_BOTH, get=_OF_ONE, gives=("OperationOutcome",)),
    "expand": _Shape(paths=_BOTH, get=_BOTH, gives=("ValueSet",)),
    "validate-code": _TOLD,
    "translate": _TOLD,
    "subsumes": _TOLD,
    "lookup": _Shape(paths=_OF_TYPE, get=_OF_TYPE, gives=("Parameters",)),
    "export": _Shape(paths=_OF_TYPE, get=_OF_TYPE, gives=(), status=202),
    ("Group", "export"): _Shape(get=_OF_ONE, gives=(), status=202),
    "import": _Shape(paths=_OF_TYPE, gives=(), status=202),
    "status": _Shape(paths=_BOTH, get=_BOTH),
    "events": _Shape(get=_OF_ONE),
    "generate-vhl": _Shape(paths=_BOTH, get=_BOTH, gives=("Parameters",)),
    "generate-shl": _Shape(gives=("Parameters",)),
}
"""How each operation that may be stated is asked, by its name, or by type and name where types differ in it.

Tests keep it complete and true.
"""


def operation_paths(
    stated: Iterable[Mapping[str, str]], media: Media, *, resource_type: str = ""
) -> Iterator[tuple[str, str, Part]]:
    """Address, method and description of each stated operation of a type, or of the base.

    Source: https://hl7.org/fhir/R4/operations.html
    """
    start = f"/{resource_type}" if resource_type else ""
    for name in (each["name"].removeprefix("$") for each in stated):
        shape = _SHAPES.get((resource_type, name)) or _SHAPES[name]
        for path in shape.paths if resource_type else _OF_TYPE:
            yield from _asked(f"{start}{path}/${name}", path, shape, media=media)


def _asked(address: str, path: str, shape: _Shape, *, media: Media) -> Iterator[tuple[str, str, Part]]:
    answers: dict[int, tuple[str, ...]] = {shape.status: shape.gives}
    parameters = [ID] if "{id}" in address else []
    says = f"Carry out {address.rpartition('/')[2]}"
    if path in shape.get:
        yield address, "get", operation(says, media, answers, parameters=parameters)
    if shape.post:
        body: dict[str, Any] = media.body("Parameters") | {"required": False}
        yield address, "post", operation(says, media, answers, parameters=parameters, body=body)
