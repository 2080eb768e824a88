from __future__ import annotations

from typing import Any

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import Document, DocumentKind
from corridor.fhir.identifiers import check_digit_warnings, paper
from corridor.fhir.patient import demographics

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
EIS = "https://interoperabilidad.minsal.cl/fhir/ig/eis/CodeSystem/eis-tipo-identificador-cs"
CL_CORE = "https://hl7chile.cl/fhir/ig/clcore/CodeSystem/CSTipoIdentificador"
CL_DNI = "https://hl7chile.cl/fhir/ig/clcore/CodeSystem/CSCodigoDNI"
RDA = "https://fhir.minsalud.gov.co/rda/CodeSystem/ColombianPersonIdentifier"
IHCE = "https://www.minsalud.gov.co/ihc/fhir"
RENHICE = "https://www.gob.pe/minsa/RENHICE/fhir"
PARAGUAY = "https://www.gob.py/minsa/fhir/CodeSystem/IdentificadoresPersonaCS"
CHECK = {"url": "http://hl7.org/fhir/StructureDefinition/identifier-checkDigit", "valueString": "7"}


def typed(value: str, *codings: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"value": value, "type": {"coding": [{"system": s, "code": c} for s, c in codings]}} | more


def issued(value: str, coding: tuple[str, str], extension: str, country: str) -> dict[str, Any]:
    made = typed(value, coding)
    made["type"]["extension"] = [{"url": extension, "valueCodeableConcept": {"coding": [{"code": country}]}}]
    return made


# Shapes seen in the guides and example files of LACPASS, CL Core, EIS, IHCE-CO, RDA, RENHICE and MSP Paraguay.
PERU = {"assigner": {"identifier": {"system": "urn:iso:std:iso:3166", "value": "PE"}}}
CO_TYPES = f"{IHCE}/CodeSystem/IdspersonaColombia"
SHAPES = [
    (typed("CL/18922652-7", (V2, "TAX"), system="urn.oid.2.16.152"), "CL", "national", "18922652-7"),
    (typed("CL/F12-1234123-2", (V2, "PPN"), system="urn.oid.2.16.152"), "CL", "passport", "F12-1234123-2"),
    (
        typed("CL/18922652-7", (V2, "TAX"), system="urn:oid:2.16.840.1.113883.3.9143.2.1.5"),
        "CL",
        "national",
        "18922652-7",
    ),
    (
        typed("19.241.323-8", (CL_DNI, "NNCHL"), system="http://regcivil.cl/Validacion/RUN"),
        "CL",
        "national",
        "19.241.323-8",
    ),
    (typed("12216373-3", (CL_CORE, "01")), "CL", "national", "12216373-3"),
    ({"system": "http://regcivil.cl/Validacion/RUN", "value": "15236327-k"}, "CL", "national", "15236327-k"),
    (typed("18922652", (EIS, "1"), extension=[CHECK]), "CL", "national", "18922652-7"),
    (typed("52123456", (V2, "PN"), (RDA, "CC")), "CO", "national", "52123456"),
    (typed("1234567", (V2, "PN"), (RDA, "PT")), "CO", "permit", "1234567"),
    (issued("12345", (CO_TYPES, "CC"), f"{IHCE}/x/co-pais", "170"), "CO", "national", "12345"),
    (issued("9753", (CO_TYPES, "PA"), f"{IHCE}/x/co-pais", "032"), "AR", "passport", "9753"),
    (
        issued("45678912", (f"{RENHICE}/x/IdspersonaPeru", "1"), f"{RENHICE}/x/pe-pais", "PER"),
        "PE",
        "national",
        "45678912",
    ),
    (typed("98765", (PARAGUAY, "01")), "PY", "national", "98765"),
    (typed("1712345675", (V2, "NI"), system="urn:oid.2.16.218"), "EC", "national", "1712345675"),
    (typed("V-12345678", (V2, "NI"), system="urn:oid:2.16.862"), "VE", "national", "V-12345678"),
    (typed("001234567", (V2, "PRC"), **PERU), "PE", "residence", "001234567"),
    ({"value": "7654321", "type": {"text": "PTP"}} | PERU, "PE", "permit", "7654321"),
]


@pytest.mark.parametrize(("identifier", "country", "kind", "number"), SHAPES, ids=range(len(SHAPES)))
def test_a_paper_is_told_by_issuer_and_kind(identifier: dict[str, Any], country: str, kind: str, number: str) -> None:
    found = paper(identifier)
    assert found is not None
    assert (found.country, found.kind, found.number) == (country, kind, number)
    assert number not in repr(found)


@pytest.mark.parametrize(
    "identifier",
    [
        typed("1", (EIS, "2")),
        typed("1", (EIS, "6")),
        typed("1", (CL_CORE, "3")),
        typed("1", (V2, "MR"), system="urn:oid:2.16.862"),
        typed("1", (RDA, "MS")),
        {"value": "1", "system": "http://clinic.example/file"},
        typed("12345", (V2, "NI")),
        typed("", (RDA, "CC")),
        {"type": {"coding": [{"system": RDA, "code": "CC"}]}},
        {},
    ],
    ids=[
        "mother",
        "file",
        "mother in CL Core",
        "clinic",
        "no papers",
        "no type",
        "no issuer",
        "empty",
        "no value",
        "nothing",
    ],
)
def test_what_does_not_stand_for_the_person_is_no_paper(identifier: dict[str, Any]) -> None:
    assert paper(identifier) is None


