"""How a node reaches the other parties: who they are, and signed calls over lines with certificates on both sides."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from corridor.apps.clock import SystemClock
from corridor.apps.log import emit
from corridor.apps.mutual import Mutual
from corridor.apps.settings import NodeSettings
from corridor.apps.trust import trust_of
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.keys.own_signing import OwnSigning
from corridor.keys.signatures import Signatures
from corridor.remote.calls import Calls
from corridor.remote.directory import HttpDirectory
from corridor.remote.transport import Transport


@dataclass(frozen=True, slots=True)
class Reach:
    """The manifest as this node knows it, and calls to whom it names."""

    directory: HttpDirectory
    calls: Calls
    mutual: Mutual
    signing: OwnSigning
    signatures: Signatures


def open_reach(settings: NodeSettings, home: Country, *, clock: SystemClock) -> Reach:
    """The others, as the manifest says now.

    Raises:
        UnavailableError: there is no signing key.
        InvalidError: a key or the manifest is wrong, or never knew this node's country.
    """

    def towards(host: str, port: int, *, secure: bool) -> ssl.SSLContext | None:
        return mutual.towards(host, port, secure=secure)

    def expected() -> bytes | None:
        member = directory.federation().member(home)
        return member.signing_key if member else None

    signing = OwnSigning(Path(settings.keys), expected)
    signatures = Signatures(home, signing)
    calls = Calls(Transport(towards=towards), signatures, clock)
    directory = HttpDirectory(Path(settings.federation), trust_of(settings), clock=clock, calls=calls, log=emit)
    mutual = Mutual(settings, home, directory, clock=clock)
    federation = directory.federation()
    if federation.member(home) is None and federation.departed(home) is None:
        raise InvalidError("This node's country is not in the federation's directory.")
    return Reach(directory, calls, mutual, signing, signatures)
