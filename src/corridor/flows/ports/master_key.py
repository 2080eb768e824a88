"""The key that wraps all others; it is never in the database."""

from __future__ import annotations

from typing import Protocol


class MasterKey(Protocol):
    """A key that never leaves where it is kept: a file, a hardware module, a cloud's key service.

    It is asked once at the start, and once at each rotation; never for one person.
    """

    @property
    def name(self) -> str:
        """Says which key this is, without saying anything of it; two keys never share one."""

    def wrap(self, key: bytes) -> bytes:
        """The key, sealed; only this master key opens it.

        Raises:
            UnavailableError: where the key is kept does not answer.
        """

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key that was wrapped.

        Raises:
            UnavailableError: where the key is kept does not answer.
            InvalidError: another key wrapped it, or it was altered.
        """
