"""Every malformed request is refused in FHIR with the right words, and nothing of it stays."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from corridor.apps.origins import FEDERATION_NAME
from corridor.domain.audit.checkpoint import log_origin
from corridor.keys.checkpoints import open_checkpoint
from corridor.keys.files import KeyUse, signing_key
from corridor.storage.database import Database
from corridor.storage.node.verify import LogReport, OpenNote, verify_log
from tests.doors.bad_input import addresses, bodies, bundles, operations, patches, xml_bodies
from tests.doors.bad_input.row import FHIR_JSON, Row
from tests.doors.running import Node, Reply
from tests.doors.samples import Town
from tests.doors.test_national_malformed import chunks

ROWS: tuple[Row, ...] = (
    *bodies.ROWS,
    *xml_bodies.ROWS,
    *patches.ROWS,
    *addresses.ROWS,
    *bundles.ROWS,
    *operations.ROWS,
)
PERSONAL = (b"Urdaneta", b"Yusneidi", b"femenino", b"17/04", b"quizas", b"/etc/passwd", b"root:")
"""What stands in the requests or on the machine and must never come back."""


def test_the_table_is_long_and_each_row_has_a_name() -> None:
    assert len(ROWS) >= 300
    assert [name for name, times in Counter(row.name for row in ROWS).items() if times > 1] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_bad_request_is_refused_in_fhir_and_leaves_nothing(node: Node, town: Town, row: Row) -> None:
    before = node.rows()
    answer = asked(node, town.ids["patient"], row)
    assert (answer.status, answer.headers["content-type"]) == (row.status, f"{FHIR_JSON}; charset=utf-8"), answer.body
    OperationOutcome.model_validate_json(answer.body)
    issues = answer.json["issue"]
    assert row.code in {each["code"] for each in issues}, answer.body
    assert row.at is None or row.at in [at for each in issues for at in each.get("expression", [])], answer.body
    said = answer.body + str(answer.headers).encode()
    assert not [each for each in PERSONAL if each in said], answer.body
    assert row.status != 405 or answer.headers["allow"]
    assert node.rows() == before


def asked(node: Node, patient: str, row: Row) -> Reply:
    """What the node says to the request of a row."""
    headers: dict[str, str | None] = {"authorization": f"Bearer {node.tokens[row.role]}"} if row.role else {}
    headers |= {"content-type": FHIR_JSON} if row.body is not None else {}
    headers |= row.headers
    kept = {name: value for name, value in headers.items() if value is not None}
    path, body = row.path.replace("{patient}", patient), row.body and row.body.replace(b"{patient}", patient.encode())
    if row.body is not None and row.body != body:
        kept.pop("content-length", None)
    return node.send(row.method, path, chunks(body) if row.chunked and body else body, kept)


def test_after_all_that_the_log_is_whole(node: Node) -> None:
    key = signing_key(Path(node.settings.keys) / "log.key", KeyUse.LOG).public_key().public_bytes_raw()
    open_note = partial(open_checkpoint, origin=log_origin(FEDERATION_NAME, "PE"), public_key=key)
    report = asyncio.run(_verified(node, open_note))
    assert (report.fault, report.size > 0) == ("", True)


async def _verified(node: Node, open_note: OpenNote) -> LogReport:
    database = Database(node.settings.database)
    try:
        return await verify_log(database, open_note)
    finally:
        await database.close()
