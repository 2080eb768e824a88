"""A process that writes and says so, until it is killed.

Each round is a unit with one Patient, four Observations and their audit entries, followed by one audit entry alone;
a line on standard output acknowledges it.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.audit.fact import AuditKind
from corridor.keys.checkpoints import sign_checkpoint
from corridor.storage.database import Database
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.log import LogVoice, NodeLog
from corridor.storage.node.units import SqlUnits
from tests.contract.samples import HOME, NOW, ORIGIN, fact, patient, viral_load


async def write(url: str, key: str, prefix: str) -> None:
    """Write for ever."""
    sign = partial(sign_checkpoint, key=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)))
    log = NodeLog(Database(url), LogVoice(HOME, ORIGIN, sign))
    units, audit = SqlUnits(log, HOME), SqlAudit(log)
    number = 0
    while True:
        name = f"{prefix}-{number}"
        drafts = [patient(name), *(viral_load(f"{name}-{n}", of=name, on="2024-02-01") for n in range(4))]
        async with units.begin() as unit:
            for record in await unit.write(drafts, at=NOW):
                resource = f"{record.resource_type}/{record.id}"
                await unit.audit(fact(AuditKind.CREATE, of=(name,), resource=resource))
        await audit.append(fact(of=(name,), resource=f"Patient/{name}"))
        sys.stdout.write(name + "\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:]))
