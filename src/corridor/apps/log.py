"""Writes log lines: one JSON object each, with the fields of the catalogue and no others."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import lru_cache
from time import time_ns

import orjson

from corridor.domain.log import LogEvent


def emit(event: LogEvent, **fields: str | float | None) -> None:
    """Write one line to standard error.

    Raises:
        KeyError: a field that the catalogue does not list; this is a mistake in the code, found by its tests.
    """
    if not event.fields.issuperset(fields):
        raise KeyError(*sorted(fields.keys() - event.fields))
    line = {"at": _now(), "event": event.id, "level": event.level.name, **fields}
    sys.stderr.buffer.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    sys.stderr.buffer.flush()


def _now() -> str:
    """In UTC with milliseconds."""
    second, milliseconds = divmod(time_ns() // 1_000_000, 1000)
    return f"{_second(second)}.{milliseconds:03d}+00:00"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    """A second since 1970 as text, made once for all lines of it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
