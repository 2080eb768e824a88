"""One sign-in under way: all that ties the answer of an identity provider to the browser that was sent there."""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from corridor.domain.errors import SignInError

LASTS = timedelta(minutes=10)
"""Between being sent to the identity provider and coming back."""

_KEPT = re.compile(r"([0-9]{1,11})\.([A-Za-z0-9_-]{43})")
_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class SignInAttempt:
    """What a browser keeps in one cookie; everything else follows from that, the provider's name and the time.

    The provider sees `state`, `nonce` and `challenge`; from none of them can the others, or the cookie, be told.

    Attributes:
        secret: 256 random bits.
        issuer: the identity provider it is for: an answer of another belongs to no attempt.
    """

    secret: str
    issuer: str
    begun_at: datetime

    @property
    def kept(self) -> str:
        """The value of the cookie."""
        return f"{int(self.begun_at.timestamp())}.{self.secret}"

    @property
    def state(self) -> str:
        """Comes back with the answer."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Comes back inside the ID token."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Shown when the code is redeemed, and before that to nobody.

        Source: RFC 7636 section 4.1.
        """
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """SHA-256 of the verifier, `S256`."""
        return _encoded(sha256(self.verifier.encode()).digest())

    def _derived(self, what: str) -> str:
        said = f"{what}\x00{self.issuer}\x00{int(self.begun_at.timestamp())}"
        return _encoded(hmac.digest(self.secret.encode(), said.encode(), "sha256"))


def new_attempt(issuer: str, *, now: datetime) -> SignInAttempt:
    """A sign-in that begins now."""
    return SignInAttempt(secrets.token_urlsafe(_BYTES), issuer, now)


def read_attempt(kept: str, issuer: str, *, state: str, now: datetime) -> SignInAttempt:
    """The sign-in that this browser began.

    Args:
        kept: the value of the cookie.
        issuer: the provider that is asked at this node.
        state: that came with the answer.
        now: aware UTC.

    Raises:
        SignInError: it began none, another one, or one too long ago.
    """
    found = _KEPT.fullmatch(kept)
    if found is None:
        raise SignInError(reason="no-attempt")
    attempt = SignInAttempt(found[2], issuer, datetime.fromtimestamp(int(found[1]), UTC))
    if not hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace")):
        raise SignInError(reason="another-state")
    if not timedelta(0) <= now - attempt.begun_at <= LASTS:
        raise SignInError(reason="attempt-too-old")
    return attempt


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
