"""What is wrong with one cell of a table."""

from __future__ import annotations

from corridor.domain.errors import CorridorError


class CellError(CorridorError):
    """A cell that cannot be read.

    Args:
        message: why, in words for whoever filled the table in; never what stands there.
        column: title of its column.
    """

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column
