"""Identity papers in `Patient.identifier`: the issuing country and the kind decide, never `system` alone.

Source: INTEROP sections 1.2 and 5 of the project's reading: LACPASS, CL Core, EIS, IHCE-CO, RDA, RENHICE, MSP Paraguay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stdnum.cl import rut
from stdnum.ec import ci
from stdnum.pe import cui

from corridor.domain.errors import Issue
from corridor.fhir.known_papers import known_papers

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
ISO_3166 = "urn:iso:std:iso:3166"
CHECK_DIGIT = "http://hl7.org/fhir/StructureDefinition/identifier-checkDigit"


@dataclass(frozen=True, slots=True, repr=False)
class Paper:
    """One identity paper as it was written down; has no readable text form.

    Attributes:
        country: ISO 3166-1 alpha-2 code of the issuing country.
        kind: `national`, `passport`, `residence`, `permit` or `other`.
        number: as printed, with its check digit where the card shows one.
    """

    country: str
    kind: str
    number: str

    def __repr__(self) -> str:
        return "Paper(…)"


_COUNTRY_ROWS = (
    "AR ARG 032|BO BOL 068|BR BRA 076|CA CAN 124|CL CHL 152|CO COL 170|CR CRI 188|CU CUB 192|DO DOM 214|EC ECU 218|"
    "ES ESP 724|GT GTM 320|GY GUY 328|HN HND 340|HT HTI 332|MX MEX 484|NI NIC 558|PA PAN 591|PE PER 604|PY PRY 600|"
    "SR SUR 740|SV SLV 222|TT TTO 780|US USA 840|UY URY 858|VE VEN 862"
)
COUNTRIES = {code: row.split()[0] for row in _COUNTRY_ROWS.split("|") for code in row.split()}
"""Alpha-2 by alpha-2, alpha-3 and numeric code (ISO 3166-1) of the countries that migrants come through."""

_SYSTEMS = (("regcivil.cl", "CL"), ("minsal.cl", "CL"), ("hl7chile.cl", "CL"))
"""Country by a piece of a system that does not say by itself whose it is."""

_GOVERNMENT = re.compile(r"^https?://(?:[^/?#]+\.)?(?:gob|gov|gub|gouv|go)\.([a-z]{2})(?:[:/?#]|$)", re.IGNORECASE)
"""A government's own domain names its country by the last label (ISO 3166-1 alpha-2, RFC 1591)."""

_COUNTRY_ARC = re.compile(r"^urn:oid:2\.16\.([0-9]{1,3})(?:\.|$)")
"""Arcs of countries below joint-iso-itu-t are numbered as ISO 3166-1 does (X.660); `urn.oid.` is read as `urn:oid:`."""

_V2_KINDS = {
    "PPN": "passport",
    "NI": "national",
    "NNxxx": "national",
    "TAX": "national",
    "CZ": "national",
    "PRC": "residence",
    "VS": "permit",
}
_CO_KINDS = {
    "CC": "national",
    "TI": "national",
    "RC": "national",
    "CE": "residence",
    "PA": "passport",
    "PE": "permit",
    "PT": "permit",
    "SC": "permit",
    "CD": "other",
    "DE": "other",
}
_PE_KINDS = {
    "1": "national",
    "DNI": "national",
    "2": "residence",
    "CE": "residence",
    "3": "passport",
    "PAS": "passport",
}
_EIS_KINDS = {"1": "national", "3": "passport", "4": "other"}
_CL_CORE_KINDS = {"1": "national", "2": "national", "5": "passport", "6": "other"}
_PY_KINDS = {"1": "national"}

CODE_SYSTEMS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ColombianPersonIdentifier", "CO", _CO_KINDS),
    ("IdspersonaColombia", "CO", _CO_KINDS),
    ("IdspersonaPeru", "PE", _PE_KINDS),
    ("eis-tipo-identificador-cs", "CL", _EIS_KINDS),
    ("CSTipoIdentificador", "CL", _CL_CORE_KINDS),
    ("IdentificadoresPersonaCS", "PY", _PY_KINDS),
    ("v2-0203", "", _V2_KINDS),
)
"""Kinds by the end of the type's code system and its default issuer; a code without a kind is no identity paper.

A mother's number, a clinic's file number and an insurer's number must not stand for the person.
"""

_SYSTEM_KINDS = (("regcivil.cl/Validacion/RUN", "national"), ("NamingSystem/RNEC", "national"))
"""Kinds by the end of `system`, for identifiers without a type."""

_TEXT_KINDS = {
    "CEDULA": "national",
    "RUN": "national",
    "RUT": "national",
    "DNI": "national",
    "PASAPORTE": "passport",
    "PASSPORT": "passport",
    "CE": "residence",
    "PPT": "permit",
    "PTP": "permit",
    "CPP": "permit",
    "PEP": "permit",
}
"""Kinds by `type.text`, for papers that no code system knows."""

_OID = re.compile(r"^urn[:.]oid[:.]")
_PREFIX = re.compile(r"([A-Z]{2})/(.+)")
_NATIONAL_CODE = re.compile(r"NN([A-Z]{3})")
_COUNTRY_EXTENSION = re.compile(r"(co-pais|pe-pais|PaisEmisionDoc|CodigoPaises|patient-country)$", re.IGNORECASE)


