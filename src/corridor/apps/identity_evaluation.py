"""The whole search for people, run on two registers of which the truth is known."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from filecmp import cmp
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from corridor.apps.identity_registers import read_people, read_truth
from corridor.apps.identity_tokens import Tokened, check_protocol, fresh_shares, key_of, tokened
from corridor.domain.country import Country
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.described import confirm_described
from corridor.domain.identity.quality import quality, recall_at
from corridor.domain.identity.register import flags_of
from corridor.domain.identity.scoring import GATE, Agreement, scores
from corridor.domain.matching_request import PersonEntry
from corridor.domain.secret import Secret
from corridor.flows.ports.persons import Candidate
from corridor.flows.resolve_identity import CANDIDATES
from corridor.storage.database import Database
from corridor.storage.hub.persons import SqlPersons
from corridor.storage.hub.tables import metadata

SAMPLE = 10
"""People of each register whose tokens are also made by the whole protocol with its proofs."""

HOME, ASKER = Country("VE"), Country("CO")
_EPOCH = 1
_TOLD_EVERY = 5_000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is evaluated; `stage` 1 is the hub alone, 2 adds the home's confirmation."""

    left: Path
    right: Path
    truth: Path
    stage: int

    @property
    def alone(self) -> bool:
        """Whether one register is compared with itself."""
        return cmp(self.left, self.right, shallow=False)


@dataclass(slots=True)
class Tally:
    """What was found so far: the best score of each pair, tokens, and whose homes were asked."""

    pairs: dict[tuple[str, str], float] = field(default_factory=dict)
    people: int = 0
    tokens: int = 0
    right_homes: int = 0
    wrong_homes: int = 0

    def take(self, person: Tokened) -> None:
        """Count one person's tokens."""
        self.people += 1
        self.tokens += len(person.tokens)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What an evaluation works with: the hub's register, and what a home knows of its own."""

    wanted: Wanted
    truth: set[tuple[str, str]]
    persons: SqlPersons
    key: Secret
    pool: ProcessPoolExecutor
    tell: Tell
    tally: Tally = field(default_factory=Tally)
    known: dict[bytes, tuple[str, bytes]] = field(default_factory=dict)


async def evaluate(wanted: Wanted, tell: Tell) -> dict[str, float]:
    """Precision, recall and cost of finding people of one register in another, by the real protocol.

    Args:
        wanted: the registers and the truth.
        tell: takes progress, and what of a row could not be used.

    Raises:
        InvalidError: a file cannot be read, or tokens of the protocol differ from those evaluated at once.
    """
    started, shares = time.monotonic(), fresh_shares()
    truth = read_truth(wanted.truth)
    for path in (wanted.left, wanted.right):
        sample = (content for _, content in islice(_people(path, lambda _: None), SAMPLE))
        tell(f"{check_protocol(sample, shares)} people of {path.name}: tokens are those of the protocol with proofs.")
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        database = Database(f"sqlite:///{folder}/hub.db")
        try:
            async with database.engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
            persons = SqlPersons(database, Secret(os.urandom(32)))
            bench = _Bench(wanted, _paired(truth, wanted), persons, key_of(shares), pool, tell)
            await _register(bench)
            await _search(bench)
        finally:
            await database.close()
    return _figures(bench, seconds=time.monotonic() - started)


def _people(path: Path, tell: Tell) -> Iterator[tuple[str, bytes]]:
    return ((name, who.to_json()) for name, who in read_people(path, tell))


def _pair(left: str, right: str, wanted: Wanted) -> tuple[str, str]:
    """A pair by identifiers; within one register it has no order."""
    return (min(left, right), max(left, right)) if wanted.alone else (left, right)


def _paired(truth: set[tuple[str, str]], wanted: Wanted) -> set[tuple[str, str]]:
    return {_pair(*pair, wanted) for pair in truth if not (wanted.alone and pair[0] == pair[1])}


async def _register(bench: _Bench) -> None:
    async for chunk in tokened(_people(bench.wanted.left, bench.tell), bench.key, bench.pool):
        entries = []
        for person in chunk:
            handle = os.urandom(16)
            bench.known[handle] = (person.id, person.content)
            bench.tally.take(person)
            entries.append(PersonEntry(handle, person.tokens, person.flags))
        await bench.persons.put(HOME, _EPOCH, entries)
        _progress(bench, "registered")


def _progress(bench: _Bench, what: str) -> None:
    if bench.tally.people % _TOLD_EVERY == 0:
        bench.tell(f"{bench.tally.people} people {what}.")


async def _search(bench: _Bench) -> None:
    bench.tell(f"{len(bench.known)} people are registered.")
    own = {name: handle for handle, (name, _) in bench.known.items()} if bench.wanted.alone else {}
    silent: Tell = lambda _: None  # noqa: E731 - the same rows were told of when they were registered
    people = _people(bench.wanted.right, silent if bench.wanted.alone else bench.tell)
    async for chunk in tokened(people, bench.key, bench.pool):
        for person in chunk:
            bench.tally.take(person)
            found = await bench.persons.agreeing(_EPOCH, person.tokens, besides=ASKER)
            others = [each for each in found if each.handle != own.get(person.id)]
            _weigh(person, others, bench, registered=await bench.persons.size())
        _progress(bench, "registered or sought")


def _weigh(person: Tokened, found: list[Candidate], bench: _Bench, *, registered: int) -> None:
    """What the hub says of everyone found, and the home of those whom the hub names."""
    kinds = [kind for kind, _ in person.tokens]
    agreements = [Agreement(each.agreeing, flags_of(each.flags)) for each in found]
    chances = scores(flags_of(person.flags), kinds, agreements, registered=registered)
    ranked = sorted(zip(chances, (each.handle for each in found), strict=True), reverse=True)
    named = [pair for pair in ranked if pair[0] >= GATE]
    named = named if bench.wanted.alone else named[:CANDIDATES]
    _count_homes(person, [handle for _, handle in named], bench)
    for chance, handle in named if bench.wanted.stage > 1 else ranked:
        name, content = bench.known[handle]
        score = confirm_described(person.content, content)[1] if bench.wanted.stage > 1 else chance
        pair = _pair(name, person.id, bench.wanted)
        bench.tally.pairs[pair] = max(score, bench.tally.pairs.get(pair, 0.0))


def _count_homes(person: Tokened, handles: list[bytes], bench: _Bench) -> None:
    if not handles:
        return
    if any(_pair(bench.known[handle][0], person.id, bench.wanted) in bench.truth for handle in handles):
        bench.tally.right_homes += 1
    else:
        bench.tally.wrong_homes += 1


def _figures(bench: _Bench, *, seconds: float) -> dict[str, float]:
    truth, tally = bench.truth, bench.tally
    pairs = [(score, pair in truth) for pair, score in tally.pairs.items()]
    at = quality(pairs, known=len(truth), threshold=(scoring if bench.wanted.stage == 1 else matching).DECIDED_FROM)
    found = {
        "precision": at.precision,
        "recall": at.recall,
        "f1": at.f1,
        "recall_at_p0.99": recall_at(pairs, known=len(truth), precision=0.99),
        "recall_at_p0.999": recall_at(pairs, known=len(truth), precision=0.999),
        "tokens_per_person": tally.tokens / max(1, tally.people),
        "wrong_homes_per_match": tally.wrong_homes / max(1, tally.right_homes),
        "seconds": seconds,
    }
    return {name: round(value, 4) for name, value in found.items()}
