"""What of a record may leave as a summary."""

from __future__ import annotations

from collections.abc import Callable

from corridor.domain.consent import Permit
from corridor.domain.record import Record


def permitted(
    records: tuple[Record, ...], permit: Permit, *, categories: Callable[[Record], frozenset[str] | None]
) -> tuple[Record, ...]:
    """The records that a permit lets go; a category that it cuts by dates stays behind whole.

    Args:
        records: a whole record.
        permit: what was decided.
        categories: what of a record a consent must permit, all of it; None for what every summary needs.
    """
    allowed = {str(grant.category) for grant in permit.grants if grant.allows(None)}
    return tuple(each for each in records if (told := categories(each)) is None or told <= allowed)
