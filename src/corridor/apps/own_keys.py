"""Which of a party's signing keys counts now, as the manifest says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.apps.settings import HubSettings, NodeSettings
from corridor.apps.trust import known_federation
from corridor.domain.country import country
from corridor.domain.directory import Member
from corridor.domain.errors import InvalidError
from corridor.domain.next_key import NextKey, settled
from corridor.keys.own_signing import own_key


def own_member(settings: NodeSettings) -> Member | None:
    """What the manifest says of this node, a key that was followed left out; None before it takes part.

    Raises:
        InvalidError: the manifest is wrong.
        ForbiddenError: it does not follow from what is known here.
    """
    if not Path(settings.federation).exists():
        return None
    member = known_federation(settings).member(country(settings.country))
    if member is None:
        return None
    key, following = settled(member.signing_key, member.next_signing, datetime.now(UTC))
    return replace(member, signing_key=key, next_signing=following)


def known_signing(settings: NodeSettings | HubSettings) -> tuple[bytes, NextKey | None]:
    """The signing key, 32 bytes, by which the others know this node or the hub, and the one that is taking over.

    Raises:
        InvalidError: the manifest is wrong, or does not know this node yet.
        ForbiddenError: it does not follow from what is known here.
    """
    if isinstance(settings, HubSettings):
        federation = known_federation(settings)
        return settled(federation.hub_key, federation.hub_next, datetime.now(UTC))
    member = own_member(settings)
    if member is None:
        raise InvalidError("The manifest does not know this node: its first keys need no successor.")
    return member.signing_key, member.next_signing


def own_signing_key(settings: NodeSettings) -> Ed25519PrivateKey:
    """The signing key of this node that counts now.

    Raises:
        InvalidError: it is not in the key folder, or the manifest is wrong.
        UnavailableError: there is no key.
    """
    member = own_member(settings)
    return own_key(Path(settings.keys), member.at(datetime.now(UTC)).signing_key if member else None)
