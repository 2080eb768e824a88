"""A batch or transaction Bundle taken apart: what each entry asks for, without touching the bytes of its resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import structs

from corridor.domain.errors import CorridorError, InvalidError, MalformedError, UnsupportedError
from corridor.fhir.parse import parse_object
from corridor.fhir.schema import RESOURCES
from corridor.fhir.validate import validate

MAX_ENTRIES = 5000

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_PLACEHOLDER = {"resourceType": "Basic", "id": "placeholder"}
_ADDRESS = re.compile(
    r"/?(?:([A-Z][A-Za-z]+)(?:/([A-Za-z0-9\-.]{1,64}))?)?(/?_history(?:/([1-9][0-9]{0,8}))?)?(?:\?(.*))?", re.DOTALL
)

METHODS = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
"""In the order in which a transaction is carried out.

Source: https://hl7.org/fhir/R4/http.html#trules
"""

READS = frozenset({"GET", "HEAD"})
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Entry(msgspec.Struct, frozen=True):
    """One entry as it was asked for; a Bundle has thousands of them (see `domain/record.Record`).

    Attributes:
        index: position in the Bundle, from 0.
        resource_type: type that the address names.
        id: logical id that the address names, or empty.
        query: what follows `?` in the address: a search, or the condition of an update, patch or delete.
        version: the version that a read names, or None.
        history: the address asks for versions.
        raw: bytes of the resource, empty where there is none; of a patch, as `fhir.patch` reads it.
        error: why it cannot be carried out, or None.
    """

    index: int
    method: str
    url: str
    resource_type: str = ""
    id: str = ""
    query: str = ""
    version: int | None = None
    history: bool = False
    full_url: str = ""
    raw: bytes = b""
    if_match: str = ""
    if_none_match: str = ""
    if_modified_since: str = ""
    if_none_exist: str = ""
    error: CorridorError | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A Bundle to carry out: `kind` is `batch` or `transaction`."""

    kind: str
    entries: tuple[Entry, ...]


def read_submission(raw: bytes, *, max_bytes: int | None = None, max_entries: int = MAX_ENTRIES) -> Submission:
    """The entries of a batch or transaction.

    Raises:
        TooLargeError: more than `max_bytes`.
        MalformedError: not JSON that can be kept.
        InvalidError: no Bundle of these two types, its frame is not R4, too many entries, or one resource twice.
        UnsupportedError: a transaction asks for what is not spoken here.
    """
    frame, bodies = _take_apart(raw, max_bytes=max_bytes)
    if len(bodies) > max_entries:
        raise InvalidError(f"A Bundle has at most {max_entries} entries.", ("Bundle.entry",))
    if frame.get("resourceType") != "Bundle":
        raise InvalidError("Only a Bundle is carried out here.", ("resourceType",))
    validate(frame)
    if frame["type"] not in {"batch", "transaction"}:
        raise InvalidError("Only batch and transaction Bundles are carried out here.", ("Bundle.type",))
    entries = tuple(_entry(index, row, bodies[index]) for index, row in enumerate(frame.get("entry", ())))
    if frame["type"] == "transaction":
        _check_transaction(entries)
    return Submission(frame["type"], entries)


