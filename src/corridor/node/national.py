"""What every door of the national base shares: who asks, what was sent, and how answers look."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import LoginError, MediaTypeError, TooLargeError
from corridor.domain.grant import MARK
from corridor.domain.history import History
from corridor.domain.principal import Principal
from corridor.domain.query import Query
from corridor.domain.record import Record
from corridor.domain.trace import trace_of
from corridor.domain.versions import VersionQuery
from corridor.flows.patch_record import Revise
from corridor.flows.ports.records import Page
from corridor.flows.read_possession import Shown
from corridor.flows.store_on_condition import Condition, Settle
from corridor.flows.store_records import Change
from corridor.node.formats import JSON_TYPES, body_type, wanted_format
from corridor.node.found import FHIR_JSON, Found
from corridor.node.heard import header
from corridor.node.prefer import preferences
from corridor.node.shown import shown_with

_DIGITS = 18
"""Of a declared length that are looked at: enough for every disk, and quickly read."""


class StoreRecords(Protocol):
    """`store_records` with its desk."""

    def __call__(
        self, asking: Asking, changes: Sequence[Change], *, interaction: Interaction
    ) -> Awaitable[list[Record | None]]:
        """Apply all changes or none."""


class SearchRecords(Protocol):
    """`search_records` with its desk."""

    def __call__(self, asking: Asking, query: Query, *, asked: str) -> Awaitable[Page]:
        """One page."""


class StoreOnCondition(Protocol):
    """`store_on_condition` with its desk."""

    def __call__(
        self, asking: Asking, conditions: Sequence[Condition], settle: Settle, *, interaction: Interaction
    ) -> Awaitable[list[Record | None]]:
        """Look up, settle and write in one unit."""


class PatchRecord(Protocol):
    """`patch_record` with its desk."""

    def __call__(
        self, asking: Asking, name: tuple[str, str], revise: Revise, *, if_version: int | None
    ) -> Awaitable[Record]:
        """Change part of one resource in one unit."""


class ReadHistory(Protocol):
    """`read_history` with its desk."""

    def __call__(self, asking: Asking, wanted: VersionQuery, *, asked: str) -> Awaitable[Page]:
        """One page of versions."""


class PullHistory(Protocol):
    """`pull_history` with its desk."""

    def __call__(
        self, asking: Asking, patient_id: str, *, purpose_code: str, deadline_seconds: float
    ) -> Awaitable[History]:
        """The person's history from every other country."""


@dataclass(frozen=True, slots=True)
class National:
    """The national base with its acts wired in.

    Attributes:
        base_url: public address of the base, without a slash at the end.
        source: `meta.source` of what this node lets cross a border.
        home: this node's country, for papers that name no issuer.
        zone: in which dates without a zone are read.
        admit: whom a system's token stands for, with what was shown beside it; None where no systems are known.
        hide: replaces an identifier value by a keyed hash, for the log.
    """

    base_url: str
    source: str
    home: Country
    zone: tzinfo
    max_body_bytes: int
    deadline_seconds: float
    who: Callable[[str], Awaitable[Principal | None]]
    hide: Callable[[str], str]
    read_record: Callable[[Asking, tuple[str, str, int | None]], Awaitable[Record]]
    search_records: SearchRecords
    store_records: StoreRecords
    store_on_condition: StoreOnCondition
    patch_record: PatchRecord
    read_history: ReadHistory
    pull_history: PullHistory
    admit: Callable[[str, Shown], Awaitable[Principal | None]] | None = None


async def asking(request: Request, national: National) -> Asking:
    """Who asks, from the bearer token of a person, or the token of a system with its proof.

    Raises:
        LoginError: no token, one that stands for nobody, or a proof that does not count.

    Source: RFC 6750; RFC 9449 section 7.
    """
    scheme, _, token = (header(request, b"authorization") or "").partition(" ")
    scheme, token, principal = scheme.lower(), token.strip(), None
    if token.startswith(MARK):
        principal = await _system(request, national, (scheme, token))
    elif scheme == "bearer":
        principal = await national.who(token)
    if principal is None:
        raise LoginError("Sign in first: send a bearer token from the token endpoint.")
    return Asking(principal, request.scope.get("request_id", ""), trace_of(header(request, b"traceparent")))


async def _system(request: Request, national: National, shown: tuple[str, str]) -> Principal | None:
    scheme, token = shown
    proofs = request.headers.getlist("dpop")
    if national.admit is None or (scheme, len(proofs)) not in {("bearer", 0), ("dpop", 1)}:
        return None
    digest = urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()
    return await national.admit(token, shown_with(request, national.base_url, token_digest=digest))


async def read_body(request: Request, national: National) -> bytes:
    """The body of a write.

    Raises:
        MediaTypeError: not FHIR JSON.
        TooLargeError: more than this node reads; the rest is not taken in.
    """
    check_media_type(request)
    return await read_limited(request, national.max_body_bytes)


def check_media_type(request: Request) -> None:
    """Let pass a body that says it is FHIR JSON; XML has become that on its way here.

    Raises:
        MediaTypeError: it says something else, or nothing.
    """
    if media_type(request) not in JSON_TYPES:
        raise MediaTypeError("This base reads application/fhir+json and application/fhir+xml.")


def media_type(request: Request) -> str:
    """What the body says it is, without parameters, in lower case; empty where it says nothing.

    Raises:
        MediaTypeError: it is in another character set than UTF-8, or of another version of FHIR.
    """
    return body_type(request.headers.get("content-type", ""))


async def read_limited(request: Request, max_bytes: int) -> bytes:
    """The body, if it is not too large.

    Raises:
        TooLargeError: more than `max_bytes`; the rest is not taken in.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdecimal() and int(declared[:_DIGITS]) > max_bytes:
        raise TooLargeError(f"The body is larger than {max_bytes} bytes.")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise TooLargeError(f"The body is larger than {max_bytes} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def check_format(request: Request) -> None:
    """Let pass a caller who can read what this base speaks; answers become XML on their way out.

    Raises:
        NotAcceptableError: only other formats are wanted.

    Source: https://hl7.org/fhir/R4/http.html#mime-type
    """
    named = request.query_params.get("_format") if b"_format" in request.scope["query_string"] else None
    wanted_format(header(request, b"accept") or "", named)


def fhir_reply(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A FHIR answer; never kept by a cache."""
    if status != HTTPStatus.OK:
        return Response(body, status, {"cache-control": "no-store", **(headers or {})}, media_type=FHIR_JSON)
    return Found(body, headers or {})


def is_strict(request: Request) -> bool:
    """Whether the caller wants unknown search parameters refused.

    Source: https://hl7.org/fhir/R4/search.html#errors
    """
    return preferences(request).strict


def version_headers(record: Record) -> dict[str, str]:
    """`ETag` and `Last-Modified` of a version.

    Source: https://hl7.org/fhir/R4/http.html#versioning
    """
    return {"etag": f'W/"{record.version}"', "last-modified": http_date(record.updated_at)}


def http_date(at: datetime) -> str:
    """An instant as HTTP writes it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def location(record: Record, national: National) -> str:
    """Where exactly this version is."""
    return f"{national.base_url}/{record.resource_type}/{record.id}/_history/{record.version}"
