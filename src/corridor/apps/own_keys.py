"""Which of a node's signing keys counts now, as the manifest says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.apps.settings import NodeSettings
from corridor.apps.trust import known_federation
from corridor.domain.country import country
from corridor.domain.directory import Member
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
    following = member.next_signing if member else None
    if member is None or following is None or datetime.now(UTC) < following.until:
        return member
    return replace(member, signing_key=following.key, next_signing=None)


def own_signing_key(settings: NodeSettings) -> Ed25519PrivateKey:
    """The signing key of this node that counts now.

    Raises:
        InvalidError: it is not in the key folder, or the manifest is wrong.
        UnavailableError: there is no key.
    """
    member = own_member(settings)
    return own_key(Path(settings.keys), member.at(datetime.now(UTC)).signing_key if member else None)
