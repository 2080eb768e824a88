"""The stages of taking in a transaction, each measured apart on the same Bundles: microseconds of processor time.

Pure stages run on their own. What the database costs is the difference between runs: drafts written with and without
their audit entries, each into an empty database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from time import process_time
from typing import Any, TypeVar

from bench.databases import Databases
from bench.figures import Round
from bench.home import Home, open_home
from bench.load import BUNDLE, fill
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.record import Draft
from corridor.domain.trace import new_trace
from corridor.fhir.facts import find_facts
from corridor.fhir.parse import parse
from corridor.fhir.projection import project
from corridor.fhir.submission import read_submission
from corridor.fhir.transaction import Origin, plan
from corridor.fhir.validate import validate
from corridor.storage.node import bodies

ORIGIN = Origin("https://corridor.example/country/PE", UTC)
Item = TypeVar("Item")


def pure_stages(content: list[bytes]) -> dict[str, Round]:
    """Runs of the stages that touch no database; `plan` has several of the others inside."""
    submissions = [read_submission(each) for each in content]
    raws = [entry.raw for each in submissions for entry in each.entries]
    resources = [parse(raw) for raw in raws]
    drafts = drafted(content)
    projected = [({**each, "id": draft.id}, draft.patient_id) for each, draft in zip(resources, drafts, strict=True)]
    stored = [draft.head + draft.tail for draft in drafts]
    templates = [draft.projection.template for draft in drafts if draft.projection]
    return {
        "Bundle taken apart": _timed(content, read_submission, len(raws)),
        "parse": _timed(raws, parse, len(raws)),
        "validation": _timed(resources, validate, len(raws)),
        "facts": _timed(resources, find_facts, len(raws)),
        "projection": _timed(projected, _project, len(raws)),
        "plan": _timed(submissions, partial(plan, origin=ORIGIN), len(raws)),
        "compression": _timed(stored + templates, bodies.pack, len(raws)),
    }


def database_stages(databases: Databases, kind: str, content: list[bytes]) -> dict[str, Round]:
    """Runs that write the drafts into an empty database."""
    groups = [drafted([each]) for each in content]
    return {
        "written": partial(_written, databases, kind, groups, audited=False),
        "audited": partial(_written, databases, kind, groups, audited=True),
    }


def drafted(content: list[bytes]) -> list[Draft]:
    """The drafts of transactions, as their door makes them."""
    actions = (action for each in content for action in plan(read_submission(each), ORIGIN))
    return [action.draft for action in actions if action.draft]


def _project(asked: tuple[dict[str, Any], str | None]) -> None:
    project(asked[0], patient_id=asked[1], source=ORIGIN.source)


def _timed(items: Sequence[Item], work: Callable[[Item], object], resources: int) -> Round:
    async def run() -> float:
        started = process_time()
        for each in items:
            work(each)
        return (process_time() - started) / resources * 1e6

    return run


async def _written(databases: Databases, kind: str, groups: list[list[Draft]], *, audited: bool) -> float:
    async with open_home(await databases.fresh(kind)) as opened:
        await fill(opened, [])
        started = process_time()
        for drafts in groups:
            await _write(opened, drafts, audited=audited)
        return (process_time() - started) / (len(groups) * BUNDLE) * 1e6


async def _write(opened: Home, drafts: list[Draft], *, audited: bool) -> None:
    now = datetime.now(UTC)
    async with opened.units.begin() as unit:
        await unit.write(drafts, at=now)
        if audited:
            await unit.audit(_fact(drafts, now))


def _fact(drafts: list[Draft], now: datetime) -> AuditFact:
    """The one entry of a transaction about one patient."""
    first, *rest = [f"{draft.resource_type}/{draft.id}" for draft in drafts]
    patient_id = next((draft.patient_id for draft in drafts if draft.patient_id), None)
    return AuditFact(
        kind=AuditKind.CREATE,
        outcome=AuditOutcome.SUCCESS,
        at=now,
        trace=new_trace(),
        request_id="bench",
        agent="0" * 32,
        role="programme",
        patient_ids=(patient_id,) if patient_id else (),
        resource=first,
        together=tuple(rest),
    )
