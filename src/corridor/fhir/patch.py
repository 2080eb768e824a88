"""Patches in the three forms that R4 servers read; every number that is kept or brought keeps its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corridor.domain.errors import InvalidError, MediaTypeError, UnprocessableError
from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.fhirpath_patch import read_fhirpath_patch
from corridor.fhir.json_patch import read_json_patch

Resource = dict[str, Any]
Change = Callable[[Resource], Any]
"""Changes the tree of a resource in place or not, and gives the new one."""

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
PATCH_TYPES = frozenset({JSON_PATCH, MERGE_PATCH, "application/fhir+json", "application/json", "application/json+fhir"})
"""What a patch may say it is. Under FHIR's own type or plain JSON, Parameters are a FHIRPath Patch, a list is a JSON
Patch, and everything else is a merge patch, as `fhirpy` sends it."""


def patched(raw: bytes, patch: bytes, media_type: str) -> bytes:
    """The resource as the patch makes it; what it says is checked afterwards, like an update.

    Args:
        raw: the resource's JSON bytes.
        patch: the patch's bytes.
        media_type: what the patch says it is, without parameters, in lower case.

    Raises:
        MalformedError: the patch is not JSON.
        InvalidError: it is not a patch of its kind.
        MediaTypeError: it is of a kind that is not spoken here.
        UnprocessableError: it does not fit the resource, a test fails, or it changes what only the server writes.

    Source: https://hl7.org/fhir/R4/http.html#patch
    """
    return read_patch(patch, media_type)(raw)


def read_patch(patch: bytes, media_type: str) -> Callable[[bytes], bytes]:
    """What a patch does, read and checked once; it can be done to any number of resources. Errors as `patched`."""
    if media_type not in PATCH_TYPES:
        raise MediaTypeError(f"Patches are read as {JSON_PATCH}, {MERGE_PATCH} or FHIR Parameters.")
    change = _change(patch, read_exact(patch), media_type)

    def apply(raw: bytes) -> bytes:
        before: Resource = read_exact(raw)
        kept = _kept(before)
        after = change(before)
        _check_kept(kept, after)
        return write_exact(after)

    return apply


def _change(patch: bytes, tree: Any, media_type: str) -> Change:
    if media_type == JSON_PATCH or (media_type != MERGE_PATCH and isinstance(tree, list)):
        return read_json_patch(tree)
    if not isinstance(tree, dict):
        raise InvalidError("A merge patch is an object: a part of the resource.")
    if media_type != MERGE_PATCH and tree.get("resourceType") == "Parameters":
        return read_fhirpath_patch(patch, tree)
    return lambda resource: merged(resource, tree)


def merged(target: Any, patch: Any) -> Any:
    """A value as a merge patch makes it: null takes away, objects are merged, all else replaces.

    Source: RFC 7386 section 2.
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


_OURS = ("versionId", "lastUpdated")


def _kept(resource: Resource) -> dict[str, Any]:
    meta = resource.get("meta", {})
    kept = {name: resource.get(name) for name in ("resourceType", "id")}
    return kept | {f"meta.{name}": meta[name] for name in _OURS if name in meta}


def _check_kept(kept: dict[str, Any], after: Any) -> None:
    if not isinstance(after, dict):
        raise UnprocessableError("A patch leaves a resource.")
    meta = after.get("meta")
    now = {name: after.get(name) for name in ("resourceType", "id")}
    now |= {f"meta.{name}": meta[name] for name in _OURS if isinstance(meta, dict) and name in meta}
    for name, value in now.items():
        if kept.get(name) != value:
            raise UnprocessableError("A patch does not change this element; the server writes it.", (name,))
