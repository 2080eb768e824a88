"""The group that blind tokens are computed in: elements and scalars are strings of 32 bytes.

Source: RFC 9496 (ristretto255), RFC 9380 section 5.3.1 (expand_message_xmd).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import rbcl

from corridor.domain.errors import InvalidError

ELEMENT_BYTES = 32
SCALAR_BYTES = 32
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Number of elements of the group (RFC 9496 section 4)."""

_IDENTITY = bytes(ELEMENT_BYTES)
_HIGHEST_BIT = 0x80
_SHA512_BLOCK = bytes(128)
_UNIFORM_BYTES = (64).to_bytes(2, "big")


def _expand(message: bytes, tag: bytes) -> bytes:
    """64 uniform bytes of a message; one SHA-512 block is all that either hash below needs."""
    suffix = tag + bytes((len(tag),))
    first = hashlib.sha512(_SHA512_BLOCK + message + _UNIFORM_BYTES + b"\0" + suffix).digest()
    return hashlib.sha512(first + b"\1" + suffix).digest()


def hash_to_group(message: bytes, tag: bytes) -> bytes:
    """The element that a message stands for; nobody knows its logarithm."""
    element: bytes = rbcl.crypto_core_ristretto255_from_hash(_expand(message, tag))
    return element


def hash_to_scalar(message: bytes, tag: bytes) -> bytes:
    """The scalar that a message stands for."""
    scalar: bytes = rbcl.crypto_core_ristretto255_scalar_reduce(_expand(message, tag))
    return scalar


def check_element(element: bytes) -> bytes:
    """The same bytes, if they are an element that a peer may send.

    Raises:
        InvalidError: wrong length, not canonical, or the identity, which would answer the same for everyone.
    """
    sound = isinstance(element, bytes) and len(element) == ELEMENT_BYTES and element != _IDENTITY
    # The library overlooks the highest bit, which would give every element, the identity too, a second spelling.
    if not sound or element[-1] >= _HIGHEST_BIT or not rbcl.crypto_core_ristretto255_is_valid_point(element):
        raise InvalidError("An element of a blind request or answer is not valid.")
    return element


def check_scalar(scalar: bytes) -> bytes:
    """The same bytes, if they are a canonical scalar other than zero.

    Raises:
        InvalidError: wrong length, zero, or not below the order of the group.
    """
    if not isinstance(scalar, bytes) or len(scalar) != SCALAR_BYTES:
        raise InvalidError("A scalar has 32 bytes.")
    if not 0 < int.from_bytes(scalar, "little") < ORDER:
        raise InvalidError("A scalar is not canonical.")
    return scalar


def scalar_of(number: int) -> bytes:
    """A public number, such as a holder's index, as a scalar."""
    return (number % ORDER).to_bytes(SCALAR_BYTES, "little")


def random_scalar() -> bytes:
    """A secret scalar, uniform and never zero."""
    scalar: bytes = rbcl.crypto_core_ristretto255_scalar_random()
    return scalar


def scalar_sum(scalars: Iterable[bytes]) -> bytes:
    """Sum of scalars; zero for none."""
    total = bytes(SCALAR_BYTES)
    for scalar in scalars:
        total = rbcl.crypto_core_ristretto255_scalar_add(total, scalar)
    return total


def scalar_difference(left: bytes, right: bytes) -> bytes:
    """`left` minus `right`."""
    scalar: bytes = rbcl.crypto_core_ristretto255_scalar_sub(left, right)
    return scalar


def scalar_product(left: bytes, right: bytes) -> bytes:
    """`left` times `right`."""
    scalar: bytes = rbcl.crypto_core_ristretto255_scalar_mul(left, right)
    return scalar


def scalar_inverse(scalar: bytes) -> bytes:
    """The scalar that undoes a multiplication by this one."""
    inverse: bytes = rbcl.crypto_core_ristretto255_scalar_invert(scalar)
    return inverse


def multiply(scalar: bytes, element: bytes) -> bytes:
    """An element multiplied by a scalar, in constant time.

    Raises:
        InvalidError: the element is not valid, or the product is the identity.
    """
    try:
        product: bytes = rbcl.crypto_scalarmult_ristretto255(scalar, element)
    except (RuntimeError, TypeError, ValueError):
        raise InvalidError("An element of a blind request or answer is not valid.") from None
    return product


def multiply_generator(scalar: bytes) -> bytes:
    """The public element of a secret scalar.

    Raises:
        InvalidError: the scalar is zero.
    """
    try:
        product: bytes = rbcl.crypto_scalarmult_ristretto255_base(scalar)
    except (RuntimeError, TypeError, ValueError):
        raise InvalidError("A secret scalar is zero or malformed.") from None
    return product


def element_sum(elements: Iterable[bytes]) -> bytes:
    """Sum of valid elements; the identity for none."""
    total = b""
    for element in elements:
        total = rbcl.crypto_core_ristretto255_add(total, element) if total else element
    return total or _IDENTITY


def weighted_sum(scalars: Iterable[bytes], elements: Iterable[bytes]) -> bytes:
    """Sum of elements, each multiplied by its scalar.

    Raises:
        InvalidError: an element is not valid.
    """
    return element_sum(multiply(scalar, element) for scalar, element in zip(scalars, elements, strict=True))
