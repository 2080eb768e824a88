"""What the pages remember for one sign-in and for minutes only, in memory: nothing here is ever written down."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.history import History
from corridor.web.clinician.desk import PersonRow

KEPT = timedelta(minutes=15)
MOST_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class PulledHistory:
    """A history with the person it was asked for."""

    person: PersonRow
    history: History


@dataclass(frozen=True, slots=True)
class _Kept:
    session: str
    until: datetime
    content: PulledHistory | str


class Shelf:
    """Histories by opaque id and the last search of each sign-in; the oldest go first when it is full."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, _Kept] = OrderedDict()

    def put_history(self, session: str, pulled: PulledHistory, *, now: datetime) -> str:
        """Keep a history for one sign-in and tell the opaque id that it has now."""
        name = secrets.token_urlsafe(24)
        self._put(name, _Kept(session, now + KEPT, pulled))
        return name

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
