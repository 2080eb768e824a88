"""The development identity provider of the demo, as a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from demo.federation import CORRIDOR
from demo.parties import Party

_STOP_SECONDS = 10.0


@contextmanager
def provider(party: Party) -> Iterator[None]:
    """Invented people to sign in as at a party that names such a provider; it is stopped when the block ends."""
    with (party.folder / "provider.txt").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command with our own files
            [CORRIDOR, "idp", "serve", "--config", party.config], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)
