"""The bytes that a message signature is made over, for exactly the components that Corridor signs and no others.

A general reader of structured fields costs more than the signature itself (ADR 16). What is read here is the one form
in which RFC 9421 has signers write: single blanks, no escapes, every component and parameter once.

Source: RFC 9421 sections 2.5 and 4.1; RFC 9651 section 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corridor.domain.errors import SignatureError
from corridor.domain.message import SIGNED_WHEN_PRESENT, SignedRequest, SignedResponse

ALGORITHM = "ed25519"

_METHOD, _TARGET, _DIGEST = '"@method"', '"@target-uri"', '"content-digest"'
_WHEN_PRESENT = {name: f'"{name}"' for name in SIGNED_WHEN_PRESENT}

_INPUT = re.compile(
    r"([a-z*][a-z0-9_.*-]{0,63})=(\(([^()]*)\)((?:;[a-z]{1,16}=(?:\"[ !#-\[\]-~]{0,256}\"|\d{1,15}))*))"
)
_PARAMETER = re.compile(r";([a-z]+)=(?:\"([^\"]*)\"|(\d+))")
_KINDS = {"created": int, "expires": int, "keyid": str, "nonce": str, "tag": str, "alg": str}

_METHODS = re.compile(r"[A-Z]{1,16}")
_ADDRESS = re.compile(r"https?://[!-\"$-.0->@-~]+/[!-\"$-~]*")
_FIELD = re.compile(r"[\t -~]*")


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """What a signature says of itself.

    Attributes:
        label: under which the signature stands.
        components: what it covers, quoted and in the signer's order.
        parameters: numbers and texts by name.
        written: components and parameters as they came; the signature covers these very characters.
    """

    label: str
    components: tuple[str, ...]
    parameters: Mapping[str, str | int]
    written: str


def read_input(text: str) -> SignatureInput:
    """The one signature that a Signature-Input field announces.

    Raises:
        SignatureError: more than one, or anything that Corridor does not sign with.
    """
    found = _INPUT.fullmatch(text)
    if found is None:
        raise SignatureError(reason="signature-wrong")
    label, written, components, rest = found.groups()
    given = _PARAMETER.findall(rest)
    parameters = {name: int(number) if number else words for name, words, number in given}
    known = all(type(value) is _KINDS.get(name) for name, value in parameters.items())
    if not known or len(parameters) != len(given) or parameters.get("alg", ALGORITHM) != ALGORITHM:
        raise SignatureError(reason="signature-wrong")
    return SignatureInput(label, tuple(components.split(" ")), parameters, written)


def write_input(components: Sequence[str], parameters: Mapping[str, str | int]) -> str:
    """Components and parameters in the form that `read_input` reads; texts need no escape."""
    written = (f";{name}={value}" if type(value) is int else f';{name}="{value}"' for name, value in parameters.items())
    return f"({' '.join(components)}){''.join(written)}"


def request_values(request: SignedRequest, headers: Mapping[str, str]) -> dict[str, str]:
    """What the signature of a request must cover, in the order in which Corridor signs it.

    Args:
        request: whose method and address are covered.
        headers: its headers by lower-case name, `content-digest` among them.

    Raises:
        SignatureError: the method is not upper case, the address is no absolute URL, or a value is not ASCII.
    """
    named = {quoted: headers[name] for name, quoted in _WHEN_PRESENT.items() if name in headers}
    return _checked({_METHOD: request.method, _TARGET: request.url, _DIGEST: headers["content-digest"], **named})


def response_values(response: SignedResponse, headers: Mapping[str, str], request: SignedRequest) -> dict[str, str]:
    """What the signature of a response must cover: it, and the request that it answers.

    Raises: as `request_values`; or the request carries no signature.
    """
    asked = {f"{_METHOD};req": request.method, f"{_TARGET};req": request.url}
    signature = request.headers.get("signature", "")
    if not signature:
        raise SignatureError(reason="not-signable")
    answered = {'"@status"': str(response.status), _DIGEST: headers["content-digest"]}
    return _checked({**answered, **asked, '"signature";req': signature})


_FORMS = {_METHOD: _METHODS, f"{_METHOD};req": _METHODS, _TARGET: _ADDRESS, f"{_TARGET};req": _ADDRESS}


def _checked(values: Mapping[str, str]) -> dict[str, str]:
    """The values without blanks around them; none can hold a line's end, with which it would speak for another."""
    bare = {component: value.strip(" \t") for component, value in values.items()}
    if not all(_FORMS.get(component, _FIELD).fullmatch(value) for component, value in bare.items()):
        raise SignatureError(reason="not-signable")
    return bare


def signature_base(values: Mapping[str, str], components: Sequence[str], written: str) -> bytes:
    """The bytes that are signed.

    Args:
        values: of each component.
        components: in the signer's order.
        written: components and parameters as `write_input` gives them.
    """
    lines = "".join(f"{component}: {values[component]}\n" for component in components)
    return f'{lines}"@signature-params": {written}'.encode("ascii")
