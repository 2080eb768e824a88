"""One exchange across a border as a log tells it: who, from whom, why, and how it ended; never what was in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Course(StrEnum):
    """What became of it, seen from this node."""

    GIVEN = "given"
    RECEIVED = "received"
    ASKED = "asked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Passage:
    """One entry of the log about an exchange.

    Attributes:
        at: aware UTC.
        asker: country that asked; empty where the log does not say.
        holder: country that was asked; empty where the log does not say.
        purpose: PurposeOfUse code as it was claimed.
        patients: local ids of the people concerned.
        agent: pseudonym of who acted; empty where it was a part of the node.
        reason: code of why it was refused; empty where it was not.
    """

    at: datetime
    course: Course
    asker: str
    holder: str
    purpose: str
    patients: tuple[str, ...]
    agent: str
    reason: str
