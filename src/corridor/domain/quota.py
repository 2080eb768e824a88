"""Leave to have more evaluated than an everyday budget allows: for one country, one key, some hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.country import Country
from corridor.domain.directory import TokenKey
from corridor.domain.errors import ForbiddenError, InvalidError

LIFE_MAX = timedelta(hours=24)
"""A list of the size of a register is a dictionary: leave for one ends by itself, the next day at the latest."""

ELEMENTS_MAX = 500_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """What is asked for, and signed by other holders.

    Attributes:
        id: 32 hex digits; every holder counts what was spent of it, and none forgets before it ends.
        asker: whose it is; nobody else can use it.
        epoch: number of the key that it is for.
        elements: how many each holder may evaluate in all.
        start: aware UTC.
        end: aware UTC, at most 24 hours later.
        reason: in plain words, for those who sign.

    Raises:
        InvalidError: the window or the amount makes no sense.
    """

    id: str
    asker: Country
    epoch: int
    elements: int
    start: datetime
    end: datetime
    reason: str

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or not self.start < self.end <= self.start + LIFE_MAX:
            raise InvalidError("A quota lasts at most 24 hours.")
        if not 0 < self.elements <= ELEMENTS_MAX:
            raise InvalidError("A quota is for a sensible number of elements.")


def signers_needed(key: TokenKey) -> int:
    """How many holders other than the asker must sign: as many as evaluate together, or all others of a small group."""
    return min(key.threshold, len(key.holders) - 1)


def check_quota(quota: Quota, signers: frozenset[Country], *, asker: Country, key: TokenKey, now: datetime) -> None:
    """Let pass the use of a quota.

    Args:
        quota: what was signed.
        signers: whose signatures hold.
        asker: who uses it.
        key: that is to evaluate.
        now: aware UTC.

    Raises:
        ForbiddenError: it is another country's or key's, not in force, or too few holders signed.
    """
    signed = {each.country for each in key.holders} & signers - {quota.asker}
    fits = (quota.asker, quota.epoch) == (asker, key.epoch) and quota.start <= now < quota.end
    if not fits or len(signed) < signers_needed(key):
        raise ForbiddenError("This quota allows nothing here and now.")
