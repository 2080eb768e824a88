"""A pulled history as it may be shown at this moment."""

from __future__ import annotations

from dataclasses import replace

from corridor.domain.errors import NotFoundError
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.shelf import PulledHistory, Shelf
from corridor.web.entrance import Visit


async def readable(id: str, visit: Visit, *, desk: Desk, shelf: Shelf) -> PulledHistory:
    """The history of an id without what its holders do not let be shown any more.

    Raises:
        NotFoundError: nothing is kept under that id for this sign-in.

    Source: ADR 37.
    """
    pulled = shelf.history(visit.session, id, now=desk.now())
    if pulled is None:
        raise NotFoundError("No history is kept under that id.")
    renewed = await desk.bedside.renew(visit.asking, pulled.history, pulled.copies)
    shelf.mark_copies(id, renewed.copies)
    return replace(pulled, history=renewed.history, copies=renewed.copies)
