"""Signing in with the country's identity provider: the way there, the way back, and the way out of both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.errors import CorridorError, SignInError, UnavailableError
from corridor.domain.principal import Principal
from corridor.flows.finish_sign_in import Return
from corridor.web.page import Pages, redirect
from corridor.web.problem import problem_page

GOING, BACK = "/ingreso/proveedor", "/ingreso/vuelta"
_LASTS_SECONDS = 600
_LONGEST = 2048
_TOLD = frozenset({"no-role", "several-roles"})
"""Why somebody whom the provider knows is not let in, as far as they are told."""


@dataclass(frozen=True, slots=True)
class ProviderDoor:
    """The acts of signing in with an identity provider, ready to be called.

    Attributes:
        name: for people.
        begin: where the browser goes, and what it keeps until it is back.
        finish: what it brought back to a session token; SignInError where it does not count.
        exit: where somebody's sign-in there ends; empty where it cannot be ended from here.
    """

    name: str
    begin: Callable[[], Awaitable[tuple[str, str]]]
    finish: Callable[[Return], Awaitable[str]]
    exit: Callable[[Principal], Awaitable[str]]


Entered = Callable[[str], Awaitable[str]]
"""Where somebody of this session token belongs."""


class ProviderPages:
    """The pages around a sign-in at the provider; where they lead is never taken from an address.

    Args:
        entered: tells the home of who has just signed in.
    """

    def __init__(self, pages: Pages, door: ProviderDoor, *, entered: Entered) -> None:
        self._pages = pages
        self._door = door
        self._entered = entered

    def routes(self) -> list[Route]:
        """`GET /ingreso/proveedor` and `GET /ingreso/vuelta`."""
        return [Route(GOING, self._go, methods=["GET"]), Route(BACK, self._back, methods=["GET"])]

    async def _go(self, request: Request) -> Response:
        try:
            address, kept = await self._door.begin()
        except CorridorError as error:
            return problem_page(self._pages, request, error, here="/ingreso")
        response = redirect(address)
        site = self._pages.site
        # The way back begins at another site: a strict cookie would not come along.
        response.set_cookie(
            site.attempt_cookie, kept, max_age=_LASTS_SECONDS, secure=site.secure, httponly=True, samesite="lax"
        )
        return response

    async def _back(self, request: Request) -> Response:
        site = self._pages.site
        try:
            token = await self._door.finish(_brought(request, site.attempt_cookie))
            response = await self._let_in(request, token)
        except SignInError as error:
            why = error.reason if error.reason in _TOLD else "failed"
            response = self._pages.show(request, "not_entered.html", status=403, why=why, here="/ingreso")
        except CorridorError as error:
            response = problem_page(self._pages, request, error, here="/ingreso")
        response.delete_cookie(site.attempt_cookie, secure=site.secure, httponly=True, samesite="lax")
        return response

    async def _let_in(self, request: Request, token: str) -> Response:
        """A page of our own that goes on by itself: a redirect would still count as coming from the provider."""
        home = await self._entered(token)
        response = self._pages.show(request, "on_the_way.html", way="entered", to=home, here="/ingreso")
        response.headers["Refresh"] = f"0; url={home}"
        site = self._pages.site
        response.set_cookie(site.cookie, token, secure=site.secure, httponly=True, samesite="strict")
        return response

    async def left(self, request: Request, principal: Principal) -> Response:
        """The page that leads on to the end of the sign-in at the provider, or to the way in where there is none.

        Source: OpenID Connect RP-Initiated Logout 1.0 section 2.
        """
        address = ""
        with suppress(UnavailableError):
            address = await self._door.exit(principal)
        if not address:
            return redirect("/ingreso")
        response = self._pages.show(request, "on_the_way.html", way="left", to=address, here="/ingreso")
        response.headers["Refresh"] = f"0; url={address}"
        return response


def _brought(request: Request, cookie: str) -> Return:
    """What came back; a parameter that came twice, or is too long to be one, counts as none."""
    asked = request.query_params

    def one(name: str) -> str:
        found = asked.getlist(name)
        return found[0] if len(found) == 1 and len(found[0]) <= _LONGEST else ""

    failed = "error" in asked
    return Return(
        kept=request.cookies.get(cookie, ""),
        state=one("state"),
        code="" if failed else one("code"),
        issuer=one("iss") or ("?" if "iss" in asked else ""),
    )
