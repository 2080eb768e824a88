"""How seldom a process that serves looks for waste in circles."""

from __future__ import annotations

import gc

_COLLECTED_AFTER = 20_000
"""Objects that are made before waste in circles is looked for: what many requests under way hold is no waste."""


def collect_seldom() -> None:
    """Walk no more over what is loaded now: that would cost each large Bundle tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER)
