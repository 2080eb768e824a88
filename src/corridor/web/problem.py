"""Errors as pages: the right status, and words that name no person."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain import errors
from corridor.web.page import Pages

_KINDS: tuple[tuple[type[errors.CorridorError], int, str], ...] = (
    (errors.ThrottledError, 429, "throttled"),
    (errors.UnavailableError, 503, "unavailable"),
    (errors.DeadlineError, 503, "unavailable"),
    (errors.NotFoundError, 404, "not-found"),
    (errors.GoneError, 404, "not-found"),
    (errors.ForbiddenError, 403, "forbidden"),
    (errors.LoginError, 403, "forbidden"),
    (errors.TooLargeError, 413, "bad-form"),
    (errors.MediaTypeError, 415, "bad-form"),
    (errors.ConflictError, 409, "conflict"),
    (errors.PreconditionError, 409, "conflict"),
)
"""Errors by kind, the status each page carries and the words it shows; anything else is a form not understood."""


def problem_page(pages: Pages, request: Request, error: errors.CorridorError, **facts: object) -> Response:
    """What went wrong, in the reader's language; the error's own message stays in English for machines."""
    status, kind = next(((status, key) for cls, status, key in _KINDS if isinstance(error, cls)), (400, "bad-form"))
    page = pages.show(request, "problem.html", status=status, kind=kind, **{"here": "/", **facts})
    if isinstance(error, errors.ThrottledError):
        page.headers["retry-after"] = str(error.retry_seconds)
    return page
