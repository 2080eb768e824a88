"""Health links as FHIR tells them: the input and output of `$generate-vhl`, and the manifest of ITI-YY5.

Source: IHE VHL 1.0.0-comment, ITI-YY3 and ITI-YY5; IHE MHD 4.2.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.link import HealthLink
from corridor.domain.purpose import Purpose
from corridor.domain.secret import Secret
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.bundle import instant

Pair = tuple[str, str]
Resource = dict[str, Any]

LINK_SYSTEM = "https://corridor.example/fhir/NamingSystem/health-link"
"""Identifier system of folders: what a verifiable link names instead of the person."""
JOSE = "application/jose"
DIRECT = "U"
_GENERATE = ANSWER_FORM | {"sourceIdentifier", "exp", "flag", "label", "passcode", "purposeOfUse", "format"}
_MANIFEST = ANSWER_FORM | {
    "_id",
    "code",
    "status",
    "patient.identifier",
    "patient",
    "_include",
    "recipient",
    "passcode",
    "embeddedLengthMax",
}
_SUMMARY_TYPE = {"system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document"}
_IPS_FORMAT = {
    "system": "urn:ietf:rfc:3986",
    "code": "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips",
}
_FOLDER = {"system": "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes", "code": "folder"}
_RESTRICTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}


@dataclass(frozen=True, slots=True)
class Wished:
    """What `$generate-vhl` was given.

    Attributes:
        identifier: `system|value`, or empty.
        until: None where the caller leaves it open.
        flag: as it was asked for.
    """

    identifier: str
    until: datetime | None
    label: str
    passcode: Secret | None
    purposes: tuple[Purpose, ...]
    flag: str


def generate_input(pairs: Sequence[Pair], *, direct: bool = False) -> Wished:
    """The parameters of `$generate-vhl`, or of `$generate-shl`.

    Args:
        pairs: decoded, in order.
        direct: whether a link may lead to its file without a manifest (flag U).

    Raises:
        UnsupportedError: a parameter that the operation does not have, or a form that is not made here.
        InvalidError: a value that it cannot have, a flag that contradicts the rest, one said twice.
    """
    given = _given(pairs, _GENERATE, several="purposeOfUse")
    if given.get("format", "qrcode") != "qrcode":
        raise UnsupportedError("Links are given as a QR code here.", ("format",))
    flag = given.get("flag", "")
    if not (direct and flag == DIRECT and "passcode" not in given):
        _check_flag(flag, passcode="passcode" in given)
    return Wished(
        identifier=given.get("sourceIdentifier", ""),
        until=_seconds(given["exp"]) if "exp" in given else None,
        label=given.get("label", ""),
        passcode=Secret(given["passcode"].encode()) if "passcode" in given else None,
        purposes=tuple(_purpose(value) for name, value in pairs if name == "purposeOfUse") or (Purpose.TREAT,),
        flag=flag,
    )


def _check_flag(flag: str, *, passcode: bool) -> None:
    if flag != "".join(sorted(set(flag))) or not set(flag) <= set("LPU"):
        raise InvalidError("Flags are the letters L, P and U, each once and in this order.", ("flag",))
    if set(flag) & set("LU"):
        raise UnsupportedError("A link shows the summary of its day, by way of a manifest.", ("flag",))
    if ("P" in flag) is not passcode and flag:
        raise InvalidError("The flag P goes with a passcode.", ("flag",))


def _purpose(code: str) -> Purpose:
    try:
        return Purpose(code.rpartition("|")[2])
    except ValueError:
        raise InvalidError("A link is not given for this purpose.", ("purposeOfUse",)) from None


def _seconds(text: str) -> datetime:
    if not (text.isascii() and text.isdecimal() and len(text) <= len("9999999999")):
        raise InvalidError("The end is a number of seconds since 1970.", ("exp",))
    return datetime.fromtimestamp(int(text), UTC)


def generated(image: bytes, media_type: str, **texts: str) -> bytes:
    """The output of `$generate-vhl`: the QR as a Binary, and further texts by name."""
    binary = {"resourceType": "Binary", "contentType": media_type, "data": base64.b64encode(image).decode()}
    parameter: list[Resource] = [{"name": "qrcode", "resource": binary}]
    parameter += [{"name": name, "valueString": text} for name, text in texts.items()]
    return orjson.dumps({"resourceType": "Parameters", "parameter": parameter})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a receiver sent to ITI-YY5."""

    folder: str
    recipient: str
    passcode: Secret | None


def manifest_input(pairs: Sequence[Pair]) -> Asked:
    """The search for a folder by which a receiver asks for a manifest.

    Raises:
        UnsupportedError: a parameter that it does not have.
        InvalidError: no folder, no recipient, or a search for something else.
    """
    given = _given(pairs, _MANIFEST)
    fixed = (("code", "folder"), ("status", "current"), ("_include", "List:item"))
    wrong = [name for name, value in fixed if given.get(name, value).rpartition("|")[2] != value]
    missing = [name for name in ("_id", "recipient") if not given.get(name)]
    if wrong or missing:
        raise InvalidError("A manifest is searched by its folder, for a recipient.", (*wrong, *missing))
    person = given.get("patient.identifier", given["_id"]).rpartition("|")[2]
    if person != given["_id"]:
        raise InvalidError("A verifiable link names its folder in place of the person.", ("patient.identifier",))
    code = given.get("passcode")
    return Asked(given["_id"], given["recipient"], Secret(code.encode()) if code else None)


def _given(pairs: Sequence[Pair], known: frozenset[str], *, several: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise UnsupportedError("The operation has no such parameter.", ("Parameters.parameter",))
        if name in found and name != several:
            raise InvalidError("The parameter is given once.", (name,))
        found[name] = value
    return found


def manifest_bundle(link: HealthLink, *, file_url: str, size: int, base_url: str) -> bytes:
    """The searchset of a folder: the List as match, its one document included.

    Source: IHE VHL ITI-YY5; IHE MHD, minimal DocumentReference.
    """
    about = {"identifier": {"system": LINK_SYSTEM, "value": link.folder}}
    listed = {
        "resourceType": "List",
        "id": link.id,
        "identifier": [{"system": LINK_SYSTEM, "value": link.folder}],
        "status": "current",
        "mode": "working",
        "code": {"coding": [_FOLDER]},
        "subject": about,
        "date": instant(link.made_at),
        "entry": [{"item": {"reference": f"DocumentReference/{link.id}"}}],
    }
    document = document_reference(
        link.id, about, at=link.made_at, attachment={"contentType": JOSE, "url": file_url, "size": size}
    )
    entries = [
        {"fullUrl": f"{base_url}/List/{link.id}", "resource": listed, "search": {"mode": "match"}},
        {"fullUrl": f"{base_url}/DocumentReference/{link.id}", "resource": document, "search": {"mode": "include"}},
    ]
    return orjson.dumps({"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": entries})


def document_reference(id: str, subject: Resource, *, at: datetime, attachment: Mapping[str, Any]) -> Resource:
    """The DocumentReference of a patient summary."""
    return {
        "resourceType": "DocumentReference",
        "id": id,
        "meta": {"lastUpdated": instant(at), "security": [_RESTRICTED]},
        "status": "current",
        "type": {"coding": [_SUMMARY_TYPE]},
        "category": [{"coding": [_SUMMARY_TYPE]}],
        "subject": subject,
        "date": instant(at),
        "securityLabel": [{"coding": [_RESTRICTED]}],
        "content": [{"attachment": {**attachment, "creation": instant(at)}, "format": _IPS_FORMAT}],
    }
