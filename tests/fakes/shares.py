"""One holder's share of the key that is dealt in memory."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.identity import dleq, oprf
from tests.fakes.holders import dealt
from tests.fakes.hub import EPOCH


class FakeShares:
    """Port `Shares`.

    Args:
        index: of the holder, 1 to 5.
    """

    def __init__(self, index: int) -> None:
        self.index = index
        self.epoch = EPOCH

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """See the port."""
        share = dealt()[0][self.index].value
        evaluated = oprf.evaluate(share, blinded)
        return evaluated, dleq.prove(share, blinded, evaluated)
