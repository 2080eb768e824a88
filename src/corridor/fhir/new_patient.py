"""A person who is registered at the bedside, as a Patient of the national base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from corridor.fhir.identifiers import ISO_3166, V2, check_digit_warnings
from corridor.fhir.known_papers import label_of
from corridor.fhir.parse import Resource

_FATHER = "http://hl7.org/fhir/StructureDefinition/humanname-fathers-family"
_MOTHER = "http://hl7.org/fhir/StructureDefinition/humanname-mothers-family"
_MOTHERS_NAME = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_CODES = {"national": "NI", "passport": "PPN", "residence": "PRC", "permit": "VS"}
_NATIONAL = {"CL": "RUN", "CO": "CC", "EC": "CEDULA", "PE": "DNI", "VE": "CEDULA"}
_OTHERS = {"passport": "PASAPORTE", "residence": "CE", "permit": "PTP"}
_PERMITS = {"CO": "PPT", "PE": "CPP"}


@dataclass(frozen=True, slots=True, repr=False)
class NewPaper:
    """One document as it was typed.

    Attributes:
        kind: `national`, `passport`, `residence`, `permit` or `other`.
        country: ISO 3166-1 alpha-2 code of the issuer.
    """

    kind: str
    country: str
    number: str


@dataclass(frozen=True, slots=True, repr=False)
class NewPerson:
    """A person as they were described; has no readable text form.

    Attributes:
        birth: `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or empty.
        sex: administrative gender code of FHIR.
        mother: the mother's name, where it helps to tell two people apart.
    """

    given: str
    first_surname: str
    second_surname: str
    birth: str
    sex: str
    papers: tuple[NewPaper, ...] = ()
    phone: str = ""
    mother: str = ""


def patient(person: NewPerson) -> Resource:
    """The Patient.

    Source: https://hl7.org/fhir/R4/patient.html; extensions humanname-fathers-family and -mothers-family.
    """
    resource: Resource = {"resourceType": "Patient", "active": True, "name": [_name(person)]}
    if person.mother:
        resource["extension"] = [{"url": _MOTHERS_NAME, "valueString": person.mother}]
    if person.papers:
        resource["identifier"] = [_identifier(paper) for paper in person.papers]
    if person.phone:
        resource["telecom"] = [{"system": "phone", "value": person.phone}]
    if person.sex:
        resource["gender"] = person.sex
    if person.birth:
        resource["birthDate"] = person.birth
    return resource


def patient_bytes(person: NewPerson) -> bytes:
    """The Patient as JSON."""
    return orjson.dumps(patient(person))


def doubtful_papers(person: NewPerson, *, home: str) -> tuple[int, ...]:
    """Places of the documents whose check digit is wrong; a warning, for papers with a wrong one are in use."""
    found = check_digit_warnings(patient(person), home=home)
    return tuple(int(issue.expression.partition("[")[2].rstrip("]")) for issue in found)


def _name(person: NewPerson) -> Resource:
    surnames = [each for each in (person.first_surname, person.second_surname) if each]
    name: Resource = {"use": "official"}
    if surnames:
        name["family"] = " ".join(surnames)
        name["_family"] = {"extension": list(_surnames(person))}
    if person.given:
        name["given"] = person.given.split()
    return name


def _surnames(person: NewPerson) -> Iterator[Resource]:
    for url, surname in ((_FATHER, person.first_surname), (_MOTHER, person.second_surname)):
        if surname:
            yield {"url": url, "valueString": surname}


def _identifier(paper: NewPaper) -> Resource:
    kind: Resource = {"text": _label(paper)}
    if paper.kind in _CODES:
        kind["coding"] = [{"system": V2, "code": _CODES[paper.kind]}]
    assigner = {"identifier": {"system": ISO_3166, "value": paper.country}}
    return {"use": "official", "type": kind, "value": paper.number, "assigner": assigner}


def _label(paper: NewPaper) -> str:
    """What people call the paper where it was issued."""
    if label := label_of(paper.kind, paper.country):
        return label
    if paper.kind == "national":
        return _NATIONAL.get(paper.country, "NI")
    if paper.kind == "permit":
        return _PERMITS.get(paper.country, "PTP")
    return _OTHERS.get(paper.kind, paper.country)
