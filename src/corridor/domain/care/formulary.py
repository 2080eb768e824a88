"""What a country can give, as somebody stated it on a day: unknown is not unavailable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corridor.domain.care.wording import Wording
from corridor.domain.country import Country


class Statement(StrEnum):
    """What kind of statement a formulary is."""

    STATED = "stated"
    EVIDENCE = "evidence"
    DEMONSTRATION = "demonstration"


class Availability(StrEnum):
    """How a regimen can be continued."""

    SAME = "same"
    EQUIVALENT = "equivalent"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Presentation:
    """One product on the list.

    Attributes:
        components: abbreviations, sorted.
        strength: as printed, such as `300/300/50 mg`; empty where not stated.
        form: such as `tablet` or `dispersible tablet`; empty where not stated.
        note: as stated, such as `third-line committee`.
    """

    components: tuple[str, ...]
    strength: str = ""
    form: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StockOut:
    """A dated statement that a product cannot be had.

    Attributes:
        components: of the product, sorted.
        reported: day of the statement.
        until: day on which it should end, or None where nobody said; then it is believed for 30 days.
        source: who said it.
    """

    components: tuple[str, ...]
    reported: date
    source: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Formulary:
    """What one country can give.

    Attributes:
        source: document or office that it comes from.
        reporter: who wrote it down for this node.
        dated: day for which the source speaks.
        valid_until: last day on which it is believed; after it everything is unknown.
        complete: whether the source claims to list everything; otherwise what is not listed is unknown.
    """

    country: Country
    source: str
    reporter: str
    dated: date
    valid_until: date
    statement: Statement
    complete: bool
    presentations: tuple[Presentation, ...]
    stock_outs: tuple[StockOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One way to give a regimen.

    Attributes:
        components: what would be taken, sorted.
        products: that together make it.
        changes: pairs (taken before, given instead); empty where nothing changes.
        cautions: what to check before, in three languages.
        sources: why one drug may stand for another; empty where nothing changes.
        out_of_stock: statements that stand against one of the products.
        doubtful: statements that did, and are too old to be believed or disbelieved.
    """

    components: tuple[str, ...]
    products: tuple[Presentation, ...]
    changes: tuple[tuple[str, str], ...] = ()
    cautions: tuple[Wording, ...] = ()
    sources: tuple[str, ...] = ()
    out_of_stock: tuple[StockOut, ...] = ()
    doubtful: tuple[StockOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How a prior regimen can be continued here.

    Attributes:
        why: code of why it is unknown or nothing: `no-formulary`, `expired`, `not-yet`, `incomplete-list`,
            `unread-regimen`, `stock-out-old`, `stock-out`, `not-listed`; empty for the same and the equivalent.
        options: ways to give it, the fewest changes and products first.
        drugs: availability of each drug alone, in the order of the prior regimen.
        formulary: what it was read from, also where that has expired; None where the node has none.
    """

    prior: tuple[str, ...]
    availability: Availability
    why: str
    options: tuple[Option, ...]
    drugs: tuple[tuple[str, Availability], ...]
    formulary: Formulary | None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of a draft, for the clinician to keep, change or strike out.

    Attributes:
        topic: `regimen`, `supply`, `option`, `check`, `unknown`, `downgrade` or `decision`.
        known: False where the line names something that is not known.
    """

    topic: str
    text: Wording
    known: bool = True


@dataclass(frozen=True, slots=True)
class BridgingDraft:
    """A draft plan to bridge the days until treatment is settled here; nobody but the clinician makes it a plan."""

    lines: tuple[DraftLine, ...]

    def text(self, language: str) -> str:
        """The draft as editable text in `es`, `en` or `pt`, one line each."""
        return "\n".join(f"- {line.text.said(language)}" for line in self.lines)
