"""What a browser sent with a form, read with small limits, and the proof that it came from our own page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from corridor.domain.errors import ForbiddenError, MalformedError, MediaTypeError, TooLargeError

LARGEST_BYTES = 16 * 1024
MOST_FIELDS = 100
TOKEN_FIELD = "token"  # noqa: S105 -- the name of a form field, not a secret
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one form, in the order they were sent."""

    fields: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str:
        """The first value of a field without surrounding blanks, empty where it was not sent."""
        return next((value.strip() for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that can be ticked more than once."""
        return tuple(value for key, value in self.fields if key == name)


def form_token(session: str) -> str:
    """The token that forms of one sign-in carry; another sign-in, or another start of this process, has another."""
    return hmac.new(_KEY, session.encode(), hashlib.sha256).hexdigest()


def check_token(form: Form, session: str) -> None:
    """Let pass what was sent from a form that this sign-in was shown.

    Raises:
        ForbiddenError: the token is missing or another's.
    """
    if not hmac.compare_digest(form.one(TOKEN_FIELD).encode(), form_token(session).encode()):
        raise ForbiddenError("The form is too old or was not ours.")


async def read_form(request: Request, *, largest_bytes: int = LARGEST_BYTES) -> Form:
    """The fields of a form.

    Raises:
        ForbiddenError: another site's page sent it.
        MediaTypeError: not a form.
        TooLargeError: more than `largest_bytes`.
        MalformedError: not readable as a form, or more than 100 fields.
    """
    check_origin(request)
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise MediaTypeError("Only forms are read here.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest_bytes:
            raise TooLargeError("The form is larger than this page reads.")
    try:
        return Form(tuple(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)))
    except ValueError:
        raise MalformedError("The form cannot be read.") from None


def check_origin(request: Request) -> None:
    """Let pass what a page of this site sent.

    Raises:
        ForbiddenError: another site's page sent it. Browsers tell the relation in `Sec-Fetch-Site` where the address
            is trustworthy, and the sender in `Origin` always.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in {"same-origin", "none"} if site else _is_foreign(origin, request.headers.get("host", ""))
    if foreign:
        raise ForbiddenError("The form was sent by another site.")


def _is_foreign(origin: str | None, host: str) -> bool:
    try:
        return origin is not None and urlsplit(origin).netloc != host
    except ValueError:
        return True
