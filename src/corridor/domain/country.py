"""Countries of the corridor, named by their ISO 3166-1 alpha-2 code."""

from __future__ import annotations

import re
from typing import NewType

from corridor.domain.errors import InvalidError

Country = NewType("Country", str)
"""An ISO 3166-1 alpha-2 code in capitals, such as `VE`. Which countries take part is configuration."""

_ALPHA_2 = re.compile(r"[A-Z]{2}")


def country(code: str) -> Country:
    """The country of a code.

    Raises:
        InvalidError: not two capital letters.

    Source: ISO 3166-1 alpha-2.
    """
    if not _ALPHA_2.fullmatch(code):
        raise InvalidError("A country is written as two capital letters (ISO 3166-1 alpha-2).")
    return Country(code)
