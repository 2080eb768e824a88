"""Making data keys for all who wait for some at the same time: they are durable together, which costs what one does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection


class KeyMaking:
    """Makes keys for names that have none, one group after another.

    Args:
        is_there: whether a name has a key.
        make: writes keys of names that have none; it waits for the disk.
    """

    def __init__(self, is_there: Callable[[bytes], bool], make: Callable[[Collection[bytes]], None]) -> None:
        self._is_there, self._make = is_there, make
        self._wanted: set[bytes] = set()
        self._turn = asyncio.Lock()

    async def make(self, names: Collection[bytes]) -> None:
        """Let each of these have a key; it is durable when this returns.

        Raises:
            UnavailableError: keys cannot be written.
        """
        wanted = {each for each in names if not self._is_there(each)}
        if not wanted:
            return
        self._wanted |= wanted
        async with self._turn:
            if not all(map(self._is_there, wanted)):  # nobody who came before has made them along with their own
                group = frozenset(self._wanted)
                await asyncio.to_thread(self._make, group)
                self._wanted -= group
