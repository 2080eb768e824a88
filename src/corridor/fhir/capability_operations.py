"""The operations that the national base states, the guides that it follows and the statements that it keeps."""

from __future__ import annotations

from corridor.fhir.operation_definition import GENERATE_SHL, IMPORT, MATCH, PULL_HISTORY, WITHDRAW_CONSENT

Stated = dict[str, str]

_BULK = "http://hl7.org/fhir/uv/bulkdata/"
_BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/"
_HL7 = "http://hl7.org/fhir/OperationDefinition/"
_IHE = "https://profiles.ihe.net/"


def _operation(name: str, definition: str) -> Stated:
    return {"name": name, "definition": definition}


VALIDATE = _operation("validate", f"{_HL7}Resource-validate")
"""An operation of every held type."""

OF_BASE = [
    _operation("export", f"{_BULK}OperationDefinition/export"),
    _operation("import", IMPORT),
]
"""Operations of the base as a whole."""

OF_TYPE: dict[str, list[Stated]] = {
    "Patient": [
        _operation("match", MATCH),
        _operation("ihe-pix", f"{_IHE}ITI/PIXm/OperationDefinition/IHE.PIXm.pix"),
        _operation("pull-history", PULL_HISTORY),
        _operation("withdraw-consent", WITHDRAW_CONSENT),
        _operation("export", f"{_BULK}OperationDefinition/patient-export"),
        _operation("everything", f"{_HL7}Patient-everything"),
        _operation("summary", "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"),
        _operation("generate-shl", GENERATE_SHL),
        _operation("generate-vhl", f"{_IHE}ITI/VHL/OperationDefinition/generate-vhl"),
    ],
    "Observation": [_operation("lastn", f"{_HL7}Observation-lastn")],
    "Group": [_operation("export", f"{_BULK}OperationDefinition/group-export")],
    "Subscription": [
        _operation("status", f"{_BACKPORT}OperationDefinition/backport-subscription-status"),
        _operation("events", f"{_BACKPORT}OperationDefinition/backport-subscription-events"),
    ],
    "ValueSet": [_operation(name, f"{_HL7}ValueSet-{name}") for name in ("expand", "validate-code")],
    "CodeSystem": [_operation(name, f"{_HL7}CodeSystem-{name}") for name in ("lookup", "subsumes", "validate-code")],
    "ConceptMap": [_operation("translate", f"{_HL7}ConceptMap-translate")],
}
"""Operations of a type or of its instances, besides `$validate`."""

GUIDES = {
    "national": [
        f"{_IHE}ITI/PDQm/ImplementationGuide/ihe.iti.pdqm",
        f"{_IHE}ITI/PIXm/ImplementationGuide/ihe.iti.pixm",
        f"{_IHE}ITI/PCF/ImplementationGuide/ihe.iti.pcf",
        f"{_IHE}ITI/BALP/ImplementationGuide/ihe.iti.balp",
        f"{_IHE}ITI/VHL/ImplementationGuide/ihe.iti.vhl",
        f"{_BULK}ImplementationGuide/hl7.fhir.uv.bulkdata",
        f"{_BACKPORT}ImplementationGuide/hl7.fhir.uv.subscriptions-backport",
        "http://hl7.org/fhir/uv/ips/ImplementationGuide/hl7.fhir.uv.ips",
    ],
    "exchange": [f"{_IHE}PCC/QEDm/ImplementationGuide/ihe.pcc.qedm"],
}
"""Guides that the bases follow in part; what is spoken is listed below `rest`."""

KEPT: dict[str, list[str]] = {"national": [f"{_BULK}CapabilityStatement/bulk-data"], "exchange": []}
"""Statements of others that a base keeps whole."""
