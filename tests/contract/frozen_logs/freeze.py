"""Freezes a log as this release writes it, before the leaf's version rises.

    python -m tests.contract.frozen_logs.freeze

What it writes is committed and never made again: later releases have to prove it whole.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.audit.leaf import VERSION
from corridor.domain.country import Country
from corridor.domain.trace import Trace
from corridor.keys.checkpoints import sign_checkpoint
from corridor.storage.database import Database
from corridor.storage.migrations import upgrade
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.log import LogVoice, NodeLog
from corridor.storage.node.tables import log_checkpoint, log_entry, log_head, log_node, log_reference, log_shape

HERE = Path(__file__).parent
ORIGIN = "corridor.example/audit/frozen"
TABLES = (log_shape, log_entry, log_reference, log_node, log_checkpoint, log_head)
PERU, ECUADOR = Country("PE"), Country("EC")
EXCHANGED = frozenset({AuditKind.ASK, AuditKind.REFUSE, AuditKind.ANSWER, AuditKind.RECEIPT, AuditKind.RESOLVE})
AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def facts() -> Iterator[AuditFact]:
    """Events of every kind, done and refused, of nobody, of one and of several patients."""
    number = 0
    for kind in AuditKind:
        for outcome in AuditOutcome:
            for patients in ((), ("ana",), ("ana", "luz")):
                yield _fact(kind, outcome, patients, at=AT + timedelta(minutes=number))
                number += 1


def _fact(kind: AuditKind, outcome: AuditOutcome, patients: tuple[str, ...], *, at: datetime) -> AuditFact:
    abroad = kind in EXCHANGED
    return AuditFact(
        kind=kind,
        outcome=outcome,
        at=at,
        trace=Trace("0123456789abcdef0123456789abcdef", "0123456789abcdef"),
        request_id="request-1",
        agent="0123456789abcdef0123456789abcdef",
        role="clinician",
        asker=ECUADOR if abroad else None,
        holder=PERU if abroad else None,
        purpose="TREAT" if abroad else "",
        patient_ids=patients,
        resource="Observation" if kind is AuditKind.SEARCH else "Observation/o1",
        query="code=http://loinc.org|20447-9" if kind is AuditKind.SEARCH else "",
        reason="" if outcome is AuditOutcome.SUCCESS else "forbidden",
        consent_ids=("c1",) if abroad and patients else (),
        together=("Observation/o2",) if kind is AuditKind.CREATE else (),
    )


def written(value: Any) -> Any:
    """A value of a row as JSON."""
    return {"base64": b64encode(value).decode()} if isinstance(value, bytes) else value


async def freeze(folder: Path) -> dict[str, Any]:
    """A log of these events, every row of it, and the key that proves its checkpoints."""
    key = Ed25519PrivateKey.generate()
    url = f"sqlite:///{folder}/log.db"
    await upgrade(url, "node")
    database = Database(url)
    audit = SqlAudit(NodeLog(database, LogVoice(PERU, ORIGIN, partial(sign_checkpoint, key=key))))
    for fact in facts():
        await audit.append(fact)
    tables = {}
    async with database.read() as connection:
        for table in TABLES:
            found = await connection.execute(select(table).order_by(*table.primary_key.columns))
            tables[table.name] = [{name: written(value) for name, value in row.items()} for row in found.mappings()]
    await database.close()
    return {"origin": ORIGIN, "public_key": written(key.public_key().public_bytes_raw()), "tables": tables}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        content = asyncio.run(freeze(Path(made)))
    (HERE / f"{VERSION}.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
