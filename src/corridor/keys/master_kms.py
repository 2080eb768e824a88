"""A master key at a cloud's key service: it never leaves it, and wraps and unwraps on request.

The shape is that of the services' own "encrypt" and "decrypt" of a small text under a named key: two POST requests of
JSON with base64 in them, a bearer token, and a version of the key in the answer. `docs/keys.md` says which path and
members a gateway in front of AWS, Azure, Google or Vault Transit has to map.
"""

from __future__ import annotations

import http.client
import ssl
from base64 import b64decode, b64encode
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import msgspec

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.secret import Secret

_SECONDS = 10.0
_MAX_BYTES = 65_536
_OK, _REFUSED = 200, 400
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class _Answer(msgspec.Struct):
    ciphertext: str = ""
    plaintext: str = ""


class KmsMasterKey:
    """Port `MasterKey` on a key service.

    Args:
        url: of the service; https, except on this machine.
        label: name of the key.
        token: that the service knows this node by.

    Raises:
        InvalidError: the address would carry keys over the network in clear.
    """

    def __init__(self, url: str, label: str, token: Secret) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise InvalidError("The key service must be asked over https.")
        self._parts = parts
        self._path = f"{parts.path.rstrip('/')}/v1/keys/{quote(label, safe='')}"
        self._token = token
        self.name = f"kms:{parts.netloc}:{label}"

    def wrap(self, key: bytes) -> bytes:
        """See the port."""
        return self._asked("encrypt", {"plaintext": b64encode(key).decode()}).ciphertext.encode()

    def unwrap(self, wrapped: bytes) -> bytes:
        """See the port."""
        return _bytes(self._asked("decrypt", {"ciphertext": wrapped.decode("ascii", "replace")}).plaintext)

    def _asked(self, act: str, content: Mapping[str, str]) -> _Answer:
        status, body = self._sent(f"{self._path}:{act}", msgspec.json.encode(content))
        if status == _REFUSED:
            raise InvalidError("The key service does not open these data keys: another key wrapped them.")
        if status != _OK:
            raise UnavailableError("The key service refuses.")
        try:
            return msgspec.json.decode(body, type=_Answer)
        except (msgspec.ValidationError, msgspec.DecodeError):
            raise UnavailableError("The key service answers something else.") from None

    def _sent(self, path: str, body: bytes) -> tuple[int, bytes]:
        connection = self._connection()
        headers = {"authorization": f"Bearer {self._token.value.decode()}", "content-type": "application/json"}
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_MAX_BYTES)
        except (OSError, http.client.HTTPException):
            raise UnavailableError("The key service does not answer.") from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=_SECONDS)


def _bytes(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        found = b""
    if not found:
        raise UnavailableError("The key service answers something else.")
    return found
