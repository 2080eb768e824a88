"""Secrets of health links that are drawn, digested and signed here: codes for paper, and addresses of files."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime

from corridor.domain.link import TICKET, HealthLink
from corridor.domain.secret import Secret

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What cannot be mistaken when it is read from paper: no 0, 1, I, L or O."""

_GROUP = 5
_TIME_BYTES, _MAC_BYTES = 8, 16


def drawn_code(groups: int) -> Secret:
    """A random code of groups of five letters and digits, for paper; each group is worth 24 bits."""
    drawn = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(groups))
    return Secret("-".join(drawn).encode())


def digest_of(code: Secret) -> bytes:
    """What is kept of a drawn code, however it was typed: it is too long to be guessed."""
    plain = "".join(each for each in code.value.decode(errors="replace").upper() if each.isalnum())
    return hashlib.sha256(plain.encode()).digest()


def ticket_for(link: HealthLink, *, now: datetime) -> tuple[str, datetime]:
    """The last part of a file's address, and until when it works; revoking the link ends it at once."""
    until = min(now + TICKET, link.until)
    stamp = int(until.timestamp()).to_bytes(_TIME_BYTES, "big")
    return urlsafe_b64encode(stamp + _mac(link, stamp)).rstrip(b"=").decode(), until


def ticket_holds(link: HealthLink, ticket: str, *, now: datetime) -> bool:
    """Whether an address was given out for this link and still works."""
    try:
        raw = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
    except (NotBase64, ValueError):
        return False
    stamp, mac = raw[:_TIME_BYTES], raw[_TIME_BYTES:]
    if not hmac.compare_digest(mac, _mac(link, stamp)):
        return False
    return now <= datetime.fromtimestamp(int.from_bytes(stamp, "big"), UTC)


def _mac(link: HealthLink, stamp: bytes) -> bytes:
    return hmac.digest(link.ticket_key, stamp + link.folder.encode(), hashlib.sha256)[:_MAC_BYTES]
