"""A patient summary of anybody's as it is read aloud: its sections as rows of plain text in the reader's language.

Nothing of a stranger's document reaches a page as markup: rows are made from its resources, and a section that has
none is told by the words of its narrative alone.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corridor.domain.errors import InvalidError, MalformedError
from corridor.fhir.medication import inline_medication
from corridor.fhir.summary_sections import SECTIONS, line
from corridor.fhir.summary_words import LANGUAGES, WORDS

Resource = dict[str, Any]

MOST_ROWS = 5_000
_LONGEST_CELL = 400
_LONGEST_NARRATIVE = 4_000
_KEYS = {section.code: section.key for section in SECTIONS}
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_BLANK = re.compile(r"\s+")

Row = tuple[str, str, str, str]
"""When, what, how much, in which state."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section: its title in the reader's language where it is known, rows newest first, words where it has none."""

    title: str
    rows: tuple[Row, ...]
    words: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class DocumentView:
    """A document, ready to be shown; has no readable text form.

    Attributes:
        unread: entries that are not shown because they cannot be read.
    """

    title: str
    patient: str
    birth: str
    author: str
    dated: str
    sections: tuple[SectionView, ...]
    unread: int


def document_view(raw: bytes, language: str) -> DocumentView:
    """The view of a Bundle: a patient summary, or the collection of a health card.

    Args:
        raw: JSON as it came.
        language: `es`, `en` or `pt`; anything else reads as `es`.

    Raises:
        MalformedError: not JSON.
        InvalidError: not a Bundle of resources.
    """
    language = language if language in LANGUAGES else LANGUAGES[0]
    entries = _entries(raw)
    resources = [each for _, each in entries]
    composition = _first(resources, "Composition")
    reading = _Reading({url: each for url, each in entries if url}, language)
    sections = tuple(reading.sections(composition)) if composition else (reading.all(resources),)
    patient = _first(resources, "Patient")
    return DocumentView(
        title=_text(composition.get("title")),
        patient=_name(patient),
        birth=_text(patient.get("birthDate")),
        author=reading.author(composition),
        dated=_text(composition.get("date"))[: len("2026-11-22")],
        sections=sections,
        unread=reading.unread,
    )


class _Reading:
    """One pass over a document."""

    def __init__(self, by_url: dict[str, Resource], language: str) -> None:
        self._by_url = {name: each for url, each in by_url.items() for name in _names(url, each)}
        self._language = language
        self.unread = 0

    def sections(self, composition: Resource) -> Iterator[SectionView]:
        """The sections of a document, in its order."""
        for each in _objects(composition.get("section")):
            codings = _objects(_object(each.get("code")).get("coding"))
            key = next((_KEYS[code] for coding in codings if (code := _text(coding.get("code"))) in _KEYS), "")
            title = WORDS[key][self._language] if key else _text(each.get("title"))
            found = [self._by_url.get(_text(item.get("reference"))) for item in _objects(each.get("entry"))]
            rows = self._rows([item for item in found if item is not None])
            self.unread += sum(item is None for item in found)
            yield SectionView(title, rows, "" if rows else _plain(each))

    def all(self, resources: list[Resource]) -> SectionView:
        """Everything that a card holds, as one section."""
        told = [each for each in resources if each.get("resourceType") not in {"Patient", "Organization"}]
        return SectionView("", self._rows(told))

    def author(self, composition: Resource) -> str:
        """Who made the document, as it says itself."""
        named = [_text(each.get("reference")) for each in _objects(composition.get("author"))]
        found = (self._by_url.get(each, {}) for each in named)
        return next((name for each in found if (name := _text(each.get("name")) or _name(each))), "")

    def _rows(self, resources: list[Resource]) -> tuple[Row, ...]:
        rows = [row for each in resources[:MOST_ROWS] if (row := self._row(each))]
        self.unread += len(resources) - len(rows)
        return tuple(sorted(rows, reverse=True))

    def _row(self, resource: Resource) -> Row | None:
        try:
            reference = resource.get("medicationReference", {}).get("reference", "")
            cells = line(inline_medication(resource, self._by_url.get(reference)), self._language)
            when, what, value, status = (_text(cell)[:_LONGEST_CELL] for cell in cells)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # a stranger's resource may be anything
            return None
        return when, what, value, status


def _entries(raw: bytes) -> list[tuple[str, Resource]]:
    try:
        # Numbers are read as texts: they are shown as they were written.
        read = json.loads(raw, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise MalformedError("The document is not JSON.") from None
    if not isinstance(read, dict) or read.get("resourceType") != "Bundle":
        raise InvalidError("The document is not a Bundle.")
    found = [(_text(each.get("fullUrl")), each.get("resource")) for each in _objects(read.get("entry"))]
    return [(url, resource) for url, resource in found if isinstance(resource, dict)]


def _names(url: str, resource: Resource) -> Iterator[str]:
    """Every way in which issuers refer to an entry; some write `Type/id` where the entry has a `urn:uuid`."""
    kind = _text(resource.get("resourceType"))
    yield from (f"{kind}/{_text(resource.get('id'))}", f"{kind}/{url.rpartition(':')[2]}")
    yield from ("/".join(url.rsplit("/", 2)[-2:]), url)


def _first(resources: list[Resource], kind: str) -> Resource:
    return next((each for each in resources if each.get("resourceType") == kind), {})


def _name(resource: Resource) -> str:
    for each in _objects(resource.get("name")):
        given = each.get("given")
        words = [_text(word) for word in given] if isinstance(given, list) else []
        whole = _text(each.get("text")) or " ".join([*words, _text(each.get("family"))]).strip()
        if whole:
            return whole[:_LONGEST_CELL]
    return ""


def _plain(section: Resource) -> str:
    """The words of a narrative without any of its markup."""
    written = _text(_object(section.get("text")).get("div"))[: 4 * _LONGEST_NARRATIVE]
    return _BLANK.sub(" ", html.unescape(_TAGS.sub(" ", written))).strip()[:_LONGEST_NARRATIVE]


def _objects(found: Any) -> list[Resource]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _object(found: Any) -> Resource:
    return found if isinstance(found, dict) else {}


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""
