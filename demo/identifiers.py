"""A person's papers and names as each country's guide writes them in FHIR.

Source: INTEROP section 5: CL Core and EIS, Colombia RDA, Peru RENHICE; Ecuador and Venezuela have no public guide.
"""

from __future__ import annotations

from typing import Any

from demo.values import Paper, PaperKind, Written

COUNTRIES = "urn:iso:std:iso:3166"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_EIS = "https://interoperabilidad.minsal.cl/fhir/ig/eis"
_RDA = "https://fhir.minsalud.gov.co/rda"
_RENHICE = "https://www.gob.pe/minsa/RENHICE/fhir"

_EIS_TYPES = {PaperKind.RUN: "1", PaperKind.PASSPORT: "3"}
_RDA_TYPES = {PaperKind.PPT: "PT", PaperKind.CE: "CE", PaperKind.PASSPORT: "PA", PaperKind.CEDULA: "CC"}
_V2_TYPES = {PaperKind.PASSPORT: "PPN", PaperKind.CEDULA: "NI", PaperKind.RUN: "NI", PaperKind.CE: "PRC"}
_ALPHA_3 = {"VE": "VEN", "CO": "COL", "EC": "ECU", "PE": "PER", "CL": "CHL"}


def identifier(paper: Paper, *, country: str) -> dict[str, Any]:
    """The paper as the register of `country` writes it; `assigner` always names the issuing country."""
    written = {"CL": _chilean, "CO": _colombian, "PE": _peruvian}.get(country, _plain)(paper)
    return written | {"assigner": {"identifier": {"system": COUNTRIES, "value": paper.issuer}}}


def name(written: Written, *, country: str) -> dict[str, Any]:
    """The name in the country's manner: Chile keeps the second surname in an extension of `family`."""
    given = list(written.given)
    if country == "CL" and len(written.surnames) > 1:
        second = {"url": f"{_EIS}/StructureDefinition/SegundoApellido", "valueString": written.surnames[1]}
        return {"use": "official", "family": written.surnames[0], "_family": {"extension": [second]}, "given": given}
    return {"use": "official", "family": " ".join(written.surnames), "given": given}


def _type(system: str, code: str, *, paper: Paper) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], "text": paper.kind.value.upper()}


def _plain(paper: Paper) -> dict[str, Any]:
    code = _V2_TYPES.get(paper.kind)
    kind = _type(V2, code, paper=paper) if code else {"text": paper.kind.value.upper()}
    return {"use": "official", "type": kind, "value": paper.number}


def _chilean(paper: Paper) -> dict[str, Any]:
    kind = _type(f"{_EIS}/CodeSystem/eis-tipo-identificador-cs", _EIS_TYPES.get(paper.kind, "4"), paper=paper)
    if paper.kind is not PaperKind.RUN:
        return {"use": "official", "type": kind, "value": paper.number}
    body, check = paper.number.split("-")
    extension = [{"url": "http://hl7.org/fhir/StructureDefinition/identifier-checkDigit", "valueString": check}]
    return {"use": "official", "type": kind, "value": body, "extension": extension}


def _colombian(paper: Paper) -> dict[str, Any]:
    code = _RDA_TYPES.get(paper.kind, "SC")
    kind = {
        "coding": [
            {"system": V2, "code": "PN"},
            {"system": f"{_RDA}/CodeSystem/ColombianPersonIdentifier", "code": code},
        ]
    }
    return {"use": "official", "type": kind, "value": paper.number}


def _peruvian(paper: Paper) -> dict[str, Any]:
    place = {"coding": [{"system": f"{_RENHICE}/CodeSystem/PaisesCS", "code": _ALPHA_3[paper.issuer]}]}
    extension = [{"url": f"{_RENHICE}/StructureDefinition/pe-pais", "valueCodeableConcept": place}]
    kind = _plain(paper)["type"] | {"extension": extension}
    return {"use": "official", "type": kind, "value": paper.number}
