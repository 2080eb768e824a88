"""Pulls under way: each goes on behind its page, is begun once, and is shown to whoever began it alone."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from corridor.domain.care.event import Event
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.history import Answer, Silence, SilenceReason
from corridor.flows.ask_country import Pull
from corridor.web.clinician.desk import Desk, PersonRow
from corridor.web.clinician.shelf import PulledHistory, Shelf

PATIENCE_SECONDS = 0.3
"""A pull that is over by then leads straight to its history."""

BEAT_SECONDS = 10.0
"""A waiting page is sent a sign of life this often."""


@dataclass(slots=True)
class Job:
    """One pull as its pages see it.

    Attributes:
        heard: countries in the order in which they were heard.
        done: nobody is waited for any more.
        own: what the national record says of the person.
    """

    id: str
    session: str
    pull: Pull
    countries: tuple[Country, ...]
    own: tuple[Event, ...] = ()
    heard: list[Answer | Silence] = field(default_factory=list)
    done: bool = False
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def awaited(self) -> tuple[Country, ...]:
        """Countries that are still waited for."""
        known = {one.country for one in self.heard}
        return tuple(country for country in self.countries if country not in known)

    def ring(self) -> None:
        """Wake every page that waits."""
        self.bell.set()
        self.bell = asyncio.Event()


class Pulling:
    """Every pull under way in this process."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk = desk
        self._shelf = shelf
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def under_way(self, session: str, patient_id: str) -> str:
        """The id of a pull that this sign-in waits for already, so that a form sent twice asks once; or nothing."""
        mine = (job for job in self._jobs.values() if job.session == session and not job.done)
        return next((job.id for job in mine if job.pull.patient_id == patient_id), "")

    async def follow(self, session: str, who: PersonRow, pull: Pull) -> Job:
        """Let a pull go on behind its pages; returns at once, or as soon as it is over."""
        own = tuple(await self._desk.bedside.own_facts(pull.asking, who.patient_id))
        job = Job(pull.id, session, pull, tuple(self._desk.countries()), own)
        self._jobs = {name: each for name, each in self._jobs.items() if self._is_kept(each)}
        self._jobs[job.id] = job
        self._shelf.put_history(session, self._pulled(who, job), now=self._desk.now(), name=job.id)
        task = asyncio.create_task(self._run(who, job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        return job

    def find(self, session: str, id: str) -> Job | None:
        """The pull of an id, for the sign-in that began it and as long as its history is kept."""
        job = self._jobs.get(id)
        return job if job and job.session == session and self._is_kept(job) else None

    def _is_kept(self, job: Job) -> bool:
        return self._shelf.history(job.session, job.id, now=self._desk.now()) is not None

    async def _run(self, who: PersonRow, job: Job) -> None:
        def heard(one: Answer | Silence) -> None:
            job.heard.append(one)
            self._shelf.renew(job.id, self._pulled(who, job))
            job.ring()

        try:
            await self._desk.bedside.follow(job.pull, heard)
        except CorridorError:
            # What could not be put on record is not shown: those countries count as not reached.
            now = self._desk.now()
            job.heard += [Silence(country, SilenceReason.UNREACHABLE, now) for country in job.awaited]
        finally:
            job.done = True
            self._shelf.renew(job.id, self._pulled(who, job))
            job.ring()

    def _pulled(self, who: PersonRow, job: Job) -> PulledHistory:
        consents = {} if job.pull.cause else {code: consent.id for code, consent in job.pull.consents.items()}
        awaited = () if job.done else job.awaited
        return PulledHistory(who, job.pull.history(job.heard), awaited, consents, own=job.own)


def new_id() -> str:
    """An opaque id of a pull."""
    return secrets.token_urlsafe(24)


async def arrivals(job: Job) -> AsyncIterator[Sequence[Answer | Silence]]:
    """What was heard so far, then what is heard next, until nobody is waited for; nothing is a sign of life."""
    seen = 0
    while True:
        bell, done = job.bell, job.done
        new = job.heard[seen:]
        seen += len(new)
        yield new
        if done:
            return
        try:
            await asyncio.wait_for(bell.wait(), BEAT_SECONDS)
        except TimeoutError:
            continue
