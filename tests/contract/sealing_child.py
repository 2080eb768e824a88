"""A process that seals a database and says so after each batch, until it is killed."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from corridor.storage.database import Database
from corridor.storage.node.sealing import SealDesk, seal_everything
from tests.contract.samples import HOME
from tests.sealing import ring_in


def say(count: int) -> None:
    """Tell of a batch, and leave time to be killed."""
    sys.stdout.write(f"{count}\n")
    sys.stdout.flush()
    time.sleep(0.2)


if __name__ == "__main__":
    ring = ring_in(Path(sys.argv[2]))
    asyncio.run(seal_everything(SealDesk(Database(sys.argv[1], ring), ring, HOME, ZoneInfo("UTC")), say))
