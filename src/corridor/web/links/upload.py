"""What somebody sends to be opened: a pasted text, a photograph of a QR code, or a file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from corridor.domain.errors import InvalidError, MalformedError, TooLargeError
from corridor.web.form import Form, check_origin, read_form

LARGEST_BYTES = 12 * 1024 * 1024
LONGEST_TEXT = 768 * 1024
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM")
_PART = re.compile(r"CORRIDOR-PACKAGE (\d{1,2})/(\d{1,2}) (\S+)")


async def read_upload(request: Request, *, scan: Callable[[bytes], str]) -> Form:
    """The fields, with what was uploaded as the field `text`; a picture by the codes in it.

    Raises:
        ForbiddenError: another site's page sent it.
        TooLargeError: more than 12 MB.
        MalformedError: not readable as a form.
        InvalidError: a picture without a code, or a file that is no text.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "multipart/form-data":
        return await read_form(request, largest_bytes=LONGEST_TEXT)
    check_origin(request)
    parser = MultiPartParser(request.headers, _bounded(request), max_files=1, max_fields=10, max_part_size=LONGEST_TEXT)
    try:
        sent = await parser.parse()
    except (MultiPartException, KeyError):
        raise MalformedError("The form cannot be read.") from None
    fields = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    for _, value in sent.multi_items():
        if isinstance(value, UploadFile) and value.size:
            text = await _text(await value.read(), scan)
            fields = [("text", text), *((name, each) for name, each in fields if name != "text")]
    await sent.close()
    return Form(tuple(fields))


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BYTES:
            raise TooLargeError("The file is larger than this page reads.")
        yield chunk


async def _text(content: bytes, scan: Callable[[bytes], str]) -> str:
    if content.startswith(_PICTURES):
        return await asyncio.to_thread(scan, content)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise InvalidError("The file is neither a picture nor a text.") from None
    if len(text) > LONGEST_TEXT:
        raise TooLargeError("The file is larger than this page reads.")
    return text


def joined(text: str) -> str:
    """The one text that scanned codes make: a package's parts put together, anything else as it came.

    Raises:
        InvalidError: a part of a package is missing.
    """
    parts = {int(number): (int(total), part) for number, total, part in _PART.findall(text)}
    if not parts:
        return text.strip()
    totals = {total for total, _ in parts.values()}
    if len(totals) != 1 or sorted(parts) != [*range(1, min(totals) + 1)]:
        raise InvalidError("A part of this package is missing.")
    return "".join(parts[number][1] for number in sorted(parts))
