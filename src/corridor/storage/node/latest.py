"""The newest results of each code."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Select, bindparam, case, func, select

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Query
from corridor.domain.record import Record
from corridor.storage.lanes import Lanes
from corridor.storage.node.asked_values import bound
from corridor.storage.node.elements import NO_OFFSET, fixed
from corridor.storage.node.fact_tables import code_set
from corridor.storage.node.pages import COLUMNS, records_of
from corridor.storage.node.plans import Plan, Plans
from corridor.storage.node.sealed_search import sealed
from corridor.storage.node.tables import record

MOST = 2_000
"""Records that one answer can carry."""


class SqlLatest:
    """Port `Latest` on SQLite and PostgreSQL.

    Args:
        lanes: for reading.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._plans = Plans()

    async def lastn(self, query: Query, *, most: int) -> tuple[Record, ...]:
        """See the port; codes in the order of their names, the newest of each first."""
        query = replace(query, criteria=await sealed(query.criteria, self._lanes.seals, self._lanes.broad))
        plan = self._plans.of(query.resource_type, query.criteria)
        statement = plan.statement("lastn", lambda: _ranked(plan))
        lane = self._lanes.quick if plan.is_quick else self._lanes.broad
        rows = await lane(statement, {**bound(query.criteria), "most": most})
        if len(rows) > MOST:
            raise UnsupportedError(f"One answer carries at most {MOST} results; narrow what is looked for.", ("max",))
        return records_of(rows, self._lanes.seals)


def _ranked(plan: Plan) -> Select[Any]:
    """Ties share a rank, so all of them come where one does; what is undated counts as oldest.

    Results without a coded code are told apart by the words of it.
    """
    columns = record.c
    worded = case((code_set.c.main == "", columns.texts), else_=0)
    newest = (columns.effective.is_(None), columns.effective.desc())
    rank = func.rank().over(partition_by=(code_set.c.main, worded), order_by=newest).label("rank")
    chosen = select(*COLUMNS, columns.key, columns.effective, code_set.c.main, worded.label("worded"), rank)
    found = chosen.where(code_set.c.number == columns.codes, *plan.gathered()).subquery()
    place = (found.c.main, found.c.worded, found.c.effective.is_(None), found.c.effective.desc(), found.c.key.desc())
    wanted = select(found).where(found.c.rank <= bindparam("most")).order_by(*place)
    return wanted.limit(fixed(MOST + 1)).offset(NO_OFFSET)
