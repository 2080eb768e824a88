"""A node has the identity tokens of persons made by the key holders, who learn nothing of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from corridor.domain.directory import TokenKey
from corridor.domain.identity.features import Feature
from corridor.domain.identity.register import Token
from corridor.domain.identity.tokens import begin_batch, finish_batch
from corridor.flows.beside import beside
from corridor.flows.ports.holders import Holders


async def make_tokens(
    persons: Sequence[Sequence[Feature]], *, holders: Holders, key: TokenKey, timeout_seconds: float
) -> tuple[tuple[Token, ...], ...]:
    """Each person's tokens, in order; none for a person of whom too little is known.

    Raises:
        UnavailableError: too few holders gave right answers in time.

    Source: RFC 9497; IDENTITY section 2.
    """
    count = sum(map(len, persons))
    elements, state = await beside(count, partial(begin_batch, persons))
    # Holders refuse an empty question, and need not be asked one.
    partials = await holders.evaluate(elements, key=key, timeout_seconds=timeout_seconds) if elements else {}
    return await beside(count, partial(finish_batch, state, partials, threshold=key.threshold))
