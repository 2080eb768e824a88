"""Certificates between parties: which one is shown when, and who is let in."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from corridor.domain.errors import InvalidError
from corridor.keys.certificates import EARLY, OwnCertificate, create_certificate, ends_at, own_certificates, shown
from corridor.keys.tls import door_context, line_context

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def made(folder: Path, since: timedelta = timedelta(), until: timedelta = 9 * DAY) -> OwnCertificate:
    """A certificate; all have the same name in them."""
    folder.mkdir(exist_ok=True)
    return create_certificate(folder, "127.0.0.1", since=NOW + since, until=NOW + until)


async def heard(door: ssl.SSLContext, line: ssl.SSLContext) -> bool:
    """Whether somebody is heard behind a door."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            writer.write(await reader.read(5))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=door)
    try:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=line)
        writer.write(b"hello")
        said = await reader.read(5)
        writer.close()
    except (ssl.SSLError, ConnectionError):
        return False
    finally:
        server.close()
    return said == b"hello"


async def test_each_of_many_certificates_with_one_name_is_let_in_and_no_other(tmp_path: Path) -> None:
    known = [made(tmp_path / str(number)) for number in range(4)]
    stranger = made(tmp_path / "stranger")
    door = door_context(known[0], [each.der for each in known])
    for each in known:
        assert await heard(door, line_context(each, [known[0].der]))
    assert not await heard(door, line_context(stranger, [known[0].der]))
    assert not await heard(door, line_context(None, [known[0].der]))
    assert not await heard(door, line_context(known[1], [known[2].der]))


@pytest.mark.parametrize(("since", "until"), [(-2 * DAY, -DAY), (DAY, 2 * DAY)])
async def test_a_certificate_counts_between_its_dates(tmp_path: Path, since: timedelta, until: timedelta) -> None:
    own, untimely = made(tmp_path / "own"), made(tmp_path / "untimely", since, until)
    assert not await heard(door_context(own, [untimely.der]), line_context(untimely, [own.der]))
    assert not await heard(door_context(untimely, [own.der]), line_context(own, [untimely.der]))


async def test_a_certificate_that_nobody_can_read_shuts_out_nobody_else(tmp_path: Path) -> None:
    one, two = made(tmp_path / "one"), made(tmp_path / "two")
    assert await heard(door_context(one, [b"x" * 100, two.der]), line_context(two, [one.der]))


def test_the_newest_whose_time_has_come_and_that_is_listed_is_shown(tmp_path: Path) -> None:
    first, following, unlisted = made(tmp_path), made(tmp_path, DAY, 20 * DAY), made(tmp_path, -DAY)
    own, listed = own_certificates(tmp_path), {first.der, following.der}
    assert shown(own, listed, now=NOW) == (first, following.since)
    assert shown(own, listed, now=NOW + DAY) == (following, first.until)
    assert shown(own, listed, now=NOW + 10 * DAY) == (following, following.until)
    assert shown(own, listed, now=NOW + 20 * DAY) == (None, None)
    assert unlisted in own


def test_it_counts_a_little_before_it_is_shown_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    own = made(tmp_path)
    assert x509.load_der_x509_certificate(own.der).not_valid_before_utc == NOW - EARLY
    assert own.path.stat().st_mode & 0o777 == 0o600
    own.path.chmod(0o640)
    with pytest.raises(InvalidError):
        own_certificates(tmp_path)


def test_what_others_could_be_made_with_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    begun = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + DAY)
    authority = begun.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    for each in (authority, begun):
        with pytest.raises(InvalidError):
            ends_at(each.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))
    with pytest.raises(InvalidError):
        ends_at(b"x")
    assert ends_at(made(tmp_path).der) == NOW + 9 * DAY
