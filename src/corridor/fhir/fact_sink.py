"""Where the facts of one resource gather while it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any

import msgspec

from corridor.domain.record import Fact
from corridor.fhir.parameters import Route

Coding = tuple[str, str, str]
"""System, code and text, each empty where there is none."""


class Sink(msgspec.Struct):
    """What has been found in one resource so far.

    Attributes:
        zone: read for dates that name none.
        element: number of the part that is being read, 0 for the resource itself.
        concept: the CodeableConcept that was read last.
        codings: its codings, and its own text as one without a code.
    """

    zone: tzinfo = UTC
    element: int = 0
    found: list[Fact] = msgspec.field(default_factory=list)
    concept: Any = None
    codings: tuple[Coding, ...] = ()


Reading = Callable[[Any, Route, Sink], None]
"""Adds the facts of one value at the end of a route."""
