"""A sign-in that counts still, as its owner sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenSignIn:
    """One of somebody's sign-ins.

    Attributes:
        session: digest of its token, 64 hex digits; nobody enters with it.
        seen_at: when it was last used, to the minute.
        until: when it ends, however much it is used.
    """

    session: str
    seen_at: datetime
    until: datetime
