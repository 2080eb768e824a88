"""The manifest of the federation as a file: JSON that people can read, with signatures under it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from corridor.domain.country import Country
from corridor.domain.country_facts import CountryFacts, PaperRule
from corridor.domain.directory import Departure, Federation, Former, KeyHolder, Member, Signer, TokenKey
from corridor.domain.errors import InvalidError
from corridor.domain.manifest import check_whole
from corridor.domain.mutual import MutualTls
from corridor.domain.next_key import NextKey

FILE_BYTES_MAX = 1024 * 1024

_Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Url = Annotated[str, Meta(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s?#/])?$", max_length=500)]
_Door = Annotated[str, Meta(pattern=r"^(https://[^\s/?#]+)?$", max_length=500)]
_Certificate = Annotated[bytes, Meta(min_length=64, max_length=4096)]
_Code = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
_Name = Annotated[str, Meta(min_length=1, max_length=200)]
_Signer = Annotated[str, Meta(pattern=r"^[^\s+\x00-\x1f\x7f]{1,200}$")]
_Instant = Annotated[datetime, Meta(tz=True)]


class _Paper(msgspec.Struct, forbid_unknown_fields=True):
    kind: Annotated[str, Meta(pattern="^(national|passport|residence|permit)$")]
    label: _Name
    system: str = ""
    code_system: str = ""
    code: str = ""


class FactsRow(msgspec.Struct, forbid_unknown_fields=True):
    """What the others need to know of a country, as manifests and configuration files write it."""

    languages: tuple[Annotated[str, Meta(pattern="^[a-z]{2}$")], ...] = ()
    papers: tuple[_Paper, ...] = ()
    policy: str = ""

    def facts(self) -> CountryFacts:
        """The same as a value."""
        papers = tuple(PaperRule(**msgspec.structs.asdict(each)) for each in self.papers)
        return CountryFacts(**{**msgspec.structs.asdict(self), "papers": papers})


class _Mutual(msgspec.Struct, forbid_unknown_fields=True):
    url: _Door = ""
    certificates: Annotated[tuple[_Certificate, ...], Meta(max_length=8)] = ()

    def door(self) -> MutualTls:
        """The same as a value."""
        return MutualTls(self.url, self.certificates)


class _Next(msgspec.Struct, forbid_unknown_fields=True):
    key: _Key
    since: _Instant
    until: _Instant

    def following(self) -> NextKey:
        """The same as a value."""
        return NextKey(self.key, self.since, self.until)


class _Member(msgspec.Struct, forbid_unknown_fields=True):
    country: _Code
    name: _Name
    base_url: _Url
    signing_key: _Key
    sealing_key: _Key
    share_index: Annotated[int, Meta(ge=0, le=64)]
    share_key: Annotated[bytes, Meta(max_length=32)]
    log_key: Annotated[bytes, Meta(max_length=32)]
    keys_until: _Instant | None = None
    facts: FactsRow = msgspec.field(default_factory=FactsRow)
    mutual: _Mutual = msgspec.field(default_factory=_Mutual)
    next_signing: _Next | None = None


class _Former(msgspec.Struct, forbid_unknown_fields=True):
    country: _Code
    departure: Departure
    version: Annotated[int, Meta(ge=1)]


class _SignerRow(msgspec.Struct, forbid_unknown_fields=True):
    name: _Signer
    key: _Key


class _Holder(msgspec.Struct, forbid_unknown_fields=True):
    country: _Code
    index: Annotated[int, Meta(ge=1, le=64)]
    share_key: _Key


class _TokenKey(msgspec.Struct, forbid_unknown_fields=True):
    epoch: Annotated[int, Meta(ge=0)]
    generation: Annotated[int, Meta(ge=0)]
    threshold: Annotated[int, Meta(ge=2, le=64)]
    group_key: _Key
    holders: Annotated[tuple[_Holder, ...], Meta(min_length=2, max_length=64)]


class _Federation(msgspec.Struct, forbid_unknown_fields=True):
    version: Annotated[int, Meta(ge=1)]
    epoch: Annotated[int, Meta(ge=0)]
    threshold: Annotated[int, Meta(ge=2, le=64)]
    group_key: _Key
    hub_url: _Url
    hub_key: _Key
    members: Annotated[tuple[_Member, ...], Meta(min_length=2, max_length=200)]
    generation: Annotated[int, Meta(ge=0)] = 0
    next_key: _TokenKey | None = None
    signers: Annotated[tuple[_SignerRow, ...], Meta(max_length=64)] = ()
    quorum: Annotated[int, Meta(ge=0, le=64)] = 0
    policy: str = ""
    policy_quorum: Annotated[int, Meta(ge=0, le=64)] = 0
    previous: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    until: _Instant | None = None
    former: Annotated[tuple[_Former, ...], Meta(max_length=200)] = ()
    hub_mutual: _Mutual = msgspec.field(default_factory=_Mutual)
    hub_next: _Next | None = None


def render_federation(federation: Federation) -> bytes:
    """The manifest as JSON, the same bytes for the same manifest; `parse_federation` reads it back."""
    return msgspec.json.format(msgspec.json.encode(federation), indent=2) + b"\n"


def parse_federation(content: bytes) -> Federation:
    """The manifest that `render_federation` wrote; signatures under it are passed over.

    Raises:
        InvalidError: not a manifest, or one in which members, holders, signers or keys do not fit together.
    """
    try:
        read = msgspec.json.decode(content.rpartition(b"\n\n")[0] or content, type=_Federation)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise InvalidError("The manifest of the federation is malformed.") from None
    changed = {
        "members": tuple(map(_member, read.members)),
        "next_key": _next_key(read.next_key),
        "signers": tuple(Signer(row.name, row.key) for row in read.signers),
        "former": tuple(Former(Country(row.country), row.departure, row.version) for row in read.former),
        "hub_mutual": read.hub_mutual.door(),
        "hub_next": read.hub_next.following() if read.hub_next else None,
    }
    federation = Federation(**{**msgspec.structs.asdict(read), **changed})
    _check(federation)
    return federation


def _member(row: _Member) -> Member:
    changed = {
        "country": Country(row.country),
        "facts": row.facts.facts(),
        "mutual": row.mutual.door(),
        "next_signing": row.next_signing.following() if row.next_signing else None,
    }
    return Member(**{**msgspec.structs.asdict(row), **changed})


def _next_key(read: _TokenKey | None) -> TokenKey | None:
    if read is None:
        return None
    holders = tuple(KeyHolder(Country(each.country), each.index, each.share_key) for each in read.holders)
    return TokenKey(**{**msgspec.structs.asdict(read), "holders": holders})


def _check(federation: Federation) -> None:
    members = federation.members
    countries = [member.country for member in members]
    if countries != sorted(set(countries)):
        raise InvalidError("The directory lists each country once, in order.")
    if any(bool(member.share_index) != bool(member.share_key) for member in members):
        raise InvalidError("The directory has a key share without a number, or the reverse.")
    for key in federation.keys:
        _check_key(key, countries)
    if federation.next_key and federation.next_key.epoch != federation.epoch + 1:
        raise InvalidError("The next token key has the next number.")
    check_whole(federation)


def _check_key(key: TokenKey, countries: list[Country]) -> None:
    numbers = {holder.index for holder in key.holders}
    theirs = {holder.country for holder in key.holders}
    if not key.threshold <= len(numbers) == len(theirs) == len(key.holders) or not theirs <= set(countries):
        raise InvalidError("The directory has too few key holders, or two of one number.")


def read_note(path: Path) -> bytes:
    """A manifest's file with its signatures.

    Raises:
        InvalidError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError:
        raise InvalidError(f"The directory file {path} cannot be read.") from None


def read_federation(path: Path) -> Federation:
    """The manifest of a file; whoever signed it is not looked at.

    Raises:
        InvalidError: the file cannot be read or holds no manifest.
    """
    return parse_federation(read_note(path))
