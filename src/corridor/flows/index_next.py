"""While a token key is changed, a node tells the hub everybody under the key that follows, little by little."""

from __future__ import annotations

from corridor.flows.index_people import SLICE, IndexDesk
from corridor.flows.ports.token_index import Progress
from corridor.flows.tell_hub import tell_hub


async def index_next(*, desk: IndexDesk) -> int:
    """One slice under the key that follows the one in use, if there is one; how many patients that were.

    Raises:
        UnavailableError: holders or hub did not answer, or the budget is spent; the same slice comes again.

    Source: IDENTITY section 2, life.
    """
    key = desk.telling.directory.federation().next_key
    if key is None:
        return 0
    progress = await desk.index.progress(key.epoch)
    found = await desk.telling.people.after(progress.place, limit=SLICE)
    if found:
        await tell_hub(found, keys=(key,), desk=desk.telling)
        await desk.index.move(key.epoch, Progress(found[-1].place, progress.done + len(found)))
    return len(found)
