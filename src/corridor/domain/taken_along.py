"""What of a record may leave as a summary."""

from __future__ import annotations

from collections.abc import Callable

from corridor.domain.consent import Permit
from corridor.domain.record import Record


def permitted(
    records: tuple[Record, ...], permit: Permit, *, category: Callable[[Record], str | None]
) -> tuple[Record, ...]:
    """The records that a permit lets go; a category that it cuts by dates stays behind whole.

    Args:
        records: a whole record.
        permit: what was decided.
        category: what of a record a consent must permit; None for what every summary needs.
    """
    allowed = {str(grant.category) for grant in permit.grants if grant.allows(None)}
    return tuple(each for each in records if category(each) is None or category(each) in allowed)
