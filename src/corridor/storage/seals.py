"""What stands between a node's rows and the disk: bodies are sealed, and what they are found by is made blind (ADR 38).

A database that is opened without seals keeps everything as it is: the hub's, which holds no person, and those that
are being encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

MARK, BOUND = 0xE1, 0xE2
"""First bytes of whatever is sealed, alone and to a row; no compressed body begins with either."""


class Seals(Protocol):
    """Seals and opens what is stored; each person's under a key of their own, nobody's under the node's."""

    @property
    def closed(self) -> bool:
        """Whether anything is sealed at all."""

    async def prepare(self, people: Iterable[str]) -> Mapping[str, int]:
        """Make the keys of people who have none yet; they are durable when this returns.

        Returns:
            The number of each one's key: another one where somebody was erased meanwhile.

        Raises:
            UnavailableError: the keys cannot be written.
        """

    async def end(self, name: str) -> None:
        """Destroy the key of a person, or of a job, for good; who has none stays without.

        Raises:
            UnavailableError: the keys cannot be written.
        """

    def seal(self, plain: bytes, person: str | None, row: bytes = b"") -> bytes:
        """The bytes as they are stored; people were prepared before.

        Args:
            plain: what is sealed.
            person: under whose key.
            row: what it is bound to, where anything: beside another it does not open.
        """

    def open(self, stored: bytes, row: bytes = b"") -> bytes:
        """The bytes as they were; what was never sealed passes unchanged.

        Args:
            stored: as `seal` made them.
            row: what they were bound to; of no matter where they were bound to nothing.

        Raises:
            GoneError: the key was destroyed, and with it whatever it sealed.
            UnavailableError: the row is damaged, or they belong to another one.
        """

    def open_all(self, stored: Sequence[bytes], rows: Sequence[bytes]) -> Sequence[bytes]:
        """As `open`, for many at once, each with what it was bound to.

        Raises: as `open`.
        """

    def blind(self, text: str) -> str:
        """A code that tells nothing but whether two texts are the same; nothing stays nothing."""

    def blind_beginning(self, folded: str) -> str:
        """A text of which any beginning is the beginning of the whole, and nothing else can be read."""

    def tag(self, text: str) -> str:
        """What a closed text begins with: its blind form, short."""

    def close_text(self, text: str, person: str | None) -> str:
        """A text as it is stored beside its blind form: found by `blind`, read back by `open_text`."""

    def close_shared(self, text: str) -> str:
        """As `close_text`, of what many records say together: the same text is stored alike."""

    def open_text(self, stored: str) -> str:
        """The text as it was written.

        Raises: as `open`.
        """


class Clear:
    """Keeps everything as it is."""

    closed = False

    async def prepare(self, people: Iterable[str]) -> Mapping[str, int]:
        """See `Seals`."""
        return dict.fromkeys(people, 0)

    async def end(self, name: str) -> None:
        """See `Seals`."""

    def seal(self, plain: bytes, person: str | None, row: bytes = b"") -> bytes:  # noqa: ARG002  # the port's words
        """See `Seals`."""
        return plain

    def open(self, stored: bytes, row: bytes = b"") -> bytes:  # noqa: ARG002  # the port's words
        """See `Seals`."""
        return stored

    def open_all(self, stored: Sequence[bytes], rows: Sequence[bytes]) -> Sequence[bytes]:  # noqa: ARG002  # the same
        """See `Seals`."""
        return stored

    def blind(self, text: str) -> str:
        """See `Seals`."""
        return text

    def blind_beginning(self, folded: str) -> str:
        """See `Seals`."""
        return folded

    def tag(self, text: str) -> str:
        """See `Seals`."""
        return text

    def close_text(self, text: str, person: str | None) -> str:  # noqa: ARG002  # the port's words
        """See `Seals`."""
        return text

    def close_shared(self, text: str) -> str:
        """See `Seals`."""
        return text

    def open_text(self, stored: str) -> str:
        """See `Seals`."""
        return stored


CLEAR = Clear()
