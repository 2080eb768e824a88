"""A programme brings in records from files, each for itself: what is here already unchanged gets no new version."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.record import Draft, Record
from corridor.flows.ports.standing import Standing
from corridor.flows.store_records import Change


class Store(Protocol):
    """`store_records` with its desk."""

    def __call__(
        self, asking: Asking, changes: Sequence[Change], *, interaction: Interaction
    ) -> Awaitable[list[Record | None]]:
        """Apply all changes or none."""


@dataclass(frozen=True, slots=True)
class ImportDesk:
    """What bringing records in needs."""

    store: Store
    standing: Standing


@dataclass(slots=True)
class Imported:
    """What became of several drafts.

    Attributes:
        refused: place of a draft that was not kept, and why.
    """

    written: int = 0
    unchanged: int = 0
    refused: list[tuple[int, CorridorError]] = field(default_factory=list)


async def import_records(asking: Asking, drafts: Sequence[Draft], *, desk: ImportDesk) -> Imported:
    """Write what is new or different, as an update under the client's own id, with its audit entries.

    All are written in one unit; where that is refused, each is written alone, so that only what is wrong is left out.

    Raises:
        UnavailableError: the database does not answer; those before it may have been written, and are unchanged next
            time.

    Source: FHIR R4 update as create, https://hl7.org/fhir/R4/http.html#upsert
    """
    same = await desk.standing.unchanged(drafts)
    fresh = [(place, each) for place, (each, stands) in enumerate(zip(drafts, same, strict=True)) if not stands]
    imported = Imported(unchanged=len(drafts) - len(fresh))
    try:
        await _write(asking, [each for _, each in fresh], desk)
        imported.written = len(fresh)
    except UnavailableError:
        raise
    except CorridorError:
        for place, each in fresh:
            await _write_alone(asking, (place, each), imported, desk=desk)
    return imported


async def _write_alone(asking: Asking, placed: tuple[int, Draft], imported: Imported, *, desk: ImportDesk) -> None:
    try:
        await _write(asking, [placed[1]], desk)
        imported.written += 1
    except UnavailableError:
        raise
    except CorridorError as error:
        imported.refused.append((placed[0], error))


async def _write(asking: Asking, drafts: Sequence[Draft], desk: ImportDesk) -> None:
    if drafts:
        changes = [Change(each.resource_type, each.id, each) for each in drafts]
        await desk.store(asking, changes, interaction=Interaction.IMPORT)
