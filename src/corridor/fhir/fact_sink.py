"""Where the facts of one resource gather while it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import Any

import msgspec

from corridor.domain.record import Fact
from corridor.fhir.parameters import Route


class Sink(msgspec.Struct):
    """What has been found in one resource so far.

    Attributes:
        zone: read for dates that name none.
        element: number of the part that is being read, 0 for the resource itself.
    """

    zone: tzinfo = UTC
    element: int = 0
    found: list[Fact] = msgspec.field(default_factory=list)


Routes = Sequence[Route]
"""Ways that end at one place and are read alike: a value is read once, whatever the number of its parameters."""

Reading = Callable[[Any, Routes, Sink], None]
"""Adds the facts of one value at the end of such routes, one route after another."""