def test_a_national_paper_without_an_issuer_is_of_the_registers_country() -> None:
    found = paper(typed("12345678", (V2, "NI")), home="VE")
    assert found is not None
    assert found.country == "VE"


def test_a_wrong_check_digit_is_a_warning() -> None:
    resource = {
        "identifier": [
            SHAPES[3][0],
            SHAPES[4][0],
            SHAPES[13][0],
            typed("1712345678", (V2, "NI"), system="urn:oid:2.16.218"),
        ]
    }
    assert [each.expression for each in check_digit_warnings(resource)] == [
        "Patient.identifier[0]",
        "Patient.identifier[3]",
    ]


@pytest.mark.parametrize(
    ("country", "number", "wrong"),
    [
        ("CL", "12.345.678-5", False),
        ("CL", "12.345.678-9", True),
        ("CL", "12345678", False),
        ("EC", "1710034065", False),
        ("EC", "1710034066", True),
        ("EC", "171003406", True),
        ("PE", "10117410", False),
        ("PE", "10117410-2", False),
        ("PE", "10117410-3", True),
        ("CO", "1032456789", False),
        ("VE", "V-12345678", False),
    ],
)
def test_a_check_digit_is_checked_as_its_country_does(country: str, number: str, *, wrong: bool) -> None:
    resource = {"identifier": [typed(number, (V2, "NI"))]}
    assert bool(check_digit_warnings(resource, home=country)) is wrong


def test_a_passport_has_no_check_digit_here() -> None:
    assert check_digit_warnings({"identifier": [typed("1710034066", (V2, "PPN"))]}, home="EC") == ()


SEGUNDO = "https://interoperabilidad.minsal.cl/fhir/ig/eis/StructureDefinition/SegundoApellido"
MOTHER = "http://hl7.org/fhir/StructureDefinition/humanname-mothers-family"
FATHER = "http://hl7.org/fhir/StructureDefinition/humanname-fathers-family"


def extended(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"extension": [{"url": url, "valueString": text} for url, text in pairs]}


@pytest.mark.parametrize(
    ("names", "given", "surnames"),
    [
        ([{"family": "Rojas Peña", "given": ["Luz", "Marina"]}], ("Luz", "Marina"), ("Rojas Peña",)),
        ([{"family": "Rojas", "_family": extended((SEGUNDO, "Bosh")), "given": ["Ana"]}], ("Ana",), ("Rojas", "Bosh")),
        ([{"family": "López", "_family": extended((MOTHER, "Ortíz"))}], (), ("López", "Ortíz")),
        ([{"_family": extended((FATHER, "López"), (MOTHER, "Ortíz"))}], (), ("López", "Ortíz")),
        ([{"family": "López Ortíz", "_family": extended((MOTHER, "Ortíz"))}], (), ("López Ortíz",)),
        ([{"_family": extended((MOTHER, "Rivas")), "given": ["Ana"]}], ("Ana",), ("Rivas",)),
        ([{"use": "old", "family": "X"}, {"use": "usual", "given": ["Xime"]}], ("Xime",), ()),
        ([{"use": "usual", "given": ["Xime"]}, {"use": "official", "family": "Gil"}], (), ("Gil",)),
        ([{"text": "Juan Carlos Pérez Gómez"}], ("Juan", "Carlos"), ("Pérez", "Gómez")),
        ([{"text": "Pérez Gómez, Juan"}], ("Juan",), ("Pérez Gómez",)),
        ([{"text": "Juan"}], ("Juan",), ()),
        ([{"given": ["Luz", None], "family": "Gil"}], ("Luz",), ("Gil",)),
    ],
)
def test_names_are_read_in_the_ways_of_the_region(
    names: list[dict[str, Any]], given: tuple[str, ...], surnames: tuple[str, ...]
) -> None:
    found = demographics({"resourceType": "Patient", "name": names})
    assert found is not None
    assert (found.given, found.surnames) == (given, surnames)


@pytest.mark.parametrize("resource", [{}, {"name": [{"use": "anonymous", "text": "x"}]}, {"name": [{"family": " "}]}])
def test_a_patient_without_a_usable_name_is_nobody(resource: dict[str, Any]) -> None:
    assert demographics(resource) is None


def test_birth_sex_and_papers_come_along() -> None:
    papers = [typed("V-12345678", (V2, "NI")), typed("V-12345678", (V2, "NI")), typed("99", (EIS, "6"))]
    resource = {"name": [{"family": "Gil"}], "birthDate": "1984-02", "gender": "female", "identifier": papers}
    found = demographics(resource, home="VE")
    assert found is not None
    assert (found.birth, found.sex) == ((1984, 2, None), "female")
    assert found.documents == (Document(Country("VE"), DocumentKind.NATIONAL, "V-12345678"),)


def test_a_paper_that_nobody_can_hold_does_not_hide_the_person() -> None:
    papers = [typed("9" * 500, (RDA, "CC")), typed("52123456", (RDA, "CC"))]
    found = demographics({"name": [{"family": "Gil"}], "identifier": papers})
    assert found is not None
    assert [each.number for each in found.documents] == ["52123456"]


def test_a_birth_date_in_no_calendar_is_refused() -> None:
    with pytest.raises(InvalidError):
        demographics({"name": [{"family": "Gil"}], "birthDate": "1984-02-30"})
