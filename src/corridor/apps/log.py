"""Writes log lines: one JSON object each, with the fields of the catalogue and no others."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import orjson

from corridor.domain.log import LogEvent


def emit(event: LogEvent, **fields: str | float | None) -> None:
    """Write one line to standard error.

    Raises:
        KeyError: a field that the catalogue does not list; this is a mistake in the code, found by its tests.
    """
    if not event.fields.issuperset(fields):
        raise KeyError(*sorted(fields.keys() - event.fields))
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event.id, "level": event.level.name}
    sys.stderr.buffer.write(orjson.dumps({**line, **fields}, option=orjson.OPT_APPEND_NEWLINE))
    sys.stderr.buffer.flush()
