"""Prints a pulled history as a person would want to read it on a terminal."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from corridor.domain.care.timeline import Timeline, timeline
from corridor.domain.country import Country, country
from corridor.domain.history import Entry
from corridor.fhir.events import events
from corridor.web.clinician.routes import ROOM
from corridor.web.clinician.wording import value_text
from corridor.web.language import Language, words
from demo.parties import NODES

ENGLISH = words(Language.EN, ROOM)
_SKIPPED = frozenset({"Provenance", "OperationOutcome"})


def read_history(body: str) -> tuple[dict[Country, list[Entry]], list[str]]:
    """The resources of a pulled Bundle by country, and what it says of the countries, silent ones included."""
    entries: dict[Country, list[Entry]] = defaultdict(list)
    said: list[str] = []
    for each in orjson.loads(body).get("entry", ()):
        resource: dict[str, Any] = each["resource"]
        if resource["resourceType"] == "OperationOutcome":
            said += [
                issue.get("details", {}).get("text") or issue.get("diagnostics", "") for issue in resource["issue"]
            ]
        elif resource["resourceType"] not in _SKIPPED:
            home = country(resource["meta"]["source"].rpartition("/")[2])
            entries[home].append(Entry(resource["resourceType"], resource["id"], orjson.dumps(resource)))
    return entries, said


def tell(body: str, console: Console) -> None:
    """Print the timeline of a pulled Bundle, country by country, and who was silent."""
    entries, said = read_history(body)
    told = timeline(event for home, several in entries.items() for event in events(several, home))
    console.print(_regimens(told))
    console.print(_results(told))
    for home, several in sorted(entries.items()):
        console.print(f"  {NODES[home][0]}: {len(several)} resources")
    for text in said:
        console.print(f"  [bold]{text}[/bold]")


def _regimens(told: Timeline) -> Table:
    table = Table(title="What was taken", title_justify="left")
    for heading in ("from", "to", "country", "medicines"):
        table.add_column(heading)
    for span in told.spans:
        table.add_row(_day(span.start), _day(span.end), span.country, span.label)
    return table


def _results(told: Timeline) -> Table:
    table = Table(title="What was measured", title_justify="left")
    for heading in ("on", "country", "what", "result"):
        table.add_column(heading)
    for event in sorted((*told.viral_loads, *told.cd4s), key=lambda each: (_day(each.start), each.label)):
        table.add_row(_day(event.start), event.country, ENGLISH.name("kind", event.kind), value_text(event, ENGLISH))
    return table


def _day(day: object) -> str:
    return str(day) if day else "?"
