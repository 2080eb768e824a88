"""Exchanges between countries, counted."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.disclosure import Decision
from corridor.domain.purpose import Purpose
from corridor.flows.ports.disclosures import DisclosureCount
from corridor.web.auditor.chart import OUTCOMES, columns, routes_of, shares_of
from corridor.web.auditor.filters import Wanted, read_wanted
from corridor.web.auditor.office import Office
from corridor.web.auditor.proofs import log_lines
from corridor.web.auditor.spreadsheet import spreadsheet
from corridor.web.entrance import Visit
from corridor.web.page import HEADERS, Pages

SIZES = (("wide", 1080), ("small", 344))
SHARE_PX = 176
MOST_ROWS = 120
"""Rows on the page; the file carries all."""


class ExchangePages:
    """The coordinator's page and its file."""

    def __init__(self, pages: Pages, office: Office) -> None:
        self._pages = pages
        self._office = office

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /intercambios`: logs, sums, columns over time, and the counts by hour."""
        t = self._pages.words(request)
        countries, now = self._office.countries(), self._office.now()
        wanted = read_wanted(request, countries, today=now.date())
        seen = await self._office.overview(visit.asking.principal, wanted.filter)
        counts = seen.counts
        routes = routes_of(counts)
        return self._pages.show(
            request,
            "exchanges.html",
            visit=visit,
            wanted=wanted,
            counts=counts[:MOST_ROWS],
            total=len(counts),
            routes=list(zip(routes, shares_of(routes, SHARE_PX), strict=True)),
            share_px=SHARE_PX,
            reported=_counted(counts, Decision.FORBIDDEN),
            alarms=_counted(counts, Decision.PAUSED),
            attempts=seen.attempts,
            charts=[(name, columns(counts, t, days=(wanted.first, wanted.last), width=px)) for name, px in SIZES],
            outcomes=OUTCOMES,
            logs=log_lines(countries, seen.proofs, now=now),
            countries=countries,
            purposes=list(Purpose),
            decisions=list(Decision),
            file=f"/intercambios.csv?{urlencode(_parameters(wanted))}",
        )

    async def download(self, request: Request, visit: Visit) -> Response:
        """`GET /intercambios.csv`: the same counts, whole."""
        wanted = read_wanted(request, self._office.countries(), today=self._office.now().date())
        seen = await self._office.overview(visit.asking.principal, wanted.filter)
        name = f"intercambios-{wanted.first}-{wanted.last}.csv"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(spreadsheet(seen.counts), media_type="text/csv; charset=utf-8", headers=headers)


def _counted(counts: Sequence[DisclosureCount], decision: Decision) -> list[DisclosureCount]:
    """What countries told of one kind of event."""
    return [one for one in counts if one.decision is decision]


def _parameters(wanted: Wanted) -> dict[str, str]:
    every = {
        "from": wanted.first,
        "to": wanted.last,
        "asker": wanted.asker,
        "holder": wanted.holder,
        "purpose": wanted.purpose,
        "decision": wanted.decision,
    }
    return {name: str(value) for name, value in every.items() if value is not None}
