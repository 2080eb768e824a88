"""Who a FHIR Patient is, read from the ways in which Latin American registers write people down."""

from __future__ import annotations

from typing import Any

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import (
    DETAILS_MAX,
    DOCUMENTS_MAX,
    NAMES_MAX,
    SEXES,
    TEXT_MAX,
    Birth,
    Demographics,
    Detail,
    DetailKind,
    Document,
    DocumentKind,
)
from corridor.fhir.identifiers import papers
from corridor.fhir.person_details import details

_USES = ("official", "", "usual", "maiden", "temp", "nickname")
"""Names in order of trust; `old` and `anonymous` name nobody."""

_FATHER = ("fathers-family", "fathersfamilyname")
_MOTHER = ("mothers-family", "mothersfamilyname", "segundoapellido")
"""Ends of the extensions of `family` that hold one surname each: HL7, Chile (CL Core, EIS), Colombia (RDA)."""

_SURNAMES = 2


def demographics(resource: dict[str, Any], *, home: str = "") -> Demographics | None:
    """What tells this person from another, or None where the Patient has no usable name.

    Args:
        resource: a valid FHIR Patient.
        home: ISO 3166-1 alpha-2 code of the register's country, for papers that name no issuer.

    Raises:
        InvalidError: a birth date that no calendar has.
    """
    given, surnames = _names(resource)
    if not given and not surnames:
        return None
    sex = resource.get("gender", "")
    return Demographics(
        given=given[:NAMES_MAX],
        surnames=surnames[:NAMES_MAX],
        birth=_birth(resource.get("birthDate", "")),
        sex=sex if sex in SEXES else "",
        documents=_documents(resource, home)[:DOCUMENTS_MAX],
        details=_details(resource)[:DETAILS_MAX],
    )


def _names(resource: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    trusted = [each for each in resource.get("name", ()) if each.get("use", "") in _USES]
    for name in sorted(trusted, key=lambda each: _USES.index(each.get("use", ""))):
        given = _usable(name.get("given", ()))
        surnames = _surnames(name)
        if given or surnames:
            return given, surnames
        if name.get("text"):
            return _from_text(name["text"])
    return (), ()


def _surnames(name: dict[str, Any]) -> tuple[str, ...]:
    """The family name, then the second surname unless the family name already ends with it."""
    extensions = name.get("_family", {}).get("extension", ())
    father, mother = _extended(extensions, _FATHER), _extended(extensions, _MOTHER)
    family = name.get("family", "") or father
    if not mother or family.casefold().split()[-len(mother.split()) :] == mother.casefold().split():
        return _usable((family,))
    return _usable((family, mother))


def _extended(extensions: Any, ends: tuple[str, ...]) -> str:
    found = (each.get("valueString", "") for each in extensions if each.get("url", "").casefold().endswith(ends))
    return next(found, "")


def _from_text(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name in one text: `surnames, given`, or the last two words are surnames and a lone word is a given name."""
    if "," in text:
        family, _, rest = text.partition(",")
        return _usable((rest,)), _usable((family,))
    parts = _usable(text.split())
    cut = max(1, len(parts) - _SURNAMES)
    return parts[:cut], parts[cut:]


def _usable(texts: Any) -> tuple[str, ...]:
    return tuple(each.strip() for each in texts if each and each.strip() and len(each) <= TEXT_MAX)


def _birth(text: str) -> Birth | None:
    if not text:
        return None
    year, month, day, *_ = [*map(int, text.split("-")), None, None]
    return (year, month, day) if year else None


def _documents(resource: dict[str, Any], home: str) -> tuple[Document, ...]:
    found: dict[Document, None] = {}
    for each in papers(resource, home=home):
        try:
            found[Document(Country(each.country), DocumentKind(each.kind), each.number)] = None
        except InvalidError:
            continue  # a number that no paper has does not keep the person from being found by the rest
    return tuple(found)


def _details(resource: dict[str, Any]) -> tuple[Detail, ...]:
    found: dict[Detail, None] = {}
    for kind, text in details(resource):
        try:
            found[Detail(DetailKind(kind), text.strip())] = None
        except InvalidError:
            continue  # a text that no address is does not keep the person from being found by the rest
    return tuple(found)
