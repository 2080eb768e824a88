"""What a page says about the place that serves it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """The node or hub that a browser is looking at.

    Attributes:
        name: shown in the head of every page, such as `Nodo Perú`.
        code: short lower-case word that keeps cookies of sites on one machine apart, such as `pe` or `hub`.
        public_url: as people reach it; `https` makes cookies Secure.
        zone: IANA time zone in which times are shown.
    """

    name: str
    code: str
    public_url: str
    zone: str = "UTC"

    @property
    def secure(self) -> bool:
        """Whether people reach the site over TLS."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """Name of the sign-in cookie; browsers enforce what the `__Host-` prefix promises."""
        return f"{'__Host-' if self.secure else ''}{self.code}-session"

    @property
    def attempt_cookie(self) -> str:
        """Name of the cookie of a sign-in that is under way at an identity provider."""
        return f"{'__Host-' if self.secure else ''}{self.code}-attempt"
