"""The federation's manifest as a process knows it: kept in a file, and newer versions that a quorum signed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from corridor.domain.directory import Federation, Signer, TokenKey
from corridor.domain.errors import CorridorError, ForbiddenError, InvalidError, MalformedError, UnavailableError
from corridor.domain.log import DIRECTORY_STALE, MANIFEST_ENDS, MANIFEST_TAKEN
from corridor.domain.manifest import Signed, changes, check_first, check_succession
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.log import Log
from corridor.remote.calls import Calls
from corridor.remote.manifest import parse_federation, read_note

REFRESH_SECONDS = 10.0

WARNED_DAYS = 7
"""Before the manifest ends, operators are told once a day."""


@dataclass(frozen=True, slots=True)
class Trust:
    """By what a process takes a manifest for true.

    Attributes:
        signed_by: names of those of some signers who signed.
        digest: SHA-256 of what is signed, in hex digits.
        kept: file of the newest version that was accepted here, which no older one replaces; None for the pinned alone.
        certified: whether a token key is known to come from a ceremony; a key that is new here and is not is refused.
        told: learns of each version that was accepted: the one before, the new one, and its digest.
    """

    signed_by: Callable[[bytes, Iterable[Signer]], frozenset[str]]
    digest: Callable[[bytes], str]
    kept: Path | None = None
    certified: Callable[[TokenKey], bool] | None = None
    told: Callable[[Federation, Federation, str], None] | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the manifest with its signatures."""

    note: bytes
    federation: Federation


def known_version(path: Path, trust: Trust, now: datetime) -> Version:
    """The newest version that may be trusted: of the pinned file and of the copy that was kept.

    Raises:
        InvalidError: a file cannot be read or holds no manifest.
        ForbiddenError: the pinned file does not follow from what was kept, or too few signed the first.
    """
    note = read_note(path)
    pinned = Version(note, parse_federation(note))
    if trust.kept is None or not trust.kept.exists():
        check_first(_signed(pinned, pinned.federation, trust), now)
        return pinned
    note = read_note(trust.kept)
    kept = Version(note, parse_federation(note))
    if pinned.federation.version <= kept.federation.version:
        return kept
    _check(kept, pinned, trust=trust, now=now)
    return pinned


def place_version(path: Path, note: bytes, *, trust: Trust, now: datetime) -> None:
    """Put a version in the place of the pinned one; the process that keeps it takes it within seconds.

    Raises:
        ForbiddenError: it does not follow from what is known here, or too few signed it.
        InvalidError: it is no manifest.
        UnavailableError: it cannot be written.
    """
    known, new = known_version(path, trust, now), Version(note, parse_federation(note))
    if new.note != known.note:
        _check(known, new, trust=trust, now=now)
    _replace(path, note)


def _signed(version: Version, old: Federation, trust: Trust) -> Signed:
    return Signed(
        version.federation,
        trust.digest(version.note),
        trust.signed_by(version.note, old.signers),
        trust.signed_by(version.note, version.federation.signers),
    )


def _check(old: Version, new: Version, *, trust: Trust, now: datetime) -> None:
    signed = _signed(new, old.federation, trust)
    check_succession(old.federation, signed, old_digest=trust.digest(old.note), now=now)
    fresh = [key for key in new.federation.keys if not any(map(key.is_part_of, old.federation.keys))]
    if trust.certified and not all(map(trust.certified, fresh)):
        # A token key that the hub made up would let it try names: only those count that holders made together.
        raise MalformedError("The manifest names a token key that is not known to come from a ceremony.")


