"""TLS between parties: 1.3, a certificate on both sides, and no trust in anybody whom the manifest does not name."""

from __future__ import annotations

import ssl
from collections.abc import Iterable

from corridor.domain.errors import InvalidError
from corridor.keys.certificates import OwnCertificate


def door_context(own: OwnCertificate | None, let_in: Iterable[bytes]) -> ssl.SSLContext:
    """What a door shows and asks for.

    Args:
        own: shown to whoever comes; where None, nobody gets in.
        let_in: certificates of those who may come, as DER. Each counts between its own dates.

    Raises:
        InvalidError: our own certificate does not fit its key.
    """
    context = _context(ssl.PROTOCOL_TLS_SERVER, own, let_in)
    context.num_tickets = 0  # a session that is taken up again is not looked at: the expelled would stay in
    return context


def line_context(own: OwnCertificate | None, certificates: Iterable[bytes]) -> ssl.SSLContext:
    """What is shown to another party, and by which certificates that party is known.

    The name in a certificate says nothing: it is this party's because the manifest says so, and no other is taken.

    Raises: as `door_context`.
    """
    context = _context(ssl.PROTOCOL_TLS_CLIENT, own, certificates)
    context.check_hostname = False
    return context


def _context(protocol: int, own: OwnCertificate | None, certificates: Iterable[bytes]) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a certificate is known whole, not by the name in it
    context.set_alpn_protocols(["http/1.1"])
    for each in certificates:
        _trust(context, each)
    try:
        if own:
            context.load_cert_chain(own.path)
    except (OSError, ssl.SSLError):
        raise InvalidError(f"The certificate of {own.path.name if own else ''} does not fit its key.") from None
    return context


def _trust(context: ssl.SSLContext, certificate: bytes) -> None:
    """A member's certificate that nobody can read shuts out that member alone."""
    try:
        context.load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError):
        return
