"""Opening what a person brings along, and taking back a link with the code on its paper.

Where the browser runs our script, the key never leaves it. Without a script, a clinician's own node opens the link.
"""

from __future__ import annotations

from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain import errors
from corridor.domain.errors import CorridorError
from corridor.domain.secret import Secret
from corridor.domain.trace import trace_of
from corridor.fhir.document_view import document_view
from corridor.fhir.summary_sections import SECTIONS
from corridor.fhir.summary_words import WORDS
from corridor.web.asset import asset
from corridor.web.entrance import Visit
from corridor.web.form import read_form
from corridor.web.links.desk import LinksDesk
from corridor.web.links.upload import joined
from corridor.web.page import WITH_SCRIPT, Pages

_SCRIPT = asset(Path(__file__).parent / "static" / "visor.js", path="/visor.js", media_type="text/javascript")
_LONGEST_CODE = 64
_PROBLEMS: tuple[tuple[type[CorridorError], str, int], ...] = (
    (errors.PasscodeError, "wrong-passcode", 422),
    (errors.LoginError, "wants-passcode", 200),
    (errors.SignatureError, "forged", 422),
    (errors.GoneError, "over", 410),
    (errors.NotFoundError, "closed", 404),
    (errors.ForbiddenError, "stranger", 403),
    (errors.TooLargeError, "too-large", 413),
    (errors.ThrottledError, "throttled", 429),
    (errors.UnavailableError, "silent", 503),
    (errors.DeadlineError, "silent", 503),
)
"""Errors by kind, the word for each, and the status of its page; anything else cannot be read."""

_STATUSES = tuple(
    f"status.{code}"
    for code in (
        *("active", "inactive", "completed", "stopped", "on-hold", "intended", "not-taken", "entered-in-error"),
        *("unknown", "final", "preliminary", "registered", "amended", "corrected", "cancelled", "draft", "not-done"),
        *("recurrence", "relapse", "remission", "resolved", "declined", "in-progress"),
    )
)
"""Words for FHIR's codes of state; a code without one is shown as it came."""


def script_route() -> Route:
    """The viewer's script."""
    return _SCRIPT.route()


class ViewingPages:
    """The viewer, and the page on which a person takes a link back."""

    def __init__(self, pages: Pages, desk: LinksDesk) -> None:
        self._pages = pages
        self._desk = desk

    async def viewer(self, request: Request) -> Response:
        """`GET /ver`: open a link in the browser; everybody may, since the key is theirs."""
        spoken = self._pages.words(request)
        titles = {each.code: WORDS[each.key][spoken.language] for each in SECTIONS}
        heads = [WORDS[each][spoken.language] for each in ("date", "what", "value", "status")]
        said = {key: spoken(f"view.{key}") for key in _SAID} | {key: spoken(key) for key in _STATUSES}
        response = self._pages.show(
            request,
            "viewer.html",
            script=_SCRIPT.address,
            titles=orjson.dumps(titles).decode(),
            heads=orjson.dumps(heads).decode(),
            said=orjson.dumps(said).decode(),
            origins=orjson.dumps([*self._desk.origins()]).decode(),
        )
        reachable = " ".join(["'self'", *self._desk.origins()])
        response.headers["Content-Security-Policy"] = (
            f"{WITH_SCRIPT['Content-Security-Policy']}; connect-src {reachable}"
        )
        return response

    async def form(self, request: Request, visit: Visit) -> Response:
        """`GET /ver/abrir`: the same for a clinician without a script."""
        return self._pages.show(request, "open.html", visit=visit, problem="", text="", remaining=-1)

    async def open(self, request: Request, visit: Visit) -> Response:
        """`POST /ver/abrir`: the record, opened by this node and shown in the reader's language."""
        text, code = visit.form.one("text"), visit.form.one("passcode")
        try:
            text = joined(text)
            passcode = Secret(code.encode()) if code else None
            received = await self._desk.read_link(visit.asking, text, passcode)
            view = document_view(received.document, self._pages.words(request).language)
        except CorridorError as error:
            key, status = next(((word, code) for kind, word, code in _PROBLEMS if isinstance(error, kind)), _UNREAD)
            left = error.remaining if isinstance(error, errors.PasscodeError) else -1
            return self._pages.show(
                request,
                "open.html",
                status=status,
                visit=visit,
                here="/ver/abrir",
                problem=key,
                text=text,
                remaining=left,
            )
        heads = ("date", "what", "value", "status")
        words = {head: WORDS[head][self._pages.words(request).language] for head in heads}
        return self._pages.show(
            request, "opened.html", visit=visit, here="/ver/abrir", received=received, view=view, heads=words
        )

    async def ask_revoke(self, request: Request) -> Response:
        """`GET /anular`: the person's own page, without any sign-in."""
        return self._pages.show(request, "revoke.html", outcome="")

    async def revoke(self, request: Request) -> Response:
        """`POST /anular`: end the link that the code on the paper belongs to, or take back every consent."""
        outcome = "unknown"
        try:
            form = await read_form(request)
            everything = form.one("what") == "everything"
            act = self._desk.withdraw_by_code if everything else self._desk.revoke_by_code
            code = Secret(form.one("code")[:_LONGEST_CODE].encode())
            trace = trace_of(request.headers.get("traceparent"))
            if await act(code, trace, request.scope.get("request_id", "")):
                outcome = "everything" if everything else "done"
        except CorridorError:
            pass
        status = 404 if outcome == "unknown" else 200
        return self._pages.show(request, "revoke.html", status=status, outcome=outcome, here="/anular")


_UNREAD = ("unread", 400)
_SAID = (
    "opening",
    "silent",
    "closed",
    "stranger",
    "unread",
    "over",
    "wrong-passcode",
    "wants-passcode",
    "left",
    "clinic-only",
    "too-large",
    "issuer",
    "dated",
    "until",
    "snapshot",
    "package",
    "nothing",
    "insecure",
)
"""What the script says by itself."""
