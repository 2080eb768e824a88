"""A clinician keeps facts that other countries told in this country's own record, as the person agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.change import Change
from corridor.domain.consent import Ask, Decision, Deny, decide
from corridor.domain.consent_text import lets_save
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.domain.principal import Role
from corridor.domain.purpose import EXCHANGE, Purpose
from corridor.domain.record import Draft
from corridor.domain.tie import Flow, Side
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units
from corridor.flows.write_changes import write_changes


@dataclass(frozen=True, slots=True)
class SaveDesk:
    """What saving needs.

    Attributes:
        text_version: the version of the text that a stored Consent rests on, or empty.
    """

    home: Country
    units: Units
    clock: Clock
    text_version: Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class ToldFact:
    """One fact as it would stand in this country's record.

    Attributes:
        categories: what a consent must permit, all of it.
        consent_id: of the consent on which it was told; empty in an emergency.
    """

    country: Country
    categories: frozenset[Category]
    consent_id: str
    draft: Draft


Trail = Callable[[Country, str, Sequence[Draft]], Draft]
"""The Provenance of facts of one country that are saved together under one version of the text."""


async def save_facts(
    asking: Asking, patient_id: str, facts: Sequence[ToldFact], *, trail: Trail, desk: SaveDesk
) -> int:
    """How many facts are new in the record; what stands there already is left as it is.

    Each fact rests on a consent that is in force, permits all its categories and was given after the person heard that
    saved facts stay. Facts, Provenance and audit are durable together when this returns.

    Raises:
        ForbiddenError: the role or the person's consent does not allow it; audited first, and nothing is written.
        NotFoundError: there is no such person here; audited first.

    Source: issue of the pull as work; IHE mXDE; ADR 27.
    """
    async with desk.units.begin() as unit:
        reason, refusal, texts = await _refusal(asking, patient_id, facts, unit=unit, desk=desk)
        if refusal:
            await unit.audit(_refused(asking, patient_id, reason, desk=desk))
            new: list[ToldFact] = []
        else:
            new = await _new(facts, unit)
            drafts = [each.draft for each in new]
            for country in sorted({each.country for each in new}):
                mine = [each for each in new if each.country == country]
                drafts.append(trail(country, texts[mine[0].consent_id], [each.draft for each in mine]))
            changes = [Change(each.resource_type, each.id, each) for each in drafts]
            await write_changes(unit, asking, changes, at=desk.clock.now(), interaction=Interaction.CREATE)
            await _under_ties(asking, patient_id, new, unit=unit, desk=desk)
    if refusal:
        raise refusal
    return len(new)


async def _under_ties(asking: Asking, patient_id: str, new: Sequence[ToldFact], *, unit: Unit, desk: SaveDesk) -> None:
    """Remember under which tie each fact came, so that it can be marked should the tie prove false."""
    for tie in await unit.ties.of(patient_id):
        targets = [f"{each.draft.resource_type}/{each.draft.id}" for each in new if each.country == tie.country]
        if tie.side is Side.ASKER and tie.is_living and targets:
            who, trace = asking.principal.pseudonym, asking.trace.trace_id
            flow = Flow("saved", desk.clock.now(), trace, Purpose.TREAT.value, who, len(targets), tuple(targets))
            await unit.ties.flow(tie.id, flow)


async def _new(facts: Sequence[ToldFact], unit: Unit) -> list[ToldFact]:
    """Those that are not here; one that was deleted here since is not brought back."""
    once = {(each.draft.resource_type, each.draft.id): each for each in facts}
    standing = await unit.standing(list(once))
    return [each for name, each in once.items() if name not in standing]


async def _refusal(
    asking: Asking, patient_id: str, facts: Sequence[ToldFact], *, unit: Unit, desk: SaveDesk
) -> tuple[str, CorridorError | None, Mapping[str, str]]:
    try:
        check_access(asking.principal, Interaction.SAVE, "Patient")
    except ForbiddenError as error:
        return "forbidden", error, {}
    patient = await unit.read("Patient", patient_id)
    if patient is None or patient.body is None:
        return "unknown-person", NotFoundError("There is no such person here."), {}
    texts = {each.consent_id: await _text(each.consent_id, patient_id, unit=unit, desk=desk) for each in facts}
    told = all(map(lets_save, texts.values()))
    if not told or not await _permitted(patient_id, facts, unit=unit, desk=desk):
        return "no-consent-to-save", ForbiddenError("The person's consent does not cover saving this."), {}
    return "", None, texts


async def _text(consent_id: str, patient_id: str, *, unit: Unit, desk: SaveDesk) -> str:
    record = await unit.read("Consent", consent_id) if consent_id else None
    if record is None or record.body is None or record.patient_id != patient_id:
        return ""
    return desk.text_version(record.body)


async def _permitted(patient_id: str, facts: Sequence[ToldFact], *, unit: Unit, desk: SaveDesk) -> bool:
    """Whether each fact is still permitted now by the consent that it was told on, and by no other denied."""
    stored, withdrawals = await unit.consents(patient_id), await unit.withdrawals(patient_id)
    now = desk.clock.now()
    for fact in facts:
        weighed = [
            each for each in stored if each.id == fact.consent_id or any(not one.permit for one in each.provisions)
        ]
        asks = [
            Ask(desk.home, fact.country, purpose, fact.categories, role=Role.CLINICIAN) for purpose in sorted(EXCHANGE)
        ]
        decisions = [decide(weighed, ask, now, withdrawals=withdrawals) for ask in asks]
        if not any(_covers(each, fact) for each in decisions):
            return False
    return True


def _covers(decision: Decision, fact: ToldFact) -> bool:
    """Whether one decision permits everything that a fact tells of, for its clinical date."""
    if isinstance(decision, Deny):
        return False
    return all(decision.allows(each, fact.draft.effective) for each in fact.categories)


def _refused(asking: Asking, patient_id: str, reason: str, *, desk: SaveDesk) -> AuditFact:
    return AuditFact(
        kind=AuditKind.CREATE,
        outcome=AuditOutcome.FAILURE,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        patient_ids=(patient_id,),
        reason=reason,
    )
