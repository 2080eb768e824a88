"""A node has the identity tokens of persons made by the key holders, who learn nothing of them."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.identity.features import Feature
from corridor.domain.identity.register import Token
from corridor.domain.identity.tokens import begin_batch, finish_batch
from corridor.flows.ports.holders import Holders


async def make_tokens(
    persons: Sequence[Sequence[Feature]], *, holders: Holders, threshold: int, timeout_seconds: float
) -> tuple[tuple[Token, ...], ...]:
    """Each person's tokens, in order; none for a person of whom too little is known.

    Raises:
        UnavailableError: fewer than `threshold` holders gave right answers in time.

    Source: RFC 9497; IDENTITY section 2.
    """
    elements, state = begin_batch(persons)
    # Holders refuse an empty question, and need not be asked one.
    partials = await holders.evaluate(elements, timeout_seconds=timeout_seconds) if elements else {}
    return finish_batch(state, partials, threshold=threshold)
