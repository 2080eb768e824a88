"""What a system has to know to ask for a token, where SMART looks for it."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.purpose import Purpose

PATH = "/.well-known/smart-configuration"


def smart_configuration(base_url: str) -> bytes:
    """The document; tokens for people's apps are not given, so that nothing is said of them.

    Args:
        base_url: of the national base.

    Source: https://hl7.org/fhir/smart-app-launch/conformance.html; IHE IUA ITI-103; RFC 9449 section 5.1.
    """
    public_url = base_url.removesuffix("/fhir")
    stated = {
        "issuer": public_url,
        "token_endpoint": f"{public_url}/auth/token",
        "introspection_endpoint": f"{public_url}/auth/introspect",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES384", "RS384"],
        "dpop_signing_alg_values_supported": ["ES256", "ES384"],
        "scopes_supported": ["system/*.cruds", "system/*.rs"],
        "response_types_supported": [],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
        "purposes_of_use_supported": [each.value for each in Purpose if each is not Purpose.BTG],
    }
    return orjson.dumps(stated)


async def configuration(_request: Request, *, stated: bytes) -> Response:
    """The document, for everybody.

    Source: https://hl7.org/fhir/smart-app-launch/conformance.html
    """
    return Response(stated, media_type="application/json")
