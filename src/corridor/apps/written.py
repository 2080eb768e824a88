"""What somebody typed, named as a file, or sent on standard input."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from corridor.domain.errors import UnavailableError

STANDARD_INPUT = "-"


def texts(arguments: Iterable[str], *, stdin: BinaryIO | None = None) -> Iterator[str]:
    """The texts to read, in order: each argument is one, and `-` stands for the lines of standard input."""
    for argument in arguments:
        if argument == STANDARD_INPUT:
            yield from _lines(stdin or sys.stdin.buffer)
        else:
            yield decoded(argument.encode("utf-8", "surrogateescape"))


def _lines(stream: BinaryIO) -> Iterator[str]:
    for line in stream:
        yield decoded(line.removesuffix(b"\n").removesuffix(b"\r"))


def decoded(content: bytes) -> str:
    """A text in UTF-8, or, where it is none, in the Windows code page that the region's older systems write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def content_of(path: Path) -> bytes:
    """The bytes of a file without its byte order mark, or of standard input where the path is `-`.

    Raises:
        UnavailableError: there is no such file, or it may not be read.
    """
    if str(path) == STANDARD_INPUT:
        return sys.stdin.buffer.read().removeprefix(BOM_UTF8)
    try:
        return path.read_bytes().removeprefix(BOM_UTF8)
    except OSError:
        raise UnavailableError(f"The file {path} cannot be read.") from None
