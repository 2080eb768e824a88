"""What is kept in memory up to a number."""

from __future__ import annotations

from typing import Any

HELD = 20_000
"""Data keys that are in memory at once; those that came first are forgotten first."""


def hold(held: dict[Any, Any], name: Any, value: Any) -> None:
    """Keep one more, and forget the first where there are too many."""
    if len(held) >= HELD:
        del held[next(iter(held))]
    held[name] = value
