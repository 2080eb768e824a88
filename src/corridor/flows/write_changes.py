"""Changes are written into an open unit, together with their audit entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.change import Change
from corridor.domain.errors import ConflictError, PreconditionError, UnprocessableError
from corridor.domain.record import Draft, Record, TokenFact
from corridor.flows.move_ties import move_ties
from corridor.flows.ports.unit import Unit
from corridor.flows.take_back_consents import take_back_consents
from corridor.flows.tell_changes import tell_changes

_ENDED = frozenset({"inactive", "rejected"})


async def write_changes(
    unit: Unit, asking: Asking, changes: Sequence[Change], *, at: datetime, interaction: Interaction
) -> list[Record | None]:
    """Apply every change; whoever opened the unit decides whether it ends well.

    Returns:
        The new version of each, in order; None where a delete found nothing living.

    Raises:
        PreconditionError: a version is not the current one, or another condition of a change fails.
        ConflictError: a resource to be created exists.
        UnprocessableError: a reference inside a transaction names nothing here.

    Source: FHIR R4 create, update, delete, transaction, https://hl7.org/fhir/R4/http.html#transaction
    """
    await _check_versions(unit, changes)
    records = await _apply(unit, changes, at)
    if interaction is Interaction.TRANSACTION:
        await _check_references(unit, changes)
    for change in changes:
        if change.draft and change.draft.replaced_by:
            await move_ties(asking, (change.draft.id, change.draft.replaced_by), unit=unit, at=at)
    for fact in tell_changes(asking, zip(changes, records, strict=True), at=at):
        await unit.audit(fact)
    return records


async def _check_versions(unit: Unit, changes: Sequence[Change]) -> None:
    conditional = [each for each in changes if each.create or each.if_version is not None or each.if_living is not None]
    if not conditional:
        return
    standing = await unit.standing([(each.resource_type, each.id) for each in conditional])
    for change in conditional:
        _check_version(change, standing.get((change.resource_type, change.id), (0, False)))


def _check_version(change: Change, standing: tuple[int, bool]) -> None:
    version, living = standing
    if change.create and living:
        raise ConflictError("A resource with this id exists.")
    if change.if_version is not None and change.if_version != version:
        raise PreconditionError("The resource has changed since the version that you hold.")
    if change.if_living is not None and change.if_living is not living:
        raise PreconditionError("There is such a resource." if living else "There is no such resource.")


async def _apply(unit: Unit, changes: Sequence[Change], at: datetime) -> list[Record | None]:
    drafts = [change.draft for change in changes if change.draft]
    written = iter(await unit.write(drafts, at=at))
    records: list[Record | None] = []
    for change in changes:
        if change.draft is None:
            records.append(await unit.delete(change.resource_type, change.id, at=at))
            continue
        records.append(next(written))
        if change.draft.patient_id and _ends_consent(change.draft):
            ended_at = min(change.draft.withdrawn_at or at, at)
            await take_back_consents(change.draft.patient_id, ended_at, unit=unit)
    return records


def _ends_consent(draft: Draft) -> bool:
    return draft.resource_type == "Consent" and any(
        isinstance(fact, TokenFact) and fact.parameter == "status" and fact.code in _ENDED for fact in draft.facts
    )


async def _check_references(unit: Unit, changes: Sequence[Change]) -> None:
    wanted = {reference for change in changes if change.draft for reference in change.draft.references}
    wanted -= {f"{change.resource_type}/{change.id}" for change in changes if change.draft}  # they are there by now
    missing = await unit.missing(sorted(wanted)) if wanted else ()
    if missing:
        # The id is not repeated: it may be the number of somebody's document.
        raise UnprocessableError(f"A reference names no {missing[0].partition('/')[0]} of this node.")
