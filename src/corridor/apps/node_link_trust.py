"""Whom a node trusts around health links: signers of codes, and receivers that ask for a manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from corridor.apps.node_rooms import NodeRooms
from corridor.domain.country import Country
from corridor.domain.errors import SignatureError
from corridor.domain.message import SignedRequest
from corridor.keys.link_seals import by_id
from corridor.keys.receiver_signatures import Key, verify_receiver
from corridor.keys.trust_list import TrustedKey, read_trust_file, read_trust_list
from corridor.remote.link_trust import MemberKeys


class Trusted:
    """Every key that is trusted here: our own, the operator's lists, and those of the other members."""

    def __init__(self, own: Sequence[TrustedKey], members: MemberKeys[TrustedKey]) -> None:
        self._own = own
        self._members = members

    async def keys(self) -> Sequence[TrustedKey]:
        """All of them."""
        return [*self._own, *await self._members.keys()]


def open_trust(rooms: NodeRooms, did: dict[str, object]) -> Trusted:
    """The keys that are trusted by a node, whose own DID document is given.

    Raises:
        InvalidError: a trust list of the operator cannot be read.
    """
    listed = [key for path in rooms.settings.link_trust for key in read_trust_file(Path(path))]
    members = MemberKeys(
        rooms.home, rooms.lines.reach.calls, rooms.lines.directory, clock=rooms.clock, read=read_trust_list
    )
    return Trusted([*read_trust_list(orjson.dumps(did)), *listed], members)


async def receiver(request: SignedRequest, *, rooms: NodeRooms, trusted: Trusted) -> str:
    """The receiver behind a request for a verifiable link's manifest; each signature counts once.

    Raises:
        SignatureError: nobody that is known here, or not this.

    Source: IHE VHL ITI-YY5; RFC 9421.
    """
    now, of_member = rooms.clock.now(), partial(_member_keys, rooms=rooms)
    try:
        verified = verify_receiver(request, keys=of_member, now=now)
    except SignatureError:  # only for somebody else are the lists of all members fetched
        listed = by_id(await trusted.keys())
        verified = verify_receiver(request, keys=partial(_listed_keys, listed=listed), now=now)
    if not await rooms.storage.nonces.spend(f"vhl/{verified.keyid}", verified.nonce, until=verified.keep_until):
        raise SignatureError(reason="replayed")
    return verified.keyid


def _member_keys(keyid: str, *, rooms: NodeRooms) -> Sequence[Key]:
    member = rooms.lines.directory.federation().member(Country(keyid))
    following = member.next_signing if member else None
    raw = [each.key for each in (following,) if each] + ([member.signing_key] if member else [])
    return [Ed25519PublicKey.from_public_bytes(each) for each in raw]


def _listed_keys(keyid: str, *, listed: Callable[[bytes], Sequence[TrustedKey]]) -> Sequence[Key]:
    kid = unquote(keyid.rpartition("#")[2]).encode()
    return [each.key for each in listed(kid) if isinstance(each.key, ec.EllipticCurvePublicKey)]
