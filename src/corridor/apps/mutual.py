"""TLS with certificates on both sides, as the manifest says it now: who is let in, and whom one speaks to."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from corridor.apps.log import emit
from corridor.apps.settings import HubSettings, NodeSettings
from corridor.domain.country import Country
from corridor.domain.directory import Federation
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.log import CERTIFICATE_WRONG
from corridor.domain.mutual import MutualTls
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.keys.certificates import OwnCertificate, ends_at, own_certificates, shown
from corridor.keys.tls import door_context, line_context

Origin = tuple[str, int]
_HTTPS = 443
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    """What holds until the manifest changes or a certificate takes over.

    Attributes:
        let_in: when the certificates of those who may come end.
        doors: certificates at each other party's door.
    """

    federation: Federation
    own: OwnCertificate | None
    turn: datetime
    door: ssl.SSLContext
    let_in: dict[bytes, datetime]
    doors: dict[Origin, tuple[bytes, ...]]
    lines: dict[Origin, ssl.SSLContext] = field(default_factory=dict)


class Mutual:
    """This party's certificates, and those of the others.

    Args:
        settings: of this party.
        home: its country; None for the hub.
        directory: says who takes part, and by which certificates.
        clock: by which certificates take over.
    """

    def __init__(
        self, settings: NodeSettings | HubSettings, home: Country | None, directory: Directory, *, clock: Clock
    ) -> None:
        self._folder, self._strict = Path(settings.keys), not settings.development
        self._home, self._directory, self._clock = home, directory, clock
        self._files: tuple[OwnCertificate, ...] = ()
        self._known: _Known | None = None

    def towards(self, host: str, port: int, *, secure: bool) -> ssl.SSLContext | None:
        """What another party is spoken to with; None for a line without TLS, or with the platform's own trust.

        Raises:
            UnavailableError: in earnest, an address that is neither this machine's own nor a door with certificates.
        """
        known = self._now()
        if secure and (host, port) in known.doors:
            if (host, port) not in known.lines:
                known.lines[host, port] = line_context(known.own, known.doors[host, port])
            return known.lines[host, port]
        if self._strict and not is_own_machine(host):
            raise UnavailableError("A party has no door with certificates on both sides.")
        return None

    def at_the_door(self) -> ssl.SSLContext:
        """What the door shows and asks for, for ever: each who comes is met with what holds then."""
        outer = door_context(None, ())

        def met(arriving: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _outer: ssl.SSLContext) -> None:
            arriving.context = self._now().door

        outer.sni_callback = met
        return outer

    def lets_in(self, certificate: bytes | None) -> bool:
        """Whether somebody who came with a certificate may stay."""
        return self._now().let_in.get(certificate or b"", datetime.min.replace(tzinfo=UTC)) > self._clock.now()

    def _now(self) -> _Known:
        federation, now = self._directory.federation(), self._clock.now()
        if self._known is None or self._known.federation is not federation or now >= self._known.turn:
            self._known = self._read(federation, now)
        return self._known

    def _read(self, federation: Federation, now: datetime) -> _Known:
        try:
            self._files = own_certificates(self._folder)
        except InvalidError as error:  # those that were read before go on
            emit(CERTIFICATE_WRONG, reason=error.message)
        own, turn = shown(self._files, self._listed(federation).certificates, now=now)
        others = [each.mutual for each in federation.members if each.country != self._home]
        let_in = _ends(each for door in others for each in door.certificates)
        if self._home:
            others.append(federation.hub_mutual)
        doors = {_origin(each.url): each.certificates for each in others if each.url}
        return _Known(federation, own, turn or _NEVER, door_context(own, let_in), let_in, doors)

    def _listed(self, federation: Federation) -> MutualTls:
        if self._home is None:
            return federation.hub_mutual
        member = federation.member(self._home)
        return member.mutual if member else MutualTls()


def _ends(certificates: Iterable[bytes]) -> dict[bytes, datetime]:
    """When each ends; what cannot be read lets nobody in."""
    found = {}
    for each in certificates:
        with suppress(InvalidError):
            found[each] = ends_at(each)
    return found


def _origin(url: str) -> Origin:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _HTTPS


def check_mutual(settings: NodeSettings | HubSettings, federation: Federation, *, home: Country | None) -> None:
    """Let start a party that others reach with certificates on both sides, or that only this machine reaches.

    Raises:
        InvalidError: an address in earnest without them, or another one than the manifest says.
    """
    member = federation.member(home) if home else None
    listed = federation.hub_mutual.url if home is None else member.mutual.url if member else ""
    own = settings.mutual_tls
    if own and (member or home is None) and listed != own.url:
        raise InvalidError("The manifest says another address of this party's door than its settings do.")
    if own and not own_certificates(Path(settings.keys)):
        raise InvalidError("This party has no certificate for its door: `corridor keys certificate`.")
    plain = [] if own else [settings.public_url]
    if home and not federation.hub_mutual.url:
        plain.append(federation.hub_url)
    if not settings.development and not all(is_own_machine(urlsplit(each).hostname or "") for each in plain):
        raise InvalidError(
            "The parties are not reached with certificates on both sides (mutual_tls): that is for development alone."
        )


def is_own_machine(host: str) -> bool:
    """Whether a host is this very machine, so that nothing that is said to it can be overheard on the way."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
