"""The pinned directory of the federation: a file the operators agreed on, and newer versions that the hub signed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from corridor.domain.country import Country
from corridor.domain.directory import Federation, Member
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


class _Federation(msgspec.Struct, forbid_unknown_fields=True):
    version: Annotated[int, Meta(ge=1)]
    epoch: Annotated[int, Meta(ge=0)]
    threshold: Annotated[int, Meta(ge=2, le=64)]
    group_key: _Key
    hub_url: _Url
    hub_key: _Key
    members: Annotated[tuple[_Member, ...], Meta(min_length=2, max_length=200)]


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
    _check(members, read.threshold)
    return Federation(**{**msgspec.structs.asdict(read), "members": members})


def _check(members: tuple[Member, ...], threshold: int) -> None:
    countries = [member.country for member in members]
    holders = [member.share_index for member in members if member.share_index]
    paired = all(bool(member.share_index) == bool(member.share_key) for member in members)
    if countries != sorted(set(countries)):
        raise InvalidError("The directory lists each country once, in order.")
    if len(set(holders)) != len(holders) or len(holders) < threshold or not paired:
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

    Raises:
        InvalidError: the file cannot be read or holds no directory.
    """

    def __init__(self, path: Path, *, calls: Calls | None = None, log: Log | None = None) -> None:
        self._path = path
        self._calls = calls
        self._log = log
        self._federation = read_federation(path)

    def federation(self) -> Federation:
        """See the port."""
        return self._federation

    async def refresh(self) -> bool:
        """Ask the hub for a newer version; True where one was accepted, which is then pinned in the file.

        Accepted is only what the pinned hub key signed, of a higher version, with the same hub key.
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
        except CorridorError as error:
            self._told(error)
            return False
        if found.version <= pinned.version:
            return False
        _replace(self._path, render_federation(found))
        self._federation = found
        return True

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
