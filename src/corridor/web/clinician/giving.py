"""What this country can give, in words: with the source and its day, and never more sure than the source."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.care.formulary import Availability, BridgingDraft, Formulary, Option, Options, Statement
from corridor.web.language import Words

_MOST_OPTIONS = 6
_TONES = {
    Availability.SAME: "have",
    Availability.EQUIVALENT: "have",
    Availability.NOTHING: "bad",
    Availability.UNKNOWN: "open",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to give a regimen, in words."""

    label: str
    products: str
    changes: str
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Giving:
    """The section on what can be given.

    Attributes:
        tone: chooses the sign beside `text`.
        drugs: availability of each drug alone.
        demonstration: the list is no statement of any country.
        source: where the list comes from, its day and its end; empty where there is none.
        draft: the text that the clinician may edit.
    """

    tone: str
    text: str
    options: tuple[Way, ...]
    drugs: str
    demonstration: bool
    source: str
    draft: str

    @property
    def rows(self) -> int:
        """Lines of the field that the draft stands in, with one to write on."""
        return self.draft.count("\n") + 2


def giving(found: Options, draft: BridgingDraft, t: Words) -> Giving:
    """What can be given against the prior regimen, in the reader's language."""
    formulary = found.formulary
    return Giving(
        tone=_TONES[found.availability],
        text=" ".join(filter(None, (t(f"giving.{found.availability}"), _why(found, t)))),
        options=tuple(_way(option, t) for option in found.options[:_MOST_OPTIONS]),
        drugs=", ".join(f"{drug}: {t(f'giving.short.{known}')}" for drug, known in found.drugs),
        demonstration=formulary is not None and formulary.statement is Statement.DEMONSTRATION,
        source=_source(formulary, t) if formulary else "",
        draft=draft.text(t.language),
    )


def _why(found: Options, t: Words) -> str:
    key = f"giving.why.{found.why}"
    return t(key) if found.why and t.knows(key) else ""


def _source(formulary: Formulary, t: Words) -> str:
    return t(
        "give.source",
        source=formulary.source[:200],
        reporter=formulary.reporter[:80],
        day=t.day(formulary.dated),
        until=t.day(formulary.valid_until),
    )


def _way(option: Option, t: Words) -> Way:
    products = ", ".join(" ".join(filter(None, ("/".join(one.components), one.strength))) for one in option.products)
    changes = ", ".join(t("give.change", before=before, after=after) for before, after in option.changes)
    stock = tuple(
        t("give.out", drugs="/".join(one.components), day=t.day(one.reported), source=one.source[:80])
        for one in option.out_of_stock
    )
    cautions = tuple(caution.said(t.language) for caution in option.cautions)
    return Way(" + ".join(option.components), products, changes, (*stock, *cautions))
