"""How far a register was indexed, in memory."""

from __future__ import annotations

from corridor.flows.ports.token_index import Progress


class FakeIndex:
    """Port `TokenIndex`."""

    def __init__(self) -> None:
        self.marks: dict[int, Progress] = {}

    async def progress(self, epoch: int) -> Progress:
        """See the port."""
        return self.marks.get(epoch, Progress())

    async def move(self, epoch: int, progress: Progress) -> None:
        """See the port."""
        self.marks[epoch] = progress
