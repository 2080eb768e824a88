"""The state of a log as one short text that can be signed, sent and compared.

Source: https://c2sp.org/tlog-checkpoint
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from corridor.domain.errors import MalformedError

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ROOT_BYTES = 32
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long a log is and what its root is.

    Attributes:
        origin: unique name of the log, one line.
        size: number of leaves.
        root: 32 bytes.
    """

    origin: str
    size: int
    root: bytes


def render(checkpoint: Checkpoint) -> str:
    """The text of a checkpoint; it ends in a line feed.

    Raises:
        MalformedError: no origin, or one of several lines.
    """
    if not checkpoint.origin or not checkpoint.origin.isprintable():
        raise MalformedError("A log's origin is one line of text.")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def parse(text: str) -> Checkpoint:
    """The checkpoint of a text; extension lines are passed over.

    Raises:
        MalformedError: not a checkpoint.
    """
    lines = text.split("\n")
    if len(lines) <= _LINES or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise MalformedError("This is not a checkpoint.")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != _ROOT_BYTES or base64.b64encode(root).decode() != lines[2]:
        raise MalformedError("The root of a checkpoint is 32 bytes in base64.")
    return Checkpoint(lines[0], int(lines[1]), root)


def log_origin(federation: str, country: str) -> str:
    """The origin of a country's audit log."""
    return f"{federation}/audit/{country.lower()}"
