"""How much is known of a person, which the hub needs to weigh what did not agree."""

from __future__ import annotations

from collections.abc import Iterable

from corridor.domain.identity.demographics import Demographics, DetailKind, Document, DocumentKind
from corridor.domain.identity.normalise import document_core, given_words, surname_words
from corridor.domain.identity.register import Flags

_COUNT_MAX = 3
_PAPER_BITS = {DocumentKind.NATIONAL: 1, DocumentKind.PASSPORT: 2}
_OTHER_PAPER_BIT = 4
_SEXES = {"male": 1, "female": 2, "other": 3}
_DETAIL_BITS = {DetailKind.PHONE: 1, DetailKind.BIRTH_PLACE: 4, DetailKind.MOTHER: 4}
_PLACE_BIT = 2


def flags(demographics: Demographics) -> Flags:
    """The small numbers that go to the hub with a person's tokens."""
    return Flags(
        given_names=min(len(given_words(demographics.given)), _COUNT_MAX),
        surnames=min(len(surname_words(demographics.surnames)), _COUNT_MAX),
        birth_parts=sum(part is not None for part in demographics.birth or ()),
        document_kinds=_paper_kinds(demographics.documents),
        sex=_SEXES.get(demographics.sex, 0),
        details=_detail_kinds(demographics),
    )


def _paper_kinds(documents: Iterable[Document]) -> int:
    bits = 0
    for paper in documents:
        if document_core(paper.country, paper.number):
            bits |= _PAPER_BITS.get(paper.kind, _OTHER_PAPER_BIT)
    return bits


def _detail_kinds(demographics: Demographics) -> int:
    bits = 0
    for detail in demographics.details:
        bits |= _DETAIL_BITS.get(detail.kind, _PLACE_BIT)
    return bits
