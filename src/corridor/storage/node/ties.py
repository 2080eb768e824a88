"""Ties, in the transaction of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, or_, select

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.tie import Doubt, Flow, LabelledPair, Said, Side, Tie, TieState, Vote
from corridor.storage.drivers import Transaction
from corridor.storage.node.tie_tables import tie, tie_answer, tie_flow, tie_label, tie_vote
from corridor.storage.statements import Row, Statement
from corridor.storage.times import from_micros, to_micros

_PARTS = " "


def _kept(table: Any) -> Statement:
    """Insert, or leave what is there."""
    return Statement(lambda dialect: dialect.insert(table).on_conflict_do_nothing())


def _by(table: Any, *order: Any) -> Statement:
    return Statement(select(table).where(table.c.tie == bindparam("of")).order_by(*order))


def _newest(found: Select[Any]) -> Statement:
    return Statement(found.order_by(tie.c.made_at.desc(), tie.c.id))


_DROP = Statement(delete(tie).where(tie.c.id == bindparam("of")))
_KEEP = Statement(insert(tie))
_FIND = Statement(select(tie).where(tie.c.id == bindparam("of")))
_OF = _newest(select(tie).where(tie.c.patient_id == bindparam("person")))
_NAMED = _newest(
    select(tie).where(
        tie.c.name == bindparam("known"), tie.c.side == bindparam("part"), tie.c.country == bindparam("who")
    )
)
_DOUBTFUL = Statement(
    select(tie)
    .where(tie.c.doubt != "", tie.c.side == Side.ASKER.value, or_(tie.c.state == "proposed", tie.c.state == "accepted"))
    .order_by(tie.c.made_at, tie.c.id)
)
_VOTED = Statement(select(tie_vote.c.at).where(tie_vote.c.tie == bindparam("of"), tie_vote.c.agent == bindparam("who")))
_VOTE = Statement(insert(tie_vote))
_VOTES = _by(tie_vote, tie_vote.c.at, tie_vote.c.agent)
_FORGET = tuple(Statement(delete(each).where(each.c.tie == bindparam("of"))) for each in (tie_vote, tie_answer))
_ANSWER, _FLOW = _kept(tie_answer), _kept(tie_flow)
_ANSWERS = _by(tie_answer, tie_answer.c.question)
_FLOWS = _by(tie_flow, tie_flow.c.at, tie_flow.c.kind)
_FLOWS_OF = Statement(
    select(tie_flow)
    .where(tie_flow.c.agent == bindparam("who"), tie_flow.c.at >= bindparam("since"), tie_flow.c.kind != "told")
    .order_by(tie_flow.c.at, tie_flow.c.kind, tie_flow.c.tie)
)
_UNLABEL = Statement(delete(tie_label).where(tie_label.c.tie == bindparam("of")))
_LABEL = Statement(insert(tie_label))
_LABELS = Statement(select(tie_label).order_by(tie_label.c.at, tie_label.c.tie))


class SqlTies:
    """Port `Ties` on SQLite and PostgreSQL.

    Args:
        transaction: of the unit.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def keep(self, tie: Tie) -> None:
        """See the port."""
        await self._transaction.run(_DROP, [{"of": tie.id}])
        await self._transaction.run(_KEEP, [_tie_row(tie)])

    async def find(self, id: str) -> Tie | None:
        """See the port."""
        rows = [] if "\x00" in id else await self._transaction.rows(_FIND, {"of": id})
        return _tie(rows[0]) if rows else None

    async def of(self, patient_id: str) -> tuple[Tie, ...]:
        """See the port."""
        rows = [] if "\x00" in patient_id else await self._transaction.rows(_OF, {"person": patient_id})
        return tuple(map(_tie, rows))

    async def named(self, side: Side, country: Country, name: str) -> tuple[Tie, ...]:
        """See the port."""
        asked = {"known": name, "part": side.value, "who": country}
        return tuple(map(_tie, [] if "\x00" in name else await self._transaction.rows(_NAMED, asked)))

    async def doubtful(self) -> tuple[Tie, ...]:
        """See the port."""
        return tuple(map(_tie, await self._transaction.rows(_DOUBTFUL, {})))

    async def vote(self, id: str, vote: Vote) -> bool:
        """See the port."""
        if await self._transaction.rows(_VOTED, {"of": id, "who": vote.agent}):
            return False
        row = {"tie": id, "agent": vote.agent, "accepts": int(vote.accepts), "at": to_micros(vote.at)}
        await self._transaction.run(_VOTE, [row])
        return True

    async def votes(self, id: str) -> tuple[Vote, ...]:
        """See the port."""
        rows = await self._transaction.rows(_VOTES, {"of": id})
        return tuple(Vote(row["agent"], bool(row["accepts"]), from_micros(row["at"])) for row in rows)

    async def forget_votes(self, id: str) -> None:
        """See the port."""
        for statement in _FORGET:
            await self._transaction.run(statement, [{"of": id}])

    async def answer(self, id: str, question: str, said: Said, *, at: datetime) -> Said:
        """See the port."""
        row = {"tie": id, "question": question, "said": said.value, "at": to_micros(at)}
        await self._transaction.run(_ANSWER, [row])
        return (await self.answers(id))[question]

    async def answers(self, id: str) -> Mapping[str, Said]:
        """See the port."""
        rows = await self._transaction.rows(_ANSWERS, {"of": id})
        return {row["question"]: Said(row["said"]) for row in rows}

    async def flow(self, id: str, flow: Flow) -> None:
        """See the port."""
        row = {name: getattr(flow, name) for name in ("kind", "trace", "purpose", "agent", "number")}
        rest = {"tie": id, "at": to_micros(flow.at), "targets": _PARTS.join(flow.targets)}
        await self._transaction.run(_FLOW, [{**row, **rest}])

    async def flows(self, id: str) -> tuple[Flow, ...]:
        """See the port."""
        return tuple(map(_flow, await self._transaction.rows(_FLOWS, {"of": id})))

    async def flows_of(self, agent: str, *, since: datetime) -> tuple[tuple[Tie, Flow], ...]:
        """See the port."""
        rows = await self._transaction.rows(_FLOWS_OF, {"who": agent, "since": to_micros(since)})
        ties = {name: await self.find(name) for name in dict.fromkeys(row["tie"] for row in rows)}
        return tuple((tie, _flow(row)) for row in rows if (tie := ties[row["tie"]]) is not None)

    async def label(self, id: str, pair: LabelledPair) -> None:
        """See the port."""
        await self._transaction.run(_UNLABEL, [{"of": id}])
        row = {"tie": id, "pattern": _PARTS.join(pair.pattern), "grade": pair.grade.value, "same": int(pair.same)}
        await self._transaction.run(_LABEL, [{**row, "at": to_micros(pair.at)}])

    async def labels(self) -> tuple[LabelledPair, ...]:
        """See the port."""
        rows = await self._transaction.rows(_LABELS, {})
        return tuple(
            LabelledPair(_parts(row["pattern"]), Grade(row["grade"]), bool(row["same"]), from_micros(row["at"]))
            for row in rows
        )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(_PARTS)) if text else ()


def _tie_row(tie: Tie) -> dict[str, Any]:
    row: dict[str, Any] = {each.name: getattr(tie, each.name) for each in fields(tie)}
    plain = {name: row[name].value for name in ("side", "grade", "state", "doubt")}
    times = {name: to_micros(row[name]) for name in ("made_at", "changed_at")}
    return {**row, **plain, **times, "pattern": _PARTS.join(tie.pattern)}


def _tie(row: Row) -> Tie:
    return Tie(
        id=row["id"],
        side=Side(row["side"]),
        country=Country(row["country"]),
        name=row["name"],
        patient_id=row["patient_id"],
        grade=Grade(row["grade"]),
        pattern=_parts(row["pattern"]),
        described=row["described"],
        state=TieState(row["state"]),
        doubt=Doubt(row["doubt"]),
        made_at=from_micros(row["made_at"]),
        changed_at=from_micros(row["changed_at"]),
        agent=row["agent"],
    )


def _flow(row: Row) -> Flow:
    rest = (row["trace"], row["purpose"], row["agent"], row["number"], _parts(row["targets"]))
    return Flow(row["kind"], from_micros(row["at"]), *rest)
