"""A clinician pulls a person's history from every other country."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.history import Answer, History, Silence
from corridor.flows.ask_country import Pull, PullDesk, ask_country
from corridor.flows.close_leg import close_leg
from corridor.flows.open_pull import open_pull


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

    Source: HOUSE section 2; IHE QEDm PCC-44; IHE PCF ITI-108.
    """
    pull = await open_pull(asking, patient_id, purpose_code=purpose_code, deadline_seconds=deadline_seconds, desk=desk)
    handles = await find_handles(pull, desk=desk)
    heard = await asyncio.gather(
        *(ask_country(pull, country, handle=handles.get(country, ""), desk=desk) for country in desk.peers.countries())
    )
    history = history_of(pull, heard)
    async with desk.units.begin() as unit:
        ended: tuple[Answer | Silence, ...] = (*history.answers, *history.silences)
        for one in ended:
            await close_leg(pull, one, unit=unit, desk=desk)
    return history


async def find_handles(pull: Pull, *, desk: PullDesk) -> Mapping[Country, str]:
    """One handle per country; none at all where nobody could be looked for, and then nobody can be asked."""
    left = (pull.until - pull.started_at).total_seconds()
    try:
        return await desk.locate(
            pull.patient_id, purpose=pull.purpose, trace=pull.asking.trace, timeout_seconds=left / 2
        )
    except CorridorError:
        return {}


def history_of(pull: Pull, heard: Sequence[Answer | Silence]) -> History:
    """What was heard so far, as one history."""
    ordered = sorted(heard, key=lambda one: one.country)
    return History(
        patient_id=pull.patient_id,
        purpose=pull.purpose,
        trace=pull.asking.trace,
        at=pull.started_at,
        answers=tuple(one for one in ordered if isinstance(one, Answer)),
        silences=tuple(one for one in ordered if isinstance(one, Silence)),
    )
