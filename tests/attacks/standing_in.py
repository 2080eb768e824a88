"""Somebody with a country's keys in that country's place, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.attacks.envoy import Envoy
from tests.journeys.world import World


@contextmanager
def impostor(land: World, behaviour: str, *, country: str) -> Iterator[None]:
    """Somebody with the country's keys stands in its place; the country itself has to be off."""
    party = land.doors[country]
    url = Envoy(land, country).address(country)
    command = [sys.executable, "-m", "tests.attacks.impostor", behaviour, str(party.port), url, country, party.keys]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            process.terminate()