def _take_apart(raw: bytes, *, max_bytes: int | None) -> tuple[dict[str, Any], list[bytes]]:
    """The Bundle with placeholders for its resources, and the bytes of those resources."""
    if max_bytes is not None and len(raw) > max_bytes:
        parse_object(raw, max_bytes=max_bytes)
    try:
        listed = _MEMBERS.decode(raw).get("entry", msgspec.Raw(b"[]"))
        rows = [_row(bytes(each)) for each in _LIST.decode(listed)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedError("The body is not a Bundle in JSON and UTF-8.") from None
    frame = parse_object(_shortened(raw, b"entry", bytes(listed), to=b"[]"))
    if rows:
        frame["entry"] = [row for row, _ in rows]
    return frame, [body for _, body in rows]


def _row(raw: bytes) -> tuple[dict[str, Any], bytes]:
    members = _MEMBERS.decode(raw)
    if "resource" not in members:
        return parse_object(raw), b""
    body = bytes(members["resource"])
    row = parse_object(_shortened(raw, b"resource", body, to=b"0"))
    return row | {"resource": _PLACEHOLDER}, body


def _shortened(raw: bytes, name: bytes, value: bytes, *, to: bytes) -> bytes:
    """An object with something short in place of a member's value, which follows the name unless spaces do."""
    start = raw.find(b'"%b":' % name) + len(name) + len('"":')
    if not raw.startswith(value, start):
        return raw.replace(value, to, 1)
    return b"%b%b%b" % (raw[:start], to, raw[start + len(value) :])


def _entry(index: int, row: dict[str, Any], raw: bytes) -> Entry:
    request = row.get("request")
    if request is None:
        at = f"Bundle.entry[{index}].request"
        raise InvalidError("Every entry of a batch or transaction has a request (bdl-3).", (at,))
    entry = Entry(
        index,
        request["method"],
        request["url"],
        *_addressed(request["url"]),
        full_url=row.get("fullUrl", ""),
        raw=raw,
        if_match=request.get("ifMatch", ""),
        if_none_match=request.get("ifNoneMatch", ""),
        if_modified_since=request.get("ifModifiedSince", ""),
        if_none_exist=request.get("ifNoneExist", ""),
    )
    refusal = _refusal(entry)
    return structs.replace(entry, error=refusal) if refusal else entry


def _addressed(url: str) -> tuple[str, str, str, int | None, bool]:
    """Type, id, query, version and whether versions are asked for; without a type where the address is none of ours."""
    found = _ADDRESS.fullmatch(url)
    if not found or (found[4] and not found[2]):
        return "", "", "", None, False
    version = int(found[4]) if found[4] else None
    return found[1] or "", found[2] or "", found[5] or "", version, found[3] is not None


def _refusal(entry: Entry) -> CorridorError | None:
    """Why an entry cannot be carried out, whatever its resource says."""
    here = f"Bundle.entry[{entry.index}]"
    at = f"{here}.request"
    if entry.method not in METHODS:
        return UnsupportedError("This method is not spoken in a Bundle here.", (f"{at}.method",))
    whole = entry.history and entry.method in READS and not entry.version
    if "$" in entry.url.partition("?")[0]:
        return UnsupportedError(
            "Operations are not carried out in a Bundle here: call them one by one.", (f"{at}.url",)
        )
    if entry.resource_type not in RESOURCES and not (whole and not entry.resource_type):
        return InvalidError("The address, written from the base on, names no resource type of R4.", (f"{at}.url",))
    if entry.method not in READS and not _is_place_to_write(entry):
        return InvalidError(
            "POST goes to a type; PUT, PATCH and DELETE to a resource, or to a type with a condition.", (f"{at}.url",)
        )
    if bool(entry.raw) != (entry.method in WITH_BODY):
        return InvalidError("POST, PUT and PATCH carry a resource, other methods none.", (f"{here}.resource",))
    return None


def _is_place_to_write(entry: Entry) -> bool:
    if entry.history:
        return False
    if entry.method == "POST":
        return not entry.id and not entry.query
    return bool(entry.id) != bool(entry.query)


def _check_transaction(entries: tuple[Entry, ...]) -> None:
    """All or nothing: the first refusal stops it, and no resource is named twice."""
    for entry in entries:
        if entry.error:
            raise entry.error
    written = [f"{e.resource_type}/{e.id}" for e in entries if e.id and e.method not in READS]
    _check_once(written, "A transaction writes the same resource twice.")
    _check_once([e.full_url for e in entries if e.full_url and e.raw], "Two entries have the same fullUrl (bdl-7).")


def _check_once(names: list[str], message: str) -> None:
    if len(set(names)) != len(names):
        raise InvalidError(message, ("Bundle.entry",))
