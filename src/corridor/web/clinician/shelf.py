"""What the pages remember for one sign-in and for minutes only, in memory: nothing here is ever written down."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from corridor.domain.care.event import Event
from corridor.domain.country import Country
from corridor.domain.history import History
from corridor.domain.lease import Copies
from corridor.web.clinician.person import PersonRow

KEPT = timedelta(minutes=15)
MOST_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class PulledHistory:
    """A history with the person it was asked for.

    Attributes:
        history: what was heard so far.
        awaited: countries that are still waited for.
        consents: id of the consent that each country was asked on; none in an emergency.
        saved: `CC Type/id` of facts that stand in the national record.
        own: what the national record itself says; what was saved into it from abroad is not said twice.
        copies: what became of the copies since they were told.
    """

    person: PersonRow
    history: History
    awaited: tuple[Country, ...] = ()
    consents: Mapping[Country, str] = field(default_factory=dict)
    saved: frozenset[str] = frozenset()
    own: tuple[Event, ...] = ()
    copies: Copies = field(default_factory=Copies)


@dataclass(frozen=True, slots=True)
class _Kept:
    session: str
    until: datetime
    content: PulledHistory | str


class Shelf:
    """Histories by opaque id and the last search of each sign-in; the oldest go first when it is full."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, _Kept] = OrderedDict()

    def put_history(self, session: str, pulled: PulledHistory, *, now: datetime, name: str = "") -> str:
        """Keep a history for one sign-in and tell the opaque id that it has now."""
        name = name or secrets.token_urlsafe(24)
        self._put(name, _Kept(session, now + KEPT, pulled))
        return name

    def renew(self, id: str, pulled: PulledHistory) -> None:
        """Show more of a history that is still kept; how long it is kept does not change."""
        kept = self._entries.get(id)
        if kept is not None and isinstance(kept.content, PulledHistory):
            same = replace(pulled, saved=kept.content.saved, copies=kept.content.copies)
            self._entries[id] = replace(kept, content=same)

    def mark_saved(self, id: str, saved: frozenset[str]) -> None:
        """Remember which facts of a history stand in the national record."""
        kept = self._entries.get(id)
        if kept is not None and isinstance(kept.content, PulledHistory):
            self._entries[id] = replace(kept, content=replace(kept.content, saved=saved))

    def mark_copies(self, id: str, copies: Copies) -> None:
        """Remember what became of the copies; what is over for good is forgotten."""
        kept = self._entries.get(id)
        if kept is not None and isinstance(kept.content, PulledHistory):
            told = kept.content.history
            left = tuple(replace(each, entries=()) if each.country in copies.ended else each for each in told.answers)
            content = replace(kept.content, history=replace(told, answers=left), copies=copies)
            self._entries[id] = replace(kept, content=content)

    def history(self, session: str, id: str, *, now: datetime) -> PulledHistory | None:
        """The history of an id, for the sign-in it was kept for and until its time is up."""
        content = self._get(id, session, now)
        return content if isinstance(content, PulledHistory) else None

    def put_search(self, session: str, text: str, *, now: datetime) -> None:
        """Keep what was searched last, so that names stay out of addresses."""
        self._put(f"search {session}", _Kept(session, now + KEPT, text))

    def search(self, session: str, *, now: datetime) -> str:
        """What was searched last, or nothing."""
        content = self._get(f"search {session}", session, now)
        return content if isinstance(content, str) else ""

    def clear(self, session: str) -> None:
        """Forget everything of one sign-in."""
        for name in [name for name, kept in self._entries.items() if kept.session == session]:
            del self._entries[name]

    def drop_person(self, patient_id: str) -> None:
        """Forget every history of a person who took their consent back."""
        for name, kept in list(self._entries.items()):
            if isinstance(kept.content, PulledHistory) and kept.content.person.patient_id == patient_id:
                del self._entries[name]

    def _put(self, id: str, kept: _Kept) -> None:
        now = kept.until - KEPT
        for old in [key for key, one in self._entries.items() if one.until <= now]:
            del self._entries[old]
        self._entries.pop(id, None)
        self._entries[id] = kept
        while len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)

    def _get(self, id: str, session: str, now: datetime) -> PulledHistory | str | None:
        kept = self._entries.get(id)
        if kept is None or kept.until <= now or kept.session != session:
            return None
        return kept.content
