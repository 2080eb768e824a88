"""What the person said is compared with the other country's register, without telling it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.errors import ConflictError, InvalidError, NotFoundError
from corridor.domain.questions import Question, plain, veiled
from corridor.domain.tie import Said, Side, Tie
from corridor.flows.end_tie import TieDesk
from corridor.flows.ports.counterparts import TieName, Veiled
from corridor.flows.record_refusal import record_refusal
from corridor.flows.tell_tie import tell_tie

SALT_BYTES = 16


async def compare_answers(
    asking: Asking, id: str, given: Mapping[Question, str], *, desk: TieDesk
) -> Mapping[Question, Said]:
    """Yes, no or unknown for each question; what the person said is kept nowhere.

    Raises:
        ForbiddenError: the role may not do this; audited first.
        NotFoundError: there is no such tie; audited first.
        ConflictError: there is nothing to ask about it; audited first.
        InvalidError: nothing was answered.
        UnavailableError: the other country does not answer now.

    Source: ADR 32.
    """
    answers = {question: plain(question, text) for question, text in given.items()}
    salt = secrets.token_bytes(SALT_BYTES)
    sealed = {question: veiled(question, text, salt=salt) for question, text in answers.items() if text}
    if not sealed:
        raise InvalidError("At least one question is answered.", ("answers",))
    tie = await _asked(asking, id, desk)
    named, trace = TieName(tie.name, tie.described), asking.trace.child()
    said = await desk.counterparts.compare(tie.country, named, Veiled(salt, sealed), trace=trace)
    at = desk.clock.now()
    async with desk.units.begin() as unit:
        kept = {each: await unit.ties.answer(id, each.value, said.get(each, Said.UNKNOWN), at=at) for each in sealed}
        await unit.audit(tell_tie(tie, home=desk.home, trace=asking.trace, at=at, request_id=asking.request_id))
    return kept


async def _asked(asking: Asking, id: str, desk: TieDesk) -> Tie:
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.MATCH, "Patient")
        tie = await unit.ties.find(id)
        if tie is None:
            raise NotFoundError("There is no such tie.")
        if tie.side is not Side.ASKER or not tie.is_living:
            raise ConflictError("There is nothing to ask about this tie.")
        return tie
