"""The key holders, with a real 3-of-5 key that is dealt in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache

from corridor.domain.country import Country
from corridor.domain.directory import KeyHolder, TokenKey
from corridor.domain.errors import UnavailableError
from corridor.domain.identity import dleq, oprf
from corridor.domain.identity.sharing import combine_deals, deal, public_share
from corridor.domain.identity.tokens import check_partial
from corridor.domain.secret import Secret

THRESHOLD, HOLDERS = 3, 5


@lru_cache(maxsize=1)
def dealt() -> tuple[dict[int, Secret], dict[int, bytes]]:
    """Each holder's share of one key, and what its proofs are checked against."""
    deals = [deal(dealer, threshold=THRESHOLD, holders=HOLDERS) for dealer in range(1, HOLDERS + 1)]
    publics = [each.public for each in deals]
    shares = {index: combine_deals(index, publics, [each.shares[index - 1] for each in deals]) for index in range(1, 6)}
    return shares, {index: public_share(publics, index) for index in shares}


class FakeHolders:
    """Port `Holders`; every answer is evaluated and proven as a real holder would.

    Attributes:
        away: indexes of holders that do not answer.
        hangs: True makes all of them keep the asker waiting for ever.
        asked: how many elements were asked for, by question.
    """

    def __init__(self) -> None:
        self.away: set[int] = set()
        self.hangs = False
        self.asked: list[int] = []

    async def evaluate(
        self, blinded: Sequence[bytes], *, key: TokenKey, timeout_seconds: float
    ) -> Mapping[int, Sequence[bytes]]:
        """See the port."""
        self.asked.append(len(blinded))
        if self.hangs:
            await asyncio.sleep(timeout_seconds * 100)
        shares, publics = dealt()
        assert key.threshold == THRESHOLD
        there = [index for index in shares if index not in self.away][:THRESHOLD]
        if len(there) < THRESHOLD:
            raise UnavailableError("Too few key holders answered.")
        found = {}
        for index in there:
            found[index] = oprf.evaluate(shares[index].value, blinded)
            proof = dleq.prove(shares[index].value, blinded, found[index])
            check_partial(publics[index], blinded, found[index], proof=proof)
        return found


def dealt_key(epoch: int) -> TokenKey:
    """The public part of the key that is dealt in memory."""
    codes = ("CL", "CO", "EC", "PE", "VE")
    holders = tuple(KeyHolder(Country(code), index, dealt()[1][index]) for index, code in enumerate(codes, 1))
    return TokenKey(epoch, 0, THRESHOLD, dealt()[1][1], holders)
