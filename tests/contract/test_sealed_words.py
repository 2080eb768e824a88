"""Words that people write beside the records are sealed like these, go with whom they are about, and are read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, ExportOrder, JobKind, TypeFilter
from corridor.domain.emergency import Cause, Emergency, Opening, Verdict
from corridor.domain.errors import CorridorError
from corridor.domain.limits import Pause, Reason
from corridor.domain.link import HealthLink, LinkKind
from corridor.domain.presence import Attestation, Card, Challenge, Proof, ProofKind
from corridor.domain.presence import Cause as NotShown
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.flows.ports.links import Opening as Look
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.bulk_jobs import SqlBulkJobs
from corridor.storage.node.erasures import SqlErasures
from corridor.storage.node.health_links import SqlLinks
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.limit_tables import pause as pause_table
from corridor.storage.node.log import NodeLog
from corridor.storage.node.presence_tables import card, challenge
from corridor.storage.node.sealed_files import job_key
from corridor.storage.node.sealed_words import opened_words
from corridor.storage.node.sealing import SealDesk, check_sealed, seal_everything
from corridor.storage.node.tables import metadata
from corridor.storage.node.units import SqlUnits
from tests.contract.samples import DNI, HOME, NOW, VOICE, patient
from tests.contract.stolen import bytes_of, copied, everything
from tests.contract.test_sealing import erasure_of
from tests.sealing import ring_in

WHO, OTHER = "a" * 32, "b" * 32
HOUR = timedelta(hours=1)
NEVER_CLEAR, ONCE_CLEAR = "Ixquiyauh", "Tlacaelelx"
"""Names that nothing else in any test bears; a server writes ahead for all of its databases."""

OPENED = Opening("o" * 32, "p1", WHO, Emergency(Cause.UNCONSCIOUS, "{} fell on the stairs."), "t" * 32, NOW)
PROOF = Proof("2" * 32, "p1", WHO, ProofKind.ATTESTED, NOW, NOW + HOUR, Attestation(NotShown.LOST, "{} sits here."))
SHOWN = Proof("3" * 32, "p1", WHO, ProofKind.CARD, NOW, NOW + HOUR)
LINK = HealthLink(
    "l1", "f" * 43, LinkKind.VHL, "p1", "", NOW, NOW + HOUR, ("TREAT",), "c1", "", 9, b"k" * 32, b"r" * 32, WHO
)
WORDS = [
    OPENED.emergency.words,
    "{} had no card",
    "{} sits here.",
    "{} came with her sister",
    "{} was her own patient",
    "{} on her way",
    "Clinic of Dr. {}",
]
"""Of an emergency and its second look, of a statement and its second look, of a pause, of a link and who opened it."""


def shelf(database: Database) -> SqlUnits:
    return SqlUnits(NodeLog(database, VOICE), HOME)


def about(name: str) -> list[str]:
    return [each.format(name) for each in WORDS]


async def write(database: Database, name: str) -> None:
    """Words of every kind about one person."""
    fell, judged, sits, looked, paused, label, opener = about(name)
    async with shelf(database).begin() as unit:
        papers = [{"system": DNI, "value": f"{name}-4711"}]
        await unit.write([patient("p1", family=name, given=name, identifier=papers)], at=NOW)
        await unit.openings.keep(replace(OPENED, emergency=Emergency(Cause.UNCONSCIOUS, fell)))
        await unit.openings.review(OPENED.id, reviewer=OTHER, verdict=Verdict.JUSTIFIED, note=judged, at=NOW)
        for each in (replace(PROOF, attested=Attestation(NotShown.LOST, sits)), SHOWN):
            await unit.presences.keep(each)
        await unit.presences.review(PROOF.id, reviewer=OTHER, verdict=Verdict.JUSTIFIED, note=looked, at=NOW)
        await unit.presences.keep_card(Card("ABCD2345", "p1", ("x",), NOW))
        await unit.presences.put(Challenge("1" * 32, "p1", WHO, ProofKind.CARD, "v", NOW + HOUR, "ABCD2345", 1))
        await unit.pauses.begin(Pause("s" * 32, WHO, "clinician", Reason.MANY_PEOPLE, NOW))
        await unit.pauses.lift("s" * 32, by=OTHER, note=paused, at=NOW)
    links = SqlLinks(database)
    await links.add(replace(LINK, label=label), "ciphertext")
    await links.opened(LINK.id, Look(NOW, opener, "opened"))


async def told(database: Database) -> list[Any]:
    """What the node reads of them."""
    async with shelf(database).begin() as unit:
        opened, proof, pause = (
            await unit.openings.find(OPENED.id),
            await unit.presences.find(PROOF.id),
            await unit.pauses.find("s" * 32),
        )
    links = SqlLinks(database)
    looks = await links.openings(LINK.id, limit=9)
    label = [each.label for each in await links.of_patient("p1")]
    assert opened is not None
    assert proof is not None
    assert proof.attested is not None
    assert pause is not None
    words = (opened.emergency.words, opened.note, proof.attested.words, proof.note)
    return [*words, pause.note, *label, *(each.recipient for each in looks)]


def found_in(content: bytes, name: str) -> bool:
    small, searched = content.lower(), name[1:].lower().encode()  # a dump writes bytes in base 16
    return searched in small or searched.hex().encode() in small


async def openable(database: Database, seals: KeyRing) -> bytes:
    """Every value of every table, opened where a key is left that opens it; pauses are about who asks, and stay."""
    found: list[bytes] = []
    async with database.read() as connection:
        for table in metadata.tables.values():
            rows = [] if table is pause_table else await connection.execute(select(table))
            found += [opened for row in rows for value in row for opened in _opened(value, seals, row._mapping)]
    return b"\n".join(found)


def _opened(value: object, seals: KeyRing, row: Mapping[str, Any]) -> Iterator[bytes]:
    """The value as it stands in its row, and as its key opens it."""
    if not isinstance(value, bytes):
        yield str(value).encode()
        for read in (seals.open_text, partial(opened_words, seals)):
            with suppress(CorridorError):
                yield read(str(value)).encode("utf-8", "replace")
    elif value:
        yield value
        with suppress(CorridorError):
            opened = seals.open(value, f"{row.get('id')}/{row.get('patient_id') or ''}".encode())
            yield opened
            yield bodies.unpack(opened)


async def test_words_stand_nowhere_and_are_read_back(database: Database) -> None:
    await write(database, NEVER_CLEAR)
    assert await told(database) == about(NEVER_CLEAR)
    assert not found_in(await everything(database), NEVER_CLEAR)


async def test_the_scan_finds_words_that_are_not_sealed(node_url: str) -> None:
    clear = Database(node_url)
    await write(clear, ONCE_CLEAR)
    assert found_in(await everything(clear), ONCE_CLEAR)
    await clear.close()


async def test_words_of_an_earlier_release_are_sealed_by_the_command(node_url: str, tmp_path: Path) -> None:
    clear = Database(node_url)
    await write(clear, ONCE_CLEAR)
    await clear.close()
    ring = ring_in(tmp_path)
    database = Database(node_url, ring)
    await seal_everything(SealDesk(database, ring, HOME, ZoneInfo("UTC")), lambda _: None)
    await check_sealed(database, ring)
    assert await told(database) == about(ONCE_CLEAR)
    assert not found_in(await bytes_of(database), ONCE_CLEAR)
    await database.close()


async def test_who_is_erased_takes_the_words_along_and_leaves_evidence(
    database: Database, seals: KeyRing, tmp_path: Path
) -> None:
    await write(database, NEVER_CLEAR)
    paused = about(NEVER_CLEAR)[4]
    assert found_in(await openable(database, seals), NEVER_CLEAR)
    await database.engine.dispose()  # making the copy ends every connection
    copy = Database(await copied(database, tmp_path), seals)
    await SqlErasures(NodeLog(database, VOICE), seals).erase("p1", fact=erasure_of("p1"))
    assert await told(database) == ["", "", "", "", paused, ""]
    assert await told(copy) == ["", "", "", "", paused, "", ""]
    for each in (database, copy):
        assert not found_in(await openable(each, seals), NEVER_CLEAR)
    async with shelf(database).begin() as unit:
        judged = await unit.openings.find(OPENED.id)
        assert judged is not None
        assert (judged.agent, judged.reviewer, judged.verdict) == (WHO, OTHER, Verdict.JUSTIFIED)
        assert await unit.presences.find(SHOWN.id) is None
    async with database.read() as connection:
        for table in (card, challenge):
            assert (await connection.execute(select(table))).all() == []
    await copy.close()


async def test_an_order_and_its_address_stand_nowhere_and_go_with_the_jobs_key(database: Database) -> None:
    jobs, name = SqlBulkJobs(database), f"{NEVER_CLEAR}itl"
    order = ExportOrder(filters=(TypeFilter("Patient", f"name={name}"),))
    asking = Asking(Principal("", Role.PROGRAMME, WHO), "", new_trace())
    opened = BulkJob(
        "j1", JobKind.EXPORT, asking, f"https://pe.example/fhir/$export?_typeFilter=name={name}", NOW, order
    )
    await jobs.open(opened)
    assert await jobs.read("j1") == opened
    assert not found_in(await everything(database), name)
    await database.seals.end(job_key("j1"))
    assert await jobs.read("j1") is None
    assert await jobs.running() == 1
    assert await jobs.attempt(JobKind.EXPORT) is None
    assert await jobs.running() == 0
