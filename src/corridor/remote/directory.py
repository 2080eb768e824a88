"""The pinned directory of the federation: a file the operators agreed on, and newer versions that the hub signed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from corridor.domain.country import Country
from corridor.domain.directory import Federation, KeyHolder, Member, TokenKey
from corridor.domain.errors import CorridorError, InvalidError, MalformedError
from corridor.domain.log import DIRECTORY_STALE
from corridor.flows.ports.log import Log
from corridor.remote.calls import Calls

FILE_BYTES_MAX = 1024 * 1024
REFRESH_SECONDS = 10.0

_Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Url = Annotated[str, Meta(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s?#/])?$", max_length=500)]


class _Member(msgspec.Struct, forbid_unknown_fields=True):
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    base_url: _Url
    signing_key: _Key
    sealing_key: _Key
    share_index: Annotated[int, Meta(ge=0, le=64)]
    share_key: Annotated[bytes, Meta(max_length=32)]
    log_key: Annotated[bytes, Meta(max_length=32)]


class _Holder(msgspec.Struct, forbid_unknown_fields=True):
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
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


def render_federation(federation: Federation) -> bytes:
    """The directory as JSON, the same bytes for the same directory; `parse_federation` reads it back."""
    return msgspec.json.format(msgspec.json.encode(federation), indent=2) + b"\n"


def parse_federation(content: bytes) -> Federation:
    """The directory that `render_federation` wrote.

    Raises:
        InvalidError: not a directory, or one in which members, holders or keys do not fit together.
    """
    try:
        read = msgspec.json.decode(content, type=_Federation)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise InvalidError("The directory of the federation is malformed.") from None
    members = tuple(Member(**{**msgspec.structs.asdict(row), "country": Country(row.country)}) for row in read.members)
    changed = {"members": members, "next_key": _next_key(read.next_key)}
    federation = Federation(**{**msgspec.structs.asdict(read), **changed})
    _check(federation)
    return federation


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


def _check_key(key: TokenKey, countries: list[Country]) -> None:
    numbers = {holder.index for holder in key.holders}
    theirs = {holder.country for holder in key.holders}
    if not key.threshold <= len(numbers) == len(theirs) == len(key.holders) or not theirs <= set(countries):
        raise InvalidError("The directory has too few key holders, or two of one number.")


def read_federation(path: Path) -> Federation:
    """The directory that was pinned in a file.

    Raises:
        InvalidError: the file cannot be read or holds no directory.
    """
    try:
        return parse_federation(path.read_bytes())
    except OSError:
        raise InvalidError(f"The directory file {path} cannot be read.") from None


class HttpDirectory:
    """Port `Directory`: pinned in a file, renewed from the hub.

    Args:
        path: of the pinned file; a newer version that was accepted replaces it.
        calls: signed calls of this process; None at the hub, which has nobody to ask.
        log: told when a renewal fails.
        certified: whether a token key is known to come from a ceremony; a key that is new here and is not is refused.

    Raises:
        InvalidError: the file cannot be read or holds no directory.
    """

    def __init__(
        self,
        path: Path,
        *,
        calls: Calls | None = None,
        log: Log | None = None,
        certified: Callable[[TokenKey], bool] | None = None,
    ) -> None:
        self._path = path
        self._calls = calls
        self._log = log
        self._certified = certified
        self._federation = read_federation(path)

    def federation(self) -> Federation:
        """See the port."""
        return self._federation

    async def refresh(self) -> bool:
        """Ask the hub for a newer version; True where one was accepted, which is then pinned in the file.

        Accepted is only what the pinned hub key signed, of a higher version, with the same hub key and with token keys
        that came out of a ceremony.
        """
        if self._calls is None:
            return False
        pinned = self._federation
        try:
            body = await self._calls.get(
                pinned.hub_url + "/directory", key=pinned.hub_key, timeout_seconds=REFRESH_SECONDS
            )
            found = parse_federation(body)
            if found.hub_key != pinned.hub_key:
                raise MalformedError("The hub's key cannot be changed by the hub.")
            self._check_keys(found)
        except CorridorError as error:
            self._told(error)
            return False
        if found.version <= pinned.version:
            return False
        _replace(self._path, render_federation(found))
        self._federation = found
        return True

    def _check_keys(self, found: Federation) -> None:
        """A token key that the hub made up would let it try names: only those count that holders made together."""
        new = [key for key in found.keys if key not in self._federation.keys]
        if self._certified and not all(map(self._certified, new)):
            raise MalformedError("The directory names a token key that is not known to come from a ceremony.")

    def _told(self, error: CorridorError) -> None:
        if self._log is not None:
            self._log(DIRECTORY_STALE, error=type(error).__name__)


def _replace(path: Path, content: bytes) -> None:
    """Put a new file in the place of the old one, whole or not at all."""
    beside = path.with_suffix(path.suffix + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
