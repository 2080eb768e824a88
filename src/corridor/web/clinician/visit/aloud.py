"""The text that is read to a person, in the language of the person."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corridor.domain.consent_text import SpokenText
from corridor.web.clinician.desk import ConsentTerms
from corridor.web.language import Language, Words, words

VERSION = "2026-12"
"""Another one whenever the text says something else; the words of a version are pinned by a test."""

PARAGRAPHS = ("ask", "how", "risk", "never", "kept", "urgent", "free")

_ROOM = Path(__file__).parent.parent


def spoken(language: Language) -> SpokenText:
    """The text as it is read."""
    t = words(language, _ROOM)
    return SpokenText(VERSION, language, t("aloud.title"), tuple(t(f"aloud.{name}") for name in PARAGRAPHS))


def agreed(terms: ConsentTerms, language: Language) -> tuple[str, ...]:
    """What the person chose, in words, for the signed form."""
    t = words(language, _ROOM)
    return (
        _line(t, "consent.countries", (t.name("country", code) for code in sorted(terms.countries))),
        _line(
            t, "consent.categories", (t.name("category", code) for code in sorted(terms.categories) if code != "match")
        ),
        _line(t, "consent.purpose", [t(f"consent.purpose.{terms.purpose}")]),
        _line(t, "consent.days", [t.day(terms.until)]),
    )


def _line(t: Words, question: str, answers: Iterable[str]) -> str:
    return f"{t(question)} {', '.join(answers)}"
