"""The words of the pages are plain: whole sentences read easily in each language."""

from __future__ import annotations

import re

import pytest

from corridor.web.language import Language
from tests.pages.readability import ease
from tests.pages.test_languages_are_complete import ROOMS, table

EASY = {Language.ES: 80, Language.EN: 75, Language.PT: 75}
"""INFLESZ: very easy; Flesch: fairly easy; Flesch for Portuguese: very easy."""

HARDEST = {Language.ES: 20, Language.EN: 10, Language.PT: 5}
"""No single sentence of eight words or more is harder; long names of drugs and countries weigh in short sentences."""

_LEAST_WORDS = 5
_LONG_WORDS = 8
_GAP = re.compile(r"\{\w+\}")


def sentences(language: Language) -> list[str]:
    """Everything that is said in whole sentences, gaps filled with a short word."""
    said = [_GAP.sub("dos", text) for room in ROOMS for text in table(room, language).values()]
    return [text for text in said if len(text.split()) >= _LEAST_WORDS and text.rstrip().endswith((".", "?", "»"))]


@pytest.mark.parametrize("language", Language)
def test_the_words_are_easy_to_read(language: Language) -> None:
    said = sentences(language)
    assert len(said) > 100
    assert ease(said, language) >= EASY[language]


@pytest.mark.parametrize("language", Language)
def test_no_sentence_is_hard(language: Language) -> None:
    parts = [part.strip() for text in sentences(language) for part in re.split(r"(?<=[.?!:])\s", text)]
    hard = [part for part in parts if len(part.split()) >= _LONG_WORDS and ease([part], language) < HARDEST[language]]
    assert hard == []


@pytest.mark.parametrize(
    ("language", "easy", "hard"),
    [
        ("es", "Tome su pastilla con agua.", "La administración farmacológica requiere monitorización hematológica."),
        ("en", "Take your pill with water.", "Pharmacological administration necessitates haematological monitoring."),
        ("pt", "Tome seu remédio com água.", "A administração farmacológica requer monitorização hematológica."),
    ],
)
def test_the_formulas_tell_easy_from_hard(language: str, easy: str, hard: str) -> None:
    assert ease([easy], language) > 70
    assert ease([hard], language) < 30
