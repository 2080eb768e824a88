"""The invented people of a development identity provider: one for each role, and no password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from corridor.domain.provider import DEVELOPMENT_CLAIM

_NAMES = ("Rosa Quispe", "Julio Paredes", "Marta Solís", "Andrés Vega", "Lucía Romero", "Tomás Ibarra")


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not exist.

    Attributes:
        subject: by which the provider knows them.
        word: that its tokens say of them.
        role: what follows from that at the node.
    """

    subject: str
    name: str
    word: str
    role: str


@dataclass(frozen=True, slots=True)
class Development:
    """What a development identity provider is made of.

    Attributes:
        issuer: its own address.
        client_id: of the one node it serves.
        return_url: the only address to which it sends browsers back.
        left_url: the only one to which it sends those who left.
        role_claim: names on the way to the claim that holds words.
        signed: claims to a signed token.
        key_set: its public keys.
    """

    issuer: str
    client_id: str
    return_url: str
    left_url: str
    role_claim: tuple[str, ...]
    people: tuple[Invented, ...]
    signed: Callable[[Mapping[str, Any]], str]
    key_set: Callable[[], Mapping[str, Any]]

    def described(self) -> dict[str, Any]:
        """What it says of itself.

        Source: OpenID Connect Discovery 1.0 section 3.
        """
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
            DEVELOPMENT_CLAIM: True,
        }

    def claims(self, who: Invented, *, nonce: str, level: str, at: int) -> dict[str, Any]:
        """What its token says of somebody, `at` in seconds since 1970."""
        said: Any = [who.word]
        for name in reversed(self.role_claim):
            said = {name: said}
        times = {"iat": at, "exp": at + 300}
        named = {"iss": self.issuer, "sub": who.subject, "aud": self.client_id, "nonce": nonce, DEVELOPMENT_CLAIM: True}
        return {**said, **named, **times, **({"acr": level} if level else {})}


def invented(roles: Mapping[str, str]) -> tuple[Invented, ...]:
    """One person for each word that a node knows."""
    return tuple(
        Invented(
            f"development-{place}", f"{_NAMES[place % len(_NAMES)]} {place // len(_NAMES) or ''}".strip(), word, role
        )
        for place, (word, role) in enumerate(roles.items())
    )
