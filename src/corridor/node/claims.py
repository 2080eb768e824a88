"""What a token stands for, in the claims that IHE gives it."""

from __future__ import annotations

from typing import Any

from corridor.domain.category import CLINICAL, SYSTEM
from corridor.domain.decision import Permit
from corridor.domain.grant import Grant
from corridor.domain.principal import Role
from corridor.fhir.consent import POLICY
from corridor.fhir.consent_actors import ROLE_SYSTEM

_PURPOSES = "urn:oid:2.16.840.1.113883.5.8"


def iua(grant: Grant, role: Role, *, base_url: str, name: str = "", client_id: str = "") -> dict[str, Any]:
    """The `ihe_iua` extension: the system, its role, its purpose, and the person the token is for, if there is one.

    Source: IHE IUA ITI-71, JWT access token, extensions.
    """
    named = {"subject_name": name, "subject_organization": name} if name else {}
    return {
        **named,
        **({"subject_organization_id": client_id} if client_id else {}),
        "subject_role": [{"system": ROLE_SYSTEM, "code": role.value}],
        "purpose_of_use": [{"system": _PURPOSES, "code": grant.purpose.value}],
        **({"person_id": f"{base_url}/Patient/{grant.person}"} if grant.person else {}),
    }


def pcf(grant: Grant, permit: Permit, *, base_url: str) -> dict[str, Any]:
    """The `ihe_pcf` extension: the person, the consents that the token rests on, and what they leave out.

    Source: IHE PCF 1.1.1, updates to ITI-71.
    """
    kept = sorted(permit.categories & CLINICAL)
    labels = [{"system": SYSTEM, "code": code} for code in kept]
    residual = [{"type": "forbid"}, {"type": "permit", "securityLabel": labels}]
    return {
        "patient_id": f"{base_url}/Patient/{grant.person}",
        "doc_id": [f"{base_url}/Consent/{each}" for each in permit.consent_ids],
        "acp": [POLICY],
        **({"residual": residual} if permit.categories < CLINICAL else {}),
    }
