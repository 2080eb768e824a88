"""The form of a consent: which words were read, and the signature, inside the Consent that rests on them.

PCF forbids `verification`, so that the signed form is the attachment of the Consent's source.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from html import escape

import orjson

from corridor.domain.consent_text import Signature, SpokenText
from corridor.fhir.consent import POLICY
from corridor.fhir.parse import Resource
from corridor.fhir.provenance import instant

TEXTS = "https://corridor.example/fhir/Policy/consent-text/"
"""Start of the policy URI that names the version of the text that was read."""


def with_form(resource: Resource, spoken: SpokenText, signature: Signature, *, at: datetime) -> Resource:
    """The Consent with the policy of its text and the signed form as its source.

    Args:
        resource: as `fhir.consent.render` gives it.
        spoken: what was read.
        signature: how the person agreed.
        at: when.

    Source: IHE PCF 1.1.1, consentAdvanced (`source[x]` 1..1, `policy.uri` 1..1, `verification` 0..0).
    """
    content = _document(spoken, signature, at).encode()
    attachment = {
        "contentType": "text/html",
        "language": spoken.language,
        "data": base64.b64encode(content).decode(),
        "size": len(content),
        # SHA-1 is what FHIR defines for an attachment; the words themselves are bound by SHA-256 in its title.
        "hash": base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),
        "title": f"Corridor consent form {spoken.version} ({spoken.language}) sha256:{spoken.digest}",
        "creation": instant(at),
    }
    policies = [{"uri": POLICY}, {"uri": f"{TEXTS}{spoken.version}"}]
    return resource | {"language": spoken.language, "policy": policies, "sourceAttachment": attachment}


def text_version(body: bytes) -> str:
    """The version of the text that a stored Consent rests on; empty where it names none."""
    try:
        resource = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    policies = resource.get("policy", ()) if isinstance(resource, dict) else ()
    found = [each.get("uri", "") for each in policies if isinstance(each, dict)]
    return next((uri.removeprefix(TEXTS) for uri in found if uri.startswith(TEXTS)), "")


def _document(spoken: SpokenText, signature: Signature, at: datetime) -> str:
    lines = (f"<p>{escape(each)}</p>" for each in spoken.paragraphs)
    chosen = (f"<li>{escape(each)}</li>" for each in spoken.agreed)
    return "".join(
        (
            f'<!doctype html><html lang="{escape(spoken.language)}"><meta charset="utf-8">',
            f"<title>{escape(spoken.title)}</title><h1>{escape(spoken.title)}</h1>",
            *lines,
            "<ul>",
            *chosen,
            "</ul>",
            *_signed(signature),
            f"<p>{instant(at)}</p></html>",
        )
    )


def _signed(signature: Signature) -> Iterator[str]:
    if signature.png:
        yield f'<p><img alt="" src="data:image/png;base64,{base64.b64encode(signature.png).decode()}"></p>'
    for text in (signature.name, signature.witness, signature.witness_role):
        if text:
            yield f"<p>{escape(text)}</p>"