class HttpDirectory:
    """Port `Directory`: kept in a file, renewed from the hub or by a new file in the place of the old one.

    Args:
        path: of the pinned file; a newer version that was accepted replaces it.
        trust: by what a version is taken for true.
        calls: signed calls of this process; None at the hub, which has nobody to ask.
        clock: by which keys and the manifest end.
        log: told of versions that were accepted, and of those that were not.

    Raises: as `known_version`.
    """

    def __init__(
        self,
        path: Path,
        trust: Trust,
        *,
        clock: Clock,
        calls: Calls | None = None,
        log: Log | None = None,
    ) -> None:
        self._path, self._trust, self._calls, self._clock, self._log = path, trust, calls, clock, log
        self._version = known_version(path, trust, clock.now())
        self._standing, self._ends = self._version.federation, datetime.min.replace(tzinfo=UTC)
        self._looked_at, self._warned_of = _stamp(path), WARNED_DAYS
        self._keep(self._version)
        self._warn()

    def federation(self) -> Federation:
        """See the port."""
        now = self._clock.now()
        if now >= self._ends:
            whole = self._version.federation
            self._standing = whole.standing(now)
            self._ends = next((each for each in whole.ends() if each > now), datetime.max.replace(tzinfo=UTC))
        return self._standing

    def note(self) -> bytes:
        """The newest version with its signatures, to be published."""
        return self._version.note

    async def refresh(self) -> bool:
        """Ask the hub for a newer version; True where one was accepted.

        The hub decides nothing: accepted is only what a quorum of the signers known here signed.
        """
        if self._calls is None:
            return False
        known = self.federation()
        url = known.hub_line + "/directory"
        try:
            note = await self._calls.get(url, key=known.hub_keys, timeout_seconds=REFRESH_SECONDS)
            if not known.signers:
                raise ForbiddenError("A manifest without signers is replaced by operators alone.")
            return self._accept(note)
        except CorridorError as error:
            self._stale(error)
            return False

    def look(self) -> bool:
        """Take the pinned file anew where operators replaced it; True where it was accepted."""
        self._warn()
        stamp = _stamp(self._path)
        if stamp == self._looked_at:
            return False
        self._looked_at = stamp
        try:
            return self._accept(read_note(self._path))
        except CorridorError as error:
            self._stale(error)
            return False

    def _accept(self, note: bytes) -> bool:
        old, new = self._version, Version(note, parse_federation(note))
        if new.federation.version == old.federation.version and self._trust.digest(note) != self._trust.digest(
            old.note
        ):
            raise InvalidError("There are two manifests of one version.")
        if new.federation.version <= old.federation.version:
            return False
        _check(old, new, trust=self._trust, now=self._clock.now())
        if self._keep(new) and self._trust.told:
            self._trust.told(old.federation, new.federation, self._trust.digest(note))
        self._version, self._ends = new, datetime.min.replace(tzinfo=UTC)
        self._taken(old.federation)
        return True

    def _keep(self, version: Version) -> bool:
        """On the disk before it counts, told where that fails; whether no other process here had kept it before."""
        first = self._trust.kept is None or not _holds(self._trust.kept, version.note)
        for place in (self._trust.kept, self._path):
            try:
                if place is not None and not _holds(place, version.note):
                    _replace(place, version.note)
            except UnavailableError as error:
                self._stale(error)  # what was decided counts all the same: a full disk must not keep the expelled in
        self._looked_at = _stamp(self._path)
        return first

    def _taken(self, old: Federation) -> None:
        if self._log is not None:
            new = self._version.federation
            self._log(MANIFEST_TAKEN, version=new.version, changes="; ".join(changes(old, new)))

    def _warn(self) -> None:
        until = self._version.federation.until
        days = max((until - self._clock.now()).days, 0) if until else WARNED_DAYS
        if self._log is not None and days != self._warned_of and days < WARNED_DAYS:
            self._log(MANIFEST_ENDS, days=days)
        self._warned_of = days

    def _stale(self, error: CorridorError) -> None:
        if self._log is not None:
            self._log(DIRECTORY_STALE, error=type(error).__name__, reason=error.message)


def _stamp(path: Path) -> tuple[int, int, int]:
    """By what a file is known to have been replaced."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _replace(path: Path, content: bytes) -> None:
    """Put a new file in the place of the old one, whole or not at all."""
    beside = path.with_suffix(path.suffix + ".new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        raise UnavailableError(f"The file {path} cannot be written.") from None
