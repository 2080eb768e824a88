"""How audit events were made searchable, by the version in their leaf; what was once written stays as it was.

`log_readings/N.json` holds the search parameters of AuditEvent as they were read under version N. A release that reads
them differently adds the next file and raises the leaf's version: a log that was written before is still proven by what
held then.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
import orjson

from corridor.domain.errors import InvalidError
from corridor.fhir.facts import Plan, plan_of
from corridor.fhir.parameters import Parameter, parameters

EVENTS = "AuditEvent"


@cache
def reading(version: int) -> Plan:
    """How events of a version are read.

    Raises:
        InvalidError: this release does not know it; a later one wrote it.
    """
    return plan_of(frozen(version))


def frozen(version: int) -> tuple[Parameter, ...]:
    """The search parameters of a version.

    Raises:
        InvalidError: this release does not know it.
    """
    path = files("corridor.storage.node").joinpath("log_readings", f"{version}.json")
    if not path.is_file():
        raise InvalidError("The log was written by a later release.")
    return msgspec.json.decode(path.read_bytes(), type=tuple[Parameter, ...])


def todays() -> bytes:
    """The parameters of this release in the form of such a file: one a line."""
    lines = (orjson.dumps(each) for each in parameters(EVENTS).values())
    return b"[\n" + b",\n".join(lines) + b"\n]\n"
