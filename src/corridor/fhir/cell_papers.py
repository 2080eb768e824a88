"""Identity papers as tables write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corridor.fhir.cell_error import CellError
from corridor.fhir.identifiers import COUNTRIES, ISO_3166, V2
from corridor.fhir.known_papers import known_papers
from corridor.fhir.mapping import Field, Mapping
from corridor.fhir.search_values import fold

Cells = Callable[[str], str]
"""The text of a column in this row, empty where nothing was written."""

_PAPERS = {"RUN": ("NI", "CL"), "DNI": ("NI", "PE"), "CEDULA": ("NI", ""), "CE": ("PRC", ""), "PASSPORT": ("PPN", "")}
"""Type by HL7 v2-0203 and the country that issues it, where only one does; other papers have their name alone."""

_V2_CODES = {"national": "NI", "passport": "PPN", "residence": "PRC", "permit": "VS"}

_WORLD_ROW = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
_WORLD = frozenset(_WORLD_ROW.split())
"""ISO 3166-1 alpha-2: people come through the corridor with passports of everywhere."""


def issuer_of(code: str) -> str:
    """The alpha-2 code of a country by any of its ISO 3166-1 codes; empty for none that is known here."""
    named = code.strip().upper()
    return COUNTRIES.get(named) or (named if named in _WORLD else "")


def read_identifier(text: str, field: Field, *, cells: Cells, mapping: Mapping) -> dict[str, Any]:
    """A paper's number as an Identifier with its type and the country that issued it.

    Raises:
        CellError: the kind of paper or the country cannot be read.
    """
    paper = _paper(field, cells, mapping)
    if not paper:
        return {"system": field.system, "value": text}
    code, usual = _PAPERS.get(paper) or _joined(paper)
    kind = {"coding": [{"system": V2, "code": code}]} if code else {}
    issuer = _issuer(field, cells, mapping) or usual
    said = {"type": kind | {"text": paper}, "value": text} | ({"system": field.system} if field.system else {})
    return said | ({"assigner": {"identifier": {"system": ISO_3166, "value": issuer}}} if issuer else {})


def _joined(paper: str) -> tuple[str, str]:
    """Type and issuer of a paper by the name that a country of the federation gives it."""
    found = (each for each in known_papers() if each.rule.label.upper() == paper)
    return next(((_V2_CODES[each.rule.kind], each.country) for each in found), ("", ""))


def _paper(field: Field, cells: Cells, mapping: Mapping) -> str:
    if not field.paper_column:
        return field.paper.upper()
    said = cells(field.paper_column)
    found = mapping.values[field.values].get(fold(said)) if field.values else said
    if not found:
        raise CellError("The kind of paper is empty or not in the mapping's table.", field.paper_column)
    return found.upper()


def _issuer(field: Field, cells: Cells, mapping: Mapping) -> str:
    if not field.issuer_column:
        return issuer_of(field.issuer)
    said = cells(field.issuer_column)
    found = issuer_of(mapping.values[field.issuers].get(fold(said), "") if field.issuers else said)
    if said and not found:
        raise CellError("The country is not in the mapping's table, and no code of ISO 3166.", field.issuer_column)
    return found
