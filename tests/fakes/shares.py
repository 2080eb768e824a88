"""One holder's share of the key that is dealt in memory."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.identity import dleq, oprf
from tests.fakes.holders import dealt
from tests.fakes.hub import EPOCH


class FakeShares:
    """Ports `Shares` and `Share`: one share of one key.

    Args:
        index: of the holder, 1 to 5.
    """

    def __init__(self, index: int) -> None:
        self.index = index

    def of(self, epoch: int, generation: int) -> FakeShares | None:
        """See the port."""
        return self if (epoch, generation) == (EPOCH, 0) else None

    def answer(self, blinded: Sequence[bytes]) -> list[bytes]:
        """See the port."""
        return oprf.evaluate(dealt()[0][self.index].value, blinded)

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """See the port."""
        share = dealt()[0][self.index].value
        evaluated = self.answer(blinded)
        return evaluated, dleq.prove(share, blinded, evaluated)
