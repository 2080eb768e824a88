"""A master key in a hardware module, spoken to by PKCS#11: it is made there, and never leaves it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.secret import Secret

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a key is.

    Attributes:
        library: file of the module's own library.
        token: label of the token.
        label: of the key, an AES key of 256 bits.
        pin: of the token's user.
    """

    library: str
    token: str
    label: str
    pin: Secret


class Pkcs11MasterKey:
    """Port `MasterKey` on a key of a hardware module.

    Args:
        slot: where the key is.
        package: `python-pkcs11`, or what speaks like it.

    Source: PKCS#11 3.0, CKM_AES_GCM.
    """

    def __init__(self, slot: Slot, package: Any) -> None:
        self._slot = slot
        self._package = package
        self.name = f"pkcs11:{slot.token}:{slot.label}"

    def wrap(self, key: bytes) -> bytes:
        """See the port."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        with self._kept() as kept:
            return nonce + bytes(kept.encrypt(key, **self._with(nonce)))

    def unwrap(self, wrapped: bytes) -> bytes:
        """See the port."""
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        with self._kept() as kept:
            try:
                return bytes(kept.decrypt(sealed, **self._with(nonce)))
            except self._package.exceptions.PKCS11Error:
                raise InvalidError("The master key is not the one that wrapped these data keys.") from None

    @contextmanager
    def _kept(self) -> Iterator[Any]:
        package, slot = self._package, self._slot
        try:
            token = package.lib(slot.library).get_token(token_label=slot.token)
            with token.open(user_pin=slot.pin.value.decode()) as session:
                kinds = package.ObjectClass.SECRET_KEY, package.KeyType.AES
                yield session.get_key(object_class=kinds[0], key_type=kinds[1], label=slot.label)
        except (package.exceptions.PKCS11Error, OSError, RuntimeError):
            raise UnavailableError("The hardware module does not answer, or has no such key.") from None

    def _with(self, nonce: bytes) -> dict[str, Any]:
        return {
            "mechanism": self._package.Mechanism.AES_GCM,
            "mechanism_param": self._package.mechanisms.GCMParams(nonce),
        }


def pkcs11_package() -> Any:
    """`python-pkcs11`, which only nodes with a hardware module have.

    Raises:
        UnavailableError: it is not installed.
    """
    try:
        import_module("pkcs11.mechanisms")
        return import_module("pkcs11")
    except ImportError:
        raise UnavailableError("The package for hardware modules is missing: install corridor[pkcs11].") from None
