"""Operations of the national base that R4 does not have, as OperationDefinitions."""

from __future__ import annotations

from typing import Any

import orjson

from corridor.domain.errors import NotFoundError

CANONICAL = "https://corridor.example/fhir/OperationDefinition/"
MATCH = "http://hl7.org/fhir/OperationDefinition/Patient-match"
PULL_HISTORY = CANONICAL + "pull-history"
WITHDRAW_CONSENT = CANONICAL + "withdraw-consent"
IMPORT = CANONICAL + "import"
GENERATE_SHL = CANONICAL + "generate-shl"

_PURPOSE = {
    "name": "purpose",
    "use": "in",
    "min": 0,
    "max": "1",
    "documentation": "PurposeOfUse of the question: TREAT (the default) or ETREAT. Anything else is denied.",
    "type": "code",
}
_DEADLINE = {
    "name": "deadline",
    "use": "in",
    "min": 0,
    "max": "1",
    "documentation": "Seconds to wait for the other countries, 0.1 to 60; the node's own deadline where none is given.",
    "type": "decimal",
}
_ATTESTATION = {
    "name": "attestation",
    "use": "in",
    "min": 0,
    "max": "1",
    "documentation": "The clinician's word that the person is there, where no proof was given on the pages before.",
    "part": [
        {
            "name": "cause",
            "use": "in",
            "min": 1,
            "max": "1",
            "documentation": "Why neither card nor code: no-card, lost, no-telephone, cannot or other.",
            "type": "code",
        },
        {
            "name": "statement",
            "use": "in",
            "min": 1,
            "max": "1",
            "documentation": "How the clinician knows who it is, 20 to 500 characters; it is not sent abroad.",
            "type": "string",
        },
        {
            "name": "password",
            "use": "in",
            "min": 1,
            "max": "1",
            "documentation": "The clinician's own, typed again; it is kept nowhere.",
            "type": "string",
        },
    ],
}
_HISTORY = {
    "name": "return",
    "use": "out",
    "min": 1,
    "max": "1",
    "documentation": (
        "A collection: every resource that came back, pseudonymised, with meta.source and a Provenance for each "
        "country, and one OperationOutcome that names each country that did not answer."
    ),
    "type": "Bundle",
}
_DONE = {
    "name": "return",
    "use": "out",
    "min": 1,
    "max": "1",
    "documentation": "Says until when consents were withdrawn.",
    "type": "OperationOutcome",
}


def _part(name: str, kind: str, says: str) -> dict[str, Any]:
    return {"name": name, "use": "in", "min": 0, "max": "1", "documentation": says, "type": kind}


_INPUTS = [
    _part("inputFormat", "string", "application/fhir+ndjson, the only one."),
    _part(
        "inputSource", "uri", "file: address of a folder in the import folder; every .ndjson file of it is taken in."
    ),
    {
        "name": "input",
        "use": "in",
        "min": 0,
        "max": "*",
        "documentation": "A file of the node's import folder; none where the body itself is ndjson.",
        "part": [
            _part("type", "code", "Type of its resources."),
            _part("url", "url", "Where it lies."),
        ],
    },
    {
        "name": "return",
        "use": "out",
        "min": 0,
        "max": "1",
        "documentation": "None: the answer is 202 without a body, and its Content-Location leads to the status.",
        "type": "OperationOutcome",
    },
]


def _given(name: str, kind: str, says: str) -> dict[str, Any]:
    return _part(name, kind, says) | {"use": "out", "min": 1}


_LINK = [
    _part("exp", "positiveInt", "When it ends, in seconds since 1970; within 90 days, and 7 where none is given."),
    _part(
        "label", "string", "At most 80 characters, shown before it is opened; names neither the person nor an illness."
    ),
    _part("passcode", "string", "6 to 64 characters, to be asked for."),
    _part("flag", "string", "P with a passcode; U where whoever holds the link may open it."),
    _part("purposeOfUse", "string", "TREAT (the default), ETREAT or PATRQT.") | {"max": "*"},
    _given("qrcode", "Binary", "The QR, which begins with the address of this node's viewer; SVG, or PNG by Accept."),
    _given("link", "string", "The link with its key, which this node forgets."),
    _given("revocation", "string", "By which the person takes it back alone."),
]


def _definition(code: str, name: str, *, says: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resourceType": "OperationDefinition",
        "id": code,
        "url": CANONICAL + code,
        "version": "0.1.0",
        "name": name,
        "status": "active",
        "kind": "operation",
        "date": "2026-11-22",
        "publisher": "Corridor",
        "description": says,
        "affectsState": True,
        "code": code,
        "resource": ["Patient"],
        "system": False,
        "type": False,
        "instance": True,
        "parameter": parameters,
    }


DEFINITIONS: dict[str, dict[str, Any]] = {
    "pull-history": _definition(
        "pull-history",
        "PullHistory",
        says=(
            "Ask every other country of the corridor for this person's HIV history. Needs the person's consent and a "
            "proof that they are there (their card, a code to their telephone, or the clinician's attestation), is "
            "decided again by each holder, and is audited here and there. A country that refuses answers like one "
            "that knows nobody; a country that does not answer is named."
        ),
        parameters=[_PURPOSE, _DEADLINE, _ATTESTATION, _HISTORY],
    ),
    "withdraw-consent": _definition(
        "withdraw-consent",
        "WithdrawConsent",
        says="Take back every consent to cross-border exchange that this person gave so far, here and everywhere.",
        parameters=[_DONE],
    ),
    "generate-shl": _definition(
        "generate-shl",
        "GenerateShl",
        says=(
            "Make a SMART Health Link to this person's summary of today, encrypted. A clinician's act; needs a consent "
            "on record that names this country as holder and receiver."
        ),
        parameters=_LINK,
    ),
    "import": _definition(
        "import",
        "Import",
        says=(
            "Take in ndjson, sent as the body or lying in the node's import folder, in the background (Prefer: "
            "respond-async). A line that is not valid is refused by itself and told; what is sent twice is written "
            "once."
        ),
        parameters=_INPUTS,
    )
    | {"system": True, "instance": False, "resource": ["Resource"]},
}
"""By code, without the `$`."""


def operation_definition(code: str) -> bytes:
    """The OperationDefinition of one operation.

    Raises:
        NotFoundError: this base has no such operation of its own.

    Source: https://hl7.org/fhir/R4/operationdefinition.html
    """
    if code not in DEFINITIONS:
        raise NotFoundError("This base defines no such operation.")
    return orjson.dumps(DEFINITIONS[code], option=orjson.OPT_INDENT_2)
