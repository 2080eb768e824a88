"""What a CodeableConcept says is worked out once: records repeat the same few of them over and over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import orjson

Concept = dict[str, Any]
Said = TypeVar("Said")

_MOST = 2048
"""Concepts that are remembered by each reading; when there are more, it begins anew."""
_LONGEST = 500
"""Bytes of a concept that is remembered."""


def remembered(read: Callable[[Concept], Said]) -> Callable[[Concept], Said]:
    """The same reading of a concept, which remembers what it gave.

    Remembered are codes with their wordings alone: a concept without a code may be free text, and one with extensions
    may hold anything.

    Args:
        read: gives the same for the same concept, and never None.
    """
    known: dict[bytes, Said] = {}

    def recall(concept: Concept) -> Said:
        try:
            written = orjson.dumps(concept, option=orjson.OPT_PASSTHROUGH_SUBCLASS)
        except TypeError:  # of a reader that keeps numbers as they were written; no code is a number
            return read(concept)
        said = known.get(written)
        if said is None:
            said = read(concept)
            if _is_wording(written):
                if len(known) >= _MOST:
                    known.clear()
                known[written] = said
        return said

    return recall


def _is_wording(written: bytes) -> bool:
    return len(written) <= _LONGEST and b'"code":"' in written and b'"extension":' not in written
