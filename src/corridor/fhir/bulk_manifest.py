"""What an export or an import gives back: its manifest, deletions as Bundles, refused lines as OperationOutcomes.

Source: FHIR Bulk Data Access 2.0 (https://hl7.org/fhir/uv/bulkdata/export.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from corridor.domain.bulk import BulkFile, BulkJob, ImportOrder, Section
from corridor.domain.errors import CorridorError
from corridor.fhir.bundle import instant
from corridor.fhir.outcome import outcome


def manifest(job: BulkJob, files_url: str) -> bytes:
    """The manifest of a job that is done.

    Args:
        job: the export or import.
        files_url: address below which its files lie, without a slash at the end.
    """
    imported = isinstance(job.order, ImportOrder)
    content = {
        "transactionTime": instant(job.as_of),
        "request": job.request,
        "requiresAccessToken": True,
        "output": [*_inputs(job)] if imported else _listed(job, Section.OUTPUT, files_url),
        "deleted": _listed(job, Section.DELETED, files_url),
        "error": _listed(job, Section.ERROR, files_url),
    }
    return orjson.dumps(content)


def deletion(resource_type: str, id: str) -> bytes:
    """One line that says that a resource was deleted: a transaction that would delete it."""
    request = {"method": "DELETE", "url": f"{resource_type}/{id}"}
    return orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [{"request": request}]})


def refusal(error: CorridorError, *, file: str, line: int) -> bytes:
    """One line that says which line of a file was refused, and why; nothing of the line itself is repeated."""
    resource = orjson.loads(outcome(error)[1])
    for issue in resource["issue"]:
        issue["diagnostics"] = f"{file}, line {line}: {issue['diagnostics']}"
    return orjson.dumps(resource)


def _listed(job: BulkJob, section: Section, files_url: str) -> list[dict[str, Any]]:
    files = (each for each in job.progress.files if each.section is section)
    return [_file(each, files_url) for each in files]


def _file(file: BulkFile, files_url: str) -> dict[str, Any]:
    kinds = {Section.OUTPUT: file.type, Section.DELETED: "Bundle", Section.ERROR: "OperationOutcome"}
    return {"type": kinds[file.section], "url": f"{files_url}/{file.name}", "count": file.count}


def _inputs(job: BulkJob) -> Iterator[dict[str, Any]]:
    """What became of each input; R4 has no word for it, so that `count` is what is here now as the input says it."""
    inputs = job.order.inputs if isinstance(job.order, ImportOrder) else ()
    for wanted, taken in zip(inputs, job.progress.taken, strict=False):
        told = {"count": taken.written + taken.unchanged, "written": taken.written, "unchanged": taken.unchanged}
        named = {"type": wanted.type} if wanted.type else {}
        yield named | ({"inputUrl": wanted.url} if wanted.url else {}) | told | {"refused": taken.refused}
