"""JSON to a tree and back in which every number keeps the text that it was written with: 72.50 stays 72.50."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, Self

import orjson

from corridor.domain.errors import MalformedError
from corridor.fhir.parse import check_depth, unique

_PLAIN_DIGITS = 18
"""Whole numbers of so many characters are plain `int`; longer ones keep their text like decimals."""


class Number(Decimal):
    """A JSON number that compares as a decimal and is written as it was read."""

    text: str
    """As it stood in the JSON."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> Self:
        """Read a number.

        Raises:
            MalformedError: no decimal can hold it.
        """
        try:
            made = super().__new__(cls, text)
        except InvalidOperation:
            raise MalformedError("A number is outside of what this node reads.") from None
        made.text = text
        return made

    def __copy__(self) -> Number:
        return self

    def __deepcopy__(self, _memo: object) -> Number:
        return self


def read_exact(raw: bytes) -> Any:
    """The tree of a JSON text: dicts, lists, texts, booleans, None, `int`, and `Number` for decimals.

    Raises:
        MalformedError: not UTF-8, not JSON, the same key twice in an object, nested too deeply.
    """
    try:
        check_depth(raw, orjson.loads(raw))
    except orjson.JSONDecodeError:
        raise MalformedError("The body is not JSON in UTF-8.") from None
    return json.loads(raw, parse_float=Number, parse_int=_whole, parse_constant=_not_json, object_pairs_hook=unique)


def write_exact(tree: Any, *, pretty: bool = False) -> bytes:
    """JSON of such a tree, every number as it was read; compact, or with line breaks and indentation.

    Raises:
        MalformedError: something in the tree is not JSON.
    """
    try:
        return orjson.dumps(tree, default=_written, option=orjson.OPT_INDENT_2 if pretty else None)
    except orjson.JSONEncodeError:
        raise MalformedError("A value cannot be written as JSON.") from None


def _written(value: object) -> orjson.Fragment:
    if not isinstance(value, Number):
        raise TypeError
    return orjson.Fragment(value.text.encode())


def _whole(text: str) -> int | Number:
    return int(text) if len(text) <= _PLAIN_DIGITS and text != "-0" else Number(text)


def _not_json(_text: str) -> NoReturn:
    raise MalformedError("The body is not JSON in UTF-8.")