def paper(identifier: dict[str, Any], *, home: str = "") -> Paper | None:
    """The identity paper of an identifier, or None where it is none or its issuer is unknown.

    Args:
        identifier: a FHIR Identifier.
        home: country of the register, for national papers that name no issuer.
    """
    value = identifier.get("value", "").strip()
    kind, implied = _kind(identifier)
    prefix = _PREFIX.fullmatch(value)
    number = prefix[2] if prefix else value
    named = COUNTRIES.get(prefix[1], "") if prefix else ""
    issuer = _named_country(identifier) or named or implied or _system_country(identifier) or home
    if not kind or not issuer or not number:
        return None
    return Paper(issuer, kind, _with_check(number, identifier))


def _kind(identifier: dict[str, Any]) -> tuple[str, str]:
    """Kind and implied issuer of an identifier's type; a country's own code system is asked before HL7's."""
    concept = identifier.get("type", {})
    found = [each for each in map(_coded_kind, concept.get("coding", ())) if each]
    own = [each for each in found if each[1]]
    for kind, issuer in own or found:
        return kind, "" if kind in {"passport", "other"} else issuer
    by_text = _text_kind(concept.get("text", "").strip().upper())
    system = identifier.get("system", "")
    ends = [*_SYSTEM_KINDS, *((each.rule.system, each.rule.kind) for each in known_papers() if each.rule.system)]
    return by_text or next((kind for end, kind in ends if not concept and system.endswith(end)), ""), ""


def _text_kind(text: str) -> str:
    joined = (each.rule.kind for each in known_papers() if text and each.rule.label.upper() == text)
    return _TEXT_KINDS.get(text) or next(joined, "")


def _coded_kind(coding: dict[str, Any]) -> tuple[str, str] | None:
    code = coding.get("code", "")
    national = _NATIONAL_CODE.fullmatch(code)
    if national:
        return "national", COUNTRIES.get(national[1], "")
    system = coding.get("system", "")
    for each in known_papers():
        rule = each.rule
        if rule.code_system and system.endswith(rule.code_system) and rule.code == code:
            return rule.kind, each.country
    for end, issuer, kinds in CODE_SYSTEMS:
        if system.endswith(end):
            kind = kinds.get(code) or kinds.get(code.lstrip("0"))
            return (kind or "", issuer) if kind or issuer else None
    return None


def _named_country(identifier: dict[str, Any]) -> str:
    """The issuer that is written out: in an extension of the type or of the identifier, or as the assigner."""
    codes = [*_extension_codes(identifier.get("type", {})), *_extension_codes(identifier)]
    assigner = identifier.get("assigner", {}).get("identifier", {})
    if assigner.get("system") == ISO_3166:
        codes.append(assigner.get("value", ""))
    return next((COUNTRIES[code] for code in codes if code in COUNTRIES), "")


def _extension_codes(element: dict[str, Any]) -> Iterator[str]:
    for extension in element.get("extension", ()):
        if _COUNTRY_EXTENSION.search(extension.get("url", "")):
            yield extension.get("valueCode", "")
            yield from (
                coding.get("code", "") for coding in extension.get("valueCodeableConcept", {}).get("coding", ())
            )


def _system_country(identifier: dict[str, Any]) -> str:
    system = _OID.sub("urn:oid:", identifier.get("system", ""))
    declared = (each.country for each in known_papers() if each.rule.system and system.endswith(each.rule.system))
    joined = next(declared, "")
    named = _GOVERNMENT.match(system)
    arc = _COUNTRY_ARC.match(system)
    found = COUNTRIES.get(named[1].upper() if named else arc[1].zfill(3) if arc else "", "")
    return joined or found or next((country for piece, country in _SYSTEMS if piece in system), "")


def _with_check(number: str, identifier: dict[str, Any]) -> str:
    checks = (each.get("valueString", "") for each in identifier.get("extension", ()) if each.get("url") == CHECK_DIGIT)
    check = next(checks, "")
    return f"{number}-{check}" if check else number


def papers(resource: dict[str, Any], *, home: str = "") -> Iterator[Paper]:
    """Identity papers of a Patient, in order."""
    for identifier in resource.get("identifier", ()):
        found = paper(identifier, home=home)
        if found and identifier.get("use") != "old":
            yield found


def check_digit_warnings(resource: dict[str, Any], *, home: str = "") -> tuple[Issue, ...]:
    """A warning for each number whose check digit is wrong; published examples carry wrong ones, so none is refused.

    Source: python-stdnum `cl.rut`, `ec.ci`, `pe.cui`.
    """
    found = ((index, paper(each, home=home)) for index, each in enumerate(resource.get("identifier", ())))
    return tuple(
        Issue("value", "The check digit of this number is wrong.", f"Patient.identifier[{index}]")
        for index, each in found
        if each and each.kind == "national" and each.country in _CHECKS and not _CHECKS[each.country](each.number)
    )


_DNI_DIGITS = 8

_CHECKS: dict[str, Callable[[str], bool]] = {
    "CL": lambda number: "-" not in number or bool(rut.is_valid(number)),
    "EC": lambda number: bool(ci.is_valid(number)),
    "PE": lambda number: len(cui.compact(number)) <= _DNI_DIGITS or bool(cui.is_valid(number)),
}
"""Whether a national number's check digit is right, by issuing country, as far as one is written down.

A RUN is written with or without its digit, a DNI rarely with it. Colombian and Venezuelan cédulas have none, nor have
passports.
"""
