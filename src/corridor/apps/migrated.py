"""Nothing starts on a database of another version."""

from __future__ import annotations

from corridor.domain.errors import UnavailableError
from corridor.storage.revisions import current_is_head


async def check_migrated(url: str, role: str) -> None:
    """Let pass a database whose tables are the ones of this version.

    Args:
        url: as in the configuration.
        role: `node` or `hub`.

    Raises:
        UnavailableError: they are not; the message says what to do.
    """
    if not await current_is_head(url, role):
        raise UnavailableError("The database is not at this version's migration. Run `corridor migrate` first.")
