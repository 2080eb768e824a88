"""The person's consent as it travels: about a handle, signed by the asking country."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.consent import Consent, Withdrawal
from corridor.domain.country import Country
from corridor.domain.emergency import Cause


class Statements(Protocol):
    """Writes and reads travelling consents and withdrawals."""

    def write(self, consent: Consent, *, handle: str) -> bytes:
        """The consent rendered for the handle and signed by this node."""

    def read(self, statement: bytes, *, handle: str, asker: Country) -> Consent:
        """The consent that was signed by the asker for exactly this handle.

        Raises:
            SignatureError: altered, for another handle, or not signed by the asker.
            InvalidError: not a consent that can be read.
        """

    def write_override(self, consent: Consent, *, handle: str, cause: Cause) -> bytes:
        """What stands in for a consent in an emergency, for the handle, signed by this node."""

    def read_override(self, statement: bytes, *, handle: str, asker: Country) -> Consent:
        """What stands in for a consent, as the asker signed it for exactly this handle.

        Raises:
            SignatureError: altered, for another handle, or not signed by the asker.
            InvalidError: it permits more than one emergency of the asker's, or for longer.
        """

    def write_withdrawal(self, withdrawal: Withdrawal, *, handle: str) -> bytes:
        """A withdrawal for the handle, signed by this node."""

    def read_withdrawal(self, statement: bytes, *, handle: str, asker: Country) -> Withdrawal:
        """The withdrawal that was signed by the asker for exactly this handle.

        Raises:
            SignatureError: altered, for another handle, or not signed by the asker.
            InvalidError: not a withdrawal that can be read.
        """
