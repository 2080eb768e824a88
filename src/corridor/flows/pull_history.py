"""A clinician pulls a person's history from every other country."""

from __future__ import annotations

import asyncio

from corridor.domain.asking import Asking
from corridor.domain.history import History, Silence
from corridor.flows.ask_country import PullDesk, ask_country
from corridor.flows.close_leg import Ending, close_leg
from corridor.flows.find_handles import find_handles
from corridor.flows.name_former import name_former
from corridor.flows.note_answer import note_answer
from corridor.flows.open_pull import open_pull
from corridor.flows.watch_pull import watch_pull


async def pull_history(
    asking: Asking, patient_id: str, *, purpose_code: str, deadline_seconds: float, desk: PullDesk
) -> History:
    """What every other country has to say of the person, with the silence of those that did not answer.

    Consent is decided here for each country before anything is sent, and by each holder again. That somebody asks is
    durable before the first request leaves; how it ended is durable before the history is returned. A country that
    the person's consent leaves out is not asked and is named so.

    Raises:
        ForbiddenError: the role, the purpose or the consent does not allow it; audited first.
        NotFoundError: there is no such person here; audited first.
        ThrottledError: too many pulls in this hour; audited first.

    Source: HOUSE section 2; IHE QEDm PCC-44; IHE PCF ITI-108.
    """
    pull = await open_pull(asking, patient_id, purpose_code=purpose_code, deadline_seconds=deadline_seconds, desk=desk)
    handles = await find_handles(pull, desk=desk)
    heard = await asyncio.gather(
        *(ask_country(pull, country, handle=handles.get(country, ""), desk=desk) for country in desk.peers.countries())
    )
    async with desk.units.begin() as unit:
        ended = [await note_answer(pull, one, unit=unit, desk=desk) for one in heard]
        for one in sorted(ended, key=lambda one: (isinstance(one, Silence), one.country)):
            await close_leg(Ending.of(pull, one), unit=unit, desk=desk)
    history = pull.history([*ended, *name_former(desk)])
    await watch_pull(pull, history, desk=desk)
    return history
