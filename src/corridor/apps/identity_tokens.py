"""The tokens of many people under a key for measuring, made by several processes and in order."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice

from corridor.domain.errors import InvalidError
from corridor.domain.identity import sharing
from corridor.domain.identity.described import described
from corridor.domain.identity.known_key import direct_tokens, protocol_tokens, whole_key
from corridor.domain.secret import Secret

THRESHOLD, HOLDERS = 3, 5
CHUNK = 100
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Tokened:
    """One person with what the hub gets.

    Attributes:
        id: as in the register.
        content: the description as it would be sealed.
    """

    id: str
    content: bytes
    flags: tuple[int, ...]
    tokens: tuple[tuple[int, bytes], ...]


def fresh_shares() -> dict[int, Secret]:
    """A key that is made for one measurement: dealt by five holders, any three of whom can use it."""
    deals = [sharing.deal(dealer, threshold=THRESHOLD, holders=HOLDERS) for dealer in range(1, HOLDERS + 1)]
    public = [one.public for one in deals]
    return {
        index: sharing.combine_deals(index, public, [one.shares[index - 1] for one in deals])
        for index in range(1, HOLDERS + 1)
    }


def key_of(shares: dict[int, Secret]) -> Secret:
    """The whole of a key for measuring."""
    return whole_key(dict(islice(shares.items(), THRESHOLD)))


def check_protocol(people: Iterable[bytes], shares: dict[int, Secret]) -> int:
    """Prove on a sample that tokens evaluated at once are those of the whole protocol with all its proofs.

    Returns:
        How many people were compared.

    Raises:
        InvalidError: a token differs, or a holder's proof does not hold.
    """
    key, count = key_of(shares), 0
    for content in people:
        features = described(content).features
        if direct_tokens(features, key) != protocol_tokens(features, shares, threshold=THRESHOLD):
            raise InvalidError("Tokens of the protocol differ from those evaluated at once.")
        count += 1
    return count


def _made(people: list[tuple[str, bytes]], key: bytes) -> list[Tokened]:
    secret = Secret(key)
    return [_tokened(name, content, secret) for name, content in people]


def _tokened(name: str, content: bytes, key: Secret) -> Tokened:
    told = described(content)
    tokens = direct_tokens(told.features, key)
    return Tokened(name, content, told.flags, tuple((token.kind, token.value) for token in tokens))


async def tokened(
    people: Iterator[tuple[str, bytes]], key: Secret, pool: ProcessPoolExecutor
) -> AsyncIterator[list[Tokened]]:
    """Everyone with tokens, chunk by chunk in order; a few chunks are made ahead and no more are in memory."""
    loop = asyncio.get_running_loop()
    waiting: deque[asyncio.Future[list[Tokened]]] = deque()
    while True:
        while len(waiting) < _AHEAD + (os.cpu_count() or 1) and (part := list(islice(people, CHUNK))):
            waiting.append(loop.run_in_executor(pool, _made, part, key.value))
        if not waiting:
            return
        yield await waiting.popleft()
