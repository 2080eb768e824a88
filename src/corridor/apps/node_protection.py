"""What the page of data protection needs of a node, put together from its acts."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.asking import Asking
from corridor.domain.passage import Passage
from corridor.fhir.passage import EXCHANGES, passage
from corridor.fhir.search import read_search
from corridor.node.national import National
from corridor.web.protection.routes import Protection

_SHOWN = 100


def protection_pages(national: National) -> Protection:
    """The act that the page is hung on: a search of the log, on record as every other."""

    async def passages(asking: Asking, patient_id: str) -> Sequence[Passage]:
        pairs = [("subtype", ",".join(EXCHANGES)), ("_sort", "-date"), ("_count", str(_SHOWN))]
        pairs += [("patient", f"Patient/{patient_id}")] if patient_id else []
        wanted = read_search("AuditEvent", pairs, strict=True, zone=national.zone)
        page = await national.search_records(asking, wanted.query, asked="protection-page")
        return [passage(record.body) for record in page.records if record.body]

    return Protection(passages)
