"""A programme looks for a person in its own country's register."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditKind
from corridor.domain.grade import Grade
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.matching import confirm
from corridor.domain.limits import Act, Demand
from corridor.domain.record import Record
from corridor.flows.audit_reading import Reading, audit_reading
from corridor.flows.check_limits import LimitDesk, check_limits
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.people import People
from corridor.flows.ports.records import Records
from corridor.flows.watch_asking import watch_asking

COUNT_MAX = 20
_CONSIDERED = 200


@dataclass(frozen=True, slots=True)
class MatchDesk:
    """What matching needs.

    Attributes:
        limits: counts who matches how much; None where nobody is counted.
    """

    people: People
    records: Records
    audit: Audit
    clock: Clock
    limits: LimitDesk | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One patient of this country, how sure, and the score from 0 to 1."""

    record: Record
    grade: Grade
    score: float


async def match_patient(
    asking: Asking, asked: Demographics, *, only_certain: bool, count: int, desk: MatchDesk
) -> tuple[Match, ...]:
    """Patients of the national register who may be meant, surest first; never anyone of another country.

    With `only_certain`, exactly one certain match or none: several or unsure ones give nothing.

    Raises:
        ForbiddenError: the role may not do this; audited.
        ThrottledError: the asker looked for too many people, or found too few; audited.

    Source: FHIR R4 $match; IHE PDQm ITI-119.
    """

    async def act() -> tuple[Match, ...]:
        found = await _counted(asking, asked, desk)
        certain = tuple(match for match in found if match.grade is Grade.CERTAIN)
        if only_certain:
            found = certain if len(certain) == 1 else ()
        return found[: min(count, COUNT_MAX)]

    reading = Reading(
        Interaction.MATCH, "Patient", "", act, lambda found: [match.record.id for match in found], AuditKind.MATCH
    )
    return await audit_reading(asking, reading, desk=desk)


async def _counted(asking: Asking, asked: Demographics, desk: MatchDesk) -> tuple[Match, ...]:
    if desk.limits is None:
        return await _matches(asked, desk)
    await check_limits(asking, Demand(Act.MATCH, asking.principal.purpose), desk=desk.limits)
    found = await _matches(asked, desk)
    await watch_asking(asking, asked.to_json().decode(), found=bool(found), desk=desk.limits)
    return found


async def _matches(asked: Demographics, desk: MatchDesk) -> tuple[Match, ...]:
    matches = []
    for patient_id, known in await desk.people.similar(asked, limit=_CONSIDERED):
        grade, score = confirm(asked, known)
        if grade is Grade.CERTAINLY_NOT:
            continue
        record = await desk.records.read("Patient", patient_id)
        if record and record.body is not None:
            matches.append(Match(record, grade, score))
    return tuple(sorted(matches, key=lambda match: (-match.score, match.record.id)))
