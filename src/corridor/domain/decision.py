"""What a person's consents come to for one ask: what may be disclosed, or why nothing may, and by which provisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from corridor.domain.category import Category
from corridor.domain.period import ALWAYS, Period


class Reason(StrEnum):
    """Why an ask is denied; the audit keeps it, the asker never sees it."""

    FORBIDDEN_PURPOSE = "forbidden-purpose"
    UNKNOWN_PURPOSE = "unknown-purpose"
    NOTHING_ASKED = "nothing-asked"
    DENIED = "denied"
    UNREADABLE = "unreadable"
    WITHDRAWN = "withdrawn"
    NOT_IN_FORCE = "not-in-force"
    NOT_COVERED = "not-covered"
    NO_CONSENT = "no-consent"


@dataclass(frozen=True, slots=True, order=True)
class Spoken:
    """A provision that a decision rests on.

    Attributes:
        consent_id: the consent that it stands in.
        index: its place in that consent, from 0.
    """

    consent_id: str
    index: int
    permit: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """What of one category may be disclosed: inside a permitted and outside every denied span of clinical dates."""

    category: Category
    permitted: frozenset[Period]
    denied: frozenset[Period] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether every record of the category may go, whatever its date."""
        return not self.denied and ALWAYS in self.permitted

    def allows(self, effective: datetime | None) -> bool:
        """Whether a record of that clinical date may go; an undated record passes no span that has an edge."""
        if effective is None:
            return self.whole
        permitted = any(span.holds(effective) for span in self.permitted)
        return permitted and not any(span.holds(effective) for span in self.denied)


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be disclosed.

    Attributes:
        grants: one per permitted category, ordered by category.
        until: decide again after that; None where no end is known.
        consent_ids: consents that it rests on, ordered.
        provisions: the permits that allow it and the denials that cut it, ordered.
    """

    grants: tuple[Grant, ...]
    until: datetime | None
    consent_ids: tuple[str, ...]
    provisions: tuple[Spoken, ...] = field(default=(), compare=False)

    @property
    def categories(self) -> frozenset[Category]:
        """The categories of which something may be disclosed."""
        return frozenset(grant.category for grant in self.grants)

    def allows(self, category: Category, effective: datetime | None = None) -> bool:
        """Whether one record may be disclosed, by its category and clinical date."""
        return any(grant.category == category and grant.allows(effective) for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Deny:
    """Nothing may be disclosed; the reason names no person and stays in the audit.

    Attributes:
        provisions: the denials that hold, or the permits that no longer or do not yet count; ordered.
    """

    reason: Reason
    provisions: tuple[Spoken, ...] = field(default=(), compare=False)


Decision = Permit | Deny
