"""Who a person is. Only the rooms on this module's guest list may hold one of these values (import contract 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from unicodedata import category

import msgspec

from corridor.domain.country import Country, country
from corridor.domain.errors import InvalidError

NAMES_MAX = 8
DOCUMENTS_MAX = 12
DETAILS_MAX = 12
TEXT_MAX = 120
_UNWRITTEN = ("Cc", "Cs", "Cn")

Birth = tuple[int, int | None, int | None]
"""Year, month, day; what is not known is None, and a day needs its month."""


class DocumentKind(StrEnum):
    """What a paper is; it is often miscoded, so no token depends on it."""

    NATIONAL = "national"
    PASSPORT = "passport"
    RESIDENCE = "residence"
    PERMIT = "permit"
    OTHER = "other"


class DetailKind(StrEnum):
    """What else a register may have written of a person; each is optional, and none tells a person alone."""

    PHONE = "phone"
    ADDRESS = "address"
    POSTCODE = "postcode"
    RESIDENCE = "residence"
    BIRTH_PLACE = "birth-place"
    MOTHER = "mother"


SEXES = frozenset(("male", "female", "other", "unknown", ""))
"""AdministrativeGender, or empty where nobody wrote it (http://hl7.org/fhir/R4/valueset-administrative-gender.html)."""


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One paper: the country that issued it, its kind and its number as printed.

    Raises:
        InvalidError: no country, or a number that is empty or longer than any paper's.
    """

    country: Country
    kind: DocumentKind
    number: str

    def __post_init__(self) -> None:
        country(self.country)
        _check_text(self.number)

    def __repr__(self) -> str:
        return "Document(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Detail:
    """One thing beside names, birth date and papers, as it was written: a telephone number, a place, a mother's name.

    Raises:
        InvalidError: the text is empty or too long.
    """

    kind: DetailKind
    text: str

    def __post_init__(self) -> None:
        _check_text(self.text)

    def __repr__(self) -> str:
        return "Detail(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Demographics:
    """What tells one person from another; has no readable text form.

    Attributes:
        given: given names as written, in order; a compound name may be one text or several.
        surnames: family names as written, in order; particles may be kept.
        birth: year, month and day as far as they are known, or None.
        sex: an AdministrativeGender code, or empty.
        documents: papers of any country.
        details: whatever else is known.

    Raises:
        InvalidError: no name at all, a text that is empty or too long, a date that no calendar has, or an unknown sex.
    """

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    birth: Birth | None = None
    sex: str = ""
    documents: tuple[Document, ...] = ()
    details: tuple[Detail, ...] = ()

    def __post_init__(self) -> None:
        if not self.given and not self.surnames:
            raise InvalidError("A person has at least one name.", ("Patient.name",))
        if len(self.given) > NAMES_MAX or len(self.surnames) > NAMES_MAX or len(self.documents) > DOCUMENTS_MAX:
            raise InvalidError("A person has at most 8 given names, 8 surnames and 12 documents.", ("Patient",))
        if len(self.details) > DETAILS_MAX:
            raise InvalidError("A person has at most 12 telephone numbers, addresses and places.", ("Patient",))
        if self.sex not in SEXES:
            raise InvalidError("The sex is no AdministrativeGender code.", ("Patient.gender",))
        for name in (*self.given, *self.surnames):
            _check_text(name)
        _check_birth(self.birth)

    def __repr__(self) -> str:
        return "Demographics(…)"

    def to_json(self) -> bytes:
        """Compact JSON for sealing; `from_json` reads it back to an equal value."""
        documents = [(paper.country, paper.kind.value, paper.number) for paper in self.documents]
        details = [(detail.kind.value, detail.text) for detail in self.details]
        return msgspec.json.encode((self.given, self.surnames, self.birth, self.sex, documents, details))

    @staticmethod
    def from_json(content: bytes) -> Demographics:
        """The person that `to_json` wrote; a description without the list of details is read too.

        Raises:
            InvalidError: the bytes are anything else.
        """
        try:
            wire = msgspec.json.decode(content, type=_Wire, strict=True)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidError("A sealed description of a person is malformed.") from None
        papers = tuple(Document(country(issuer), kind, number) for issuer, kind, number in wire.documents)
        details = tuple(Detail(kind, text) for kind, text in wire.details)
        return Demographics(wire.given, wire.surnames, wire.birth, wire.sex, papers, details)


class _Wire(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A description as it is sealed; whoever wrote it before there were details wrote five parts."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    birth: Birth | None
    sex: str
    documents: tuple[tuple[str, DocumentKind, str], ...]
    details: tuple[tuple[DetailKind, str], ...] = ()


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > TEXT_MAX or any(category(letter) in _UNWRITTEN for letter in text):
        raise InvalidError("A name or document number is empty, too long or not text.", ("Patient",))


def _check_birth(birth: Birth | None) -> None:
    if birth is None:
        return
    year, month, day = birth
    try:
        date(year, month or 1, day or 1)
    except (ValueError, TypeError, OverflowError):
        raise InvalidError("A birth date is in no calendar.", ("Patient.birthDate",)) from None
    if (day is not None and month is None) or 0 in (month, day):
        raise InvalidError("A birth date is in no calendar.", ("Patient.birthDate",))
