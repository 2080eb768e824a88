"""Contract of the port `MasterKey`: a file, a hardware module, a key service."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.secret import Secret
from corridor.flows.ports.master_key import MasterKey
from corridor.keys.files import KeyUse, create_key, read_secret
from corridor.keys.master_file import FileMasterKey
from corridor.keys.master_kms import KmsMasterKey
from corridor.keys.master_pkcs11 import Pkcs11MasterKey, Slot, pkcs11_package

KEY = bytes(range(32))
PIN = Secret(b"31415926")
TOKEN = Secret(b"a-token-of-the-service")
LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
"""Debian's software module; where it is not installed, what speaks like one stands in for it."""

Two = tuple[MasterKey, MasterKey]
"""A master key, and another one of the same kind."""


def of_files(folder: Path) -> Two:
    for name in ("one", "two"):
        create_key(folder / name, KeyUse.MASTER)
    return FileMasterKey(folder / "one"), FileMasterKey(folder / "two")


class StandInError(Exception):
    """What the stand-in raises."""


class StandInKey:
    """A key of the stand-in."""

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def encrypt(self, plain: bytes, *, mechanism: str, mechanism_param: bytes) -> bytes:
        assert mechanism == "gcm"
        return self._cipher.encrypt(mechanism_param, plain, None)

    def decrypt(self, sealed: bytes, *, mechanism: str, mechanism_param: bytes) -> bytes:
        assert mechanism == "gcm"
        try:
            return self._cipher.decrypt(mechanism_param, sealed, None)
        except InvalidTag:
            raise StandInError from None


class StandInToken:
    """A token with two keys."""

    def __init__(self) -> None:
        self._kept = {label: StandInKey() for label in ("one", "two")}

    @contextmanager
    def open(self, *, user_pin: str) -> Iterator[StandInToken]:
        if user_pin.encode() != PIN.value:
            raise StandInError
        yield self

    def get_key(self, *, object_class: str, key_type: str, label: str) -> StandInKey:
        if (object_class, key_type) != ("secret", "aes") or label not in self._kept:
            raise StandInError
        return self._kept[label]


def stand_in() -> Any:
    """What speaks like `python-pkcs11`."""
    token = StandInToken()
    return SimpleNamespace(
        lib=lambda _path: SimpleNamespace(get_token=lambda **_label: token),
        exceptions=SimpleNamespace(PKCS11Error=StandInError),
        ObjectClass=SimpleNamespace(SECRET_KEY="secret"),
        KeyType=SimpleNamespace(AES="aes"),
        Mechanism=SimpleNamespace(AES_GCM="gcm"),
        mechanisms=SimpleNamespace(GCMParams=bytes),
    )


def of_a_stand_in(_folder: Path) -> Two:
    package = stand_in()
    one, two = (Pkcs11MasterKey(Slot("module", "token", label, PIN), package) for label in ("one", "two"))
    return one, two


def of_a_module(folder: Path) -> Two:
    """Two keys that are made within SoftHSM."""
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n", encoding="ascii")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    pin = PIN.value.decode()
    command = ["softhsm2-util", "--init-token", "--free", "--label", "corridor", "--so-pin", pin, "--pin", pin]
    subprocess.run(command, check=True, capture_output=True)
    package = pkcs11_package()
    library = package.lib(str(LIBRARY))
    library.reinitialize()
    with library.get_token(token_label="corridor").open(rw=True, user_pin=pin) as session:
        for label in ("one", "two"):
            session.generate_key(package.KeyType.AES, 256, label=label, store=True)
    one, two = (Pkcs11MasterKey(Slot(str(LIBRARY), "corridor", label, PIN), package) for label in ("one", "two"))
    return one, two


class KeyService(BaseHTTPRequestHandler):
    """A key service that really wraps: each named key lives in its memory alone."""

    kept: dict[str, AESGCM] = {}  # noqa: RUF012  # the server makes one of these for each request

    def do_POST(self) -> None:  # the standard library's word
        name, _, act = self.path.removeprefix("/v1/keys/").partition(":")
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.headers["authorization"] != f"Bearer {TOKEN.value.decode()}":
            self._answer(403, {})
            return
        cipher = self.kept.setdefault(name, AESGCM(AESGCM.generate_key(256)))
        try:
            self._answer(200, {"encrypt": self._encrypted, "decrypt": self._decrypted}[act](cipher, said))
        except InvalidTag:
            self._answer(400, {})

    def _encrypted(self, cipher: AESGCM, said: dict[str, str]) -> dict[str, str]:
        nonce = os.urandom(12)
        return {"ciphertext": b64encode(nonce + cipher.encrypt(nonce, b64decode(said["plaintext"]), None)).decode()}

    def _decrypted(self, cipher: AESGCM, said: dict[str, str]) -> dict[str, str]:
        sealed = b64decode(said["ciphertext"])
        return {"plaintext": b64encode(cipher.decrypt(sealed[:12], sealed[12:], None)).decode()}

    def _answer(self, status: int, said: dict[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """Address of a key service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), KeyService)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


MAKERS: dict[str, Callable[[Path], Two]] = {"file": of_files, "stand-in": of_a_stand_in}
if LIBRARY.exists() and find_spec("pkcs11"):  # where `corridor[pkcs11]` and SoftHSM are installed
    MAKERS["module"] = of_a_module


@pytest.fixture(params=(*MAKERS, "service"))
def two(request: pytest.FixtureRequest, tmp_path: Path, service: str) -> Two:
    """Two master keys of each kind."""
    if request.param == "service":
        return KmsMasterKey(service, "one", TOKEN), KmsMasterKey(service, "two", TOKEN)
    return MAKERS[request.param](tmp_path)


def test_a_key_comes_back_and_lies_nowhere_in_what_wraps_it(two: Two) -> None:
    wrapped = two[0].wrap(KEY)
    assert two[0].unwrap(wrapped) == KEY
    assert KEY not in wrapped
    assert two[0].wrap(KEY) != wrapped
    assert two[0].name != two[1].name


def test_another_key_and_an_altered_text_open_nothing(two: Two) -> None:
    wrapped = two[0].wrap(KEY)
    with pytest.raises(InvalidError):
        two[1].unwrap(wrapped)
    with pytest.raises((InvalidError, UnavailableError)):
        two[0].unwrap(wrapped[:20] + bytes([wrapped[20] ^ 1]) + wrapped[21:])


def test_a_service_that_does_not_know_this_node_or_is_away_is_unavailable(service: str) -> None:
    with pytest.raises(UnavailableError):
        KmsMasterKey(service, "one", Secret(b"wrong")).wrap(KEY)
    with pytest.raises(UnavailableError):
        KmsMasterKey("http://127.0.0.1:9", "one", TOKEN).wrap(KEY)


def test_a_service_is_never_asked_in_clear_over_a_network() -> None:
    with pytest.raises(InvalidError):
        KmsMasterKey("http://kms.example", "one", TOKEN)


def test_a_wrong_pin_and_a_missing_key_are_unavailable() -> None:
    for slot in (Slot("module", "token", "one", Secret(b"0000")), Slot("module", "token", "none", PIN)):
        with pytest.raises(UnavailableError):
            Pkcs11MasterKey(slot, stand_in()).wrap(KEY)


def test_a_word_in_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "pin"
    file.write_bytes(b" 31415926\n")
    file.chmod(0o600)
    assert read_secret(file) == PIN
    file.chmod(0o644)
    with pytest.raises(InvalidError):
        read_secret(file)
    (tmp_path / "empty").touch(0o600)
    with pytest.raises(InvalidError):
        read_secret(tmp_path / "empty")
