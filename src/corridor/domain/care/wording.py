"""A sentence in the three languages of the corridor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence, said in Spanish, English and Portuguese."""

    es: str
    en: str
    pt: str

    def said(self, language: str) -> str:
        """The sentence in `es`, `en` or `pt`; in Spanish where another language is asked for."""
        return {"en": self.en, "pt": self.pt}.get(language, self.es)

    def filled(self, **gaps: Wording | str) -> Wording:
        """The sentence with its `{gaps}` filled, each in the language of the sentence."""
        return Wording(*(self.said(tongue).format(**_in(tongue, gaps)) for tongue in ("es", "en", "pt")))


def _in(language: str, gaps: dict[str, Wording | str]) -> dict[str, str]:
    return {name: gap.said(language) if isinstance(gap, Wording) else gap for name, gap in gaps.items()}
