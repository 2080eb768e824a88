"""What two countries write to each other about withdrawals that one of them may have missed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from corridor.domain.wire import Words


class MissedWords(Words, frozen=True):
    """`POST /withdrawals/missed`: whether to tell what waits now, or only to say whether anything does."""

    tell: bool


class WaitingWords(Words, frozen=True):
    """The answer: how many withdrawals the asker has not acknowledged; of whom is not said."""

    waiting: Annotated[int, Meta(ge=0, le=2**31)]
