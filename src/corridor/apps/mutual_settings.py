"""What an operator writes about the door for the other parties."""

from __future__ import annotations

from typing import Annotated

import msgspec


class MutualSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The door for the other parties, with certificates on both sides: the `[node.mutual_tls]` table.

    Attributes:
        url: as others reach it, without a path; what stands in front must not end TLS.
        host: at which it listens.
        port: at which it listens; another than that of pages and the national base.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^https://[^\s/?#]+$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)]
    host: str = "127.0.0.1"


def line_of(mutual: MutualSettings | None, public_url: str) -> str:
    """The address that other parties sign their requests for, without a slash at the end."""
    return mutual.url if mutual else public_url
