"""Answers to the entries of a batch or transaction."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from corridor.domain.asking import Asking
from corridor.domain.errors import InvalidError, NotFoundError
from corridor.domain.record import Record
from corridor.fhir.bundle import Reply
from corridor.fhir.outcome import plain_outcome
from corridor.fhir.schema import HELD
from corridor.fhir.search import Search, read_search
from corridor.fhir.submission import Entry
from corridor.fhir.subset import Subset
from corridor.fhir.subset_asked import subset_of
from corridor.fhir.validation import written_outcome
from corridor.fhir.versions import VersionSearch, read_versions
from corridor.node.history import history_page
from corridor.node.national import National, location
from corridor.node.prefer import Preferences
from corridor.node.search import page
from corridor.node.tags import is_known

_REASONS = {200: "200 OK", 201: "201 Created", 204: "204 No Content", 304: "304 Not Modified"}


@dataclass(frozen=True, slots=True)
class Bundled:
    """One Bundle being carried out: for whom, where, and what they prefer."""

    who: Asking
    national: National
    preferences: Preferences


def written(this: Bundled, record: Record | None) -> Reply:
    """The answer to a create, an update or a patch, or to a conditional create that found its resource.

    Source: https://hl7.org/fhir/R4/http.html#transaction-response
    """
    if record is None:
        raise InvalidError("Nothing was written.")
    wanted = this.preferences.returned
    return Reply(
        _REASONS[201 if record.created else 200],
        location(record, this.national),
        f'W/"{record.version}"',
        record.updated_at,
        resource=record.body if wanted == "representation" else None,
        outcome=_told(record, this.national) if wanted == "OperationOutcome" else None,
    )


def _told(record: Record, national: National) -> bytes:
    return written_outcome(record.body, home=national.home) if record.body else _all_well("Done.")


def deleted(this: Bundled, record: Record | None) -> Reply:
    """The answer to a delete, whether something was there or not."""
    said = _all_well("Deleted.") if this.preferences.returned == "OperationOutcome" else None
    if record is None:
        return Reply(_REASONS[204], outcome=said)
    return Reply(_REASONS[204], "", f'W/"{record.version}"', record.updated_at, outcome=said)


def _all_well(text: str) -> bytes:
    return plain_outcome("informational", text, severity="information")


async def looked_up(this: Bundled, entry: Entry) -> Reply:
    """The answer to a read, a history or a search.

    Raises:
        CorridorError: as the doors of the same name.

    Source: https://hl7.org/fhir/R4/http.html#transaction
    """
    asked = understood(this, entry)
    if isinstance(asked, Subset):
        return await _read(this, entry, asked)
    if isinstance(asked, VersionSearch):
        body = await history_page(this.who, asked, this.national)
    else:
        body = await page(this.who, asked, this.national)
    return Reply(_REASONS[200], resource=None if entry.method == "HEAD" else body)


def understood(this: Bundled, entry: Entry) -> Subset | VersionSearch | Search:
    """What a read, a history or a search asks for, before anything is looked at.

    Raises:
        CorridorError: why it is refused, whatever there is.
    """
    if entry.resource_type and entry.resource_type not in HELD:
        raise NotFoundError("This base holds no resources of this type.")
    pairs = parse_qsl(entry.query, keep_blank_values=True)
    strict, zone = this.preferences.strict, this.national.zone
    if entry.id and (entry.version or not entry.history):
        return subset_of(entry.resource_type, pairs, strict=strict)
    if entry.history:
        return read_versions((entry.resource_type, entry.id), pairs, zone=zone)
    return read_search(entry.resource_type, pairs, strict=strict, zone=zone, base=this.national.base_url)


async def _read(this: Bundled, entry: Entry, subset: Subset) -> Reply:
    record = await this.national.read_record(this.who, (entry.resource_type, entry.id, entry.version))
    known = is_known(record, entry.if_none_match, entry.if_modified_since)
    body = None if known or entry.method == "HEAD" or record.body is None else subset.of(record.body)
    where = location(record, this.national)
    return Reply(_REASONS[304 if known else 200], where, f'W/"{record.version}"', record.updated_at, body)
