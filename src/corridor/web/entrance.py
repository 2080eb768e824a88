"""Signing in and out, and the guard before every page that is not for everybody."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.asking import Asking
from corridor.domain.errors import CorridorError, ForbiddenError, LoginError
from corridor.domain.open_sign_in import OpenSignIn
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import trace_of
from corridor.web.form import LARGEST_BYTES, Form, check_token, form_token, read_form
from corridor.web.page import Pages, redirect
from corridor.web.problem import problem_page
from corridor.web.provider import ProviderDoor, ProviderPages

_LONGEST_REQUEST_ID = 64
_LONGEST_ACCOUNT = 64


@dataclass(frozen=True, slots=True)
class SignIn:
    """The acts of signing in, ready to be called.

    Attributes:
        open: account and password to a session token; LoginError where they do not fit.
        who: whom a session token stands for, or None once it ended.
        close: end a session; unknown tokens are ignored.
        provider: the country's identity provider, where there is one.
        own: what counts still of somebody's sign-ins, the last used first.
        end: end all sign-ins of somebody.
        passwords: whether accounts of this site's own can sign in.
    """

    open: Callable[[str, str], Awaitable[str]]
    who: Callable[[str], Awaitable[Principal | None]]
    close: Callable[[str], Awaitable[None]]
    own: Callable[[Principal], Awaitable[Sequence[OpenSignIn]]]
    end: Callable[[Principal], Awaitable[object]]
    provider: ProviderDoor | None = None
    passwords: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by somebody who signed in and may be here.

    Attributes:
        session: digest of the session token; what is kept in memory for one sign-in is kept under it.
        token: to be carried by every form of the page.
        form: what was sent; empty on a GET.
    """

    asking: Asking
    session: str
    token: str
    form: Form


Page = Callable[[Request, Visit], Awaitable[Response]]


class Entrance:
    """The way in for one role, and for those few that share its door.

    Args:
        role: that the pages behind are for, unless a page says otherwise.
        home: where signing in leads.
        forget: drops what is kept in memory for a sign-in that ends.
        others: where further roles go that sign in at the same door.
    """

    def __init__(
        self,
        pages: Pages,
        sign_in: SignIn,
        *,
        role: Role,
        home: str,
        forget: Callable[[str], None] | None = None,
        others: Mapping[Role, str] = MappingProxyType({}),
    ) -> None:
        self._pages = pages
        self._sign_in = sign_in
        self._role = role
        self._home = home
        self._forget = forget
        self._homes = {**others, role: home}
        door = sign_in.provider
        self._provider = ProviderPages(pages, door, entered=self._home_after) if door else None

    def routes(self) -> list[Route]:
        """`GET /ingreso`, `POST /salida`, `GET /ingresos`, and whichever ways of signing in there are."""
        by_password = [Route("/ingreso", self._enter, methods=["POST"])] if self._sign_in.passwords else []
        by_provider = self._provider.routes() if self._provider else []
        return [
            Route("/ingreso", self._show, methods=["GET"]),
            *by_password,
            *by_provider,
            Route("/salida", self._leaving, methods=["POST"]),
            Route("/ingresos", self._looking, methods=["GET"]),
        ]

    def guard(
        self,
        page: Page,
        *,
        role: Role | None = None,
        largest_bytes: int = LARGEST_BYTES,
        read: Callable[[Request], Awaitable[Form]] | None = None,
    ) -> Callable[[Request], Awaitable[Response]]:
        """The page for those who may see it: others are led to sign in, errors become pages, forms must be ours.

        Args:
            page: shown to those who may see it.
            role: who they are, where they are not those of this entrance.
            largest_bytes: of what is sent to it.
            read: reads what is sent, where that is more than the fields of a form.
        """
        allowed = role or self._role
        reading = read or partial(read_form, largest_bytes=largest_bytes)

        async def guarded(request: Request) -> Response:
            token = request.cookies.get(self._pages.site.cookie, "")
            principal = await self._sign_in.who(token) if token else None
            if principal is None:
                return redirect("/ingreso")
            visit = _visit(request, principal, token)
            try:
                if principal.role is not allowed:
                    raise ForbiddenError("This page is for another role.")
                return await page(request, await _with_form(request, visit, token, read=reading))
            except CorridorError as error:
                return problem_page(self._pages, request, error, visit=visit, here=self._home_of(principal))

        return guarded

    async def _show(self, request: Request) -> Response:
        return self._sign_in_page(request, failed=False)

    def _sign_in_page(self, request: Request, *, failed: bool, account: str = "") -> Response:
        ways = {"provider": self._sign_in.provider, "passwords": self._sign_in.passwords}
        return self._pages.show(
            request, "sign_in.html", status=401 if failed else 200, failed=failed, account=account, **ways
        )

    async def _enter(self, request: Request) -> Response:
        account = ""
        try:
            form = await read_form(request)
            account = form.one("account")[:_LONGEST_ACCOUNT]
            token = await self._sign_in.open(account, form.one("password"))
        except LoginError:
            return self._sign_in_page(request, failed=True, account=account)
        except CorridorError as error:
            return problem_page(self._pages, request, error, here="/ingreso")
        response = redirect(await self._home_after(token))
        secure = self._pages.site.secure
        response.set_cookie(self._pages.site.cookie, token, secure=secure, httponly=True, samesite="strict")
        return response

    async def _home_after(self, token: str) -> str:
        return self._home_of(await self._sign_in.who(token))

    def _home_of(self, principal: Principal | None) -> str:
        return self._homes.get(principal.role, self._home) if principal else self._home

    async def _leaving(self, request: Request) -> Response:
        return await self._for_anybody(request, self._leave)

    async def _looking(self, request: Request) -> Response:
        return await self._for_anybody(request, self._show_own)

    async def _for_anybody(self, request: Request, page: Page) -> Response:
        """A page for whoever is signed in, in whichever role."""
        principal = await self._sign_in.who(request.cookies.get(self._pages.site.cookie, ""))
        return await self.guard(page, role=principal.role if principal else None)(request)

    async def _show_own(self, request: Request, visit: Visit) -> Response:
        found = await self._sign_in.own(visit.asking.principal)
        home = self._home_of(visit.asking.principal)
        return self._pages.show(request, "sign_ins.html", visit=visit, found=found, home=home)

    async def _leave(self, request: Request, visit: Visit) -> Response:
        cookie = self._pages.site.cookie
        if visit.form.one("everywhere"):
            await self._sign_in.end(visit.asking.principal)
        await self._sign_in.close(request.cookies[cookie])
        if self._forget:
            self._forget(visit.session)
        response = redirect("/ingreso")
        if self._provider:
            response = await self._provider.left(request, visit.asking.principal)
        response.delete_cookie(cookie, secure=self._pages.site.secure, httponly=True, samesite="strict")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


def _visit(request: Request, principal: Principal, token: str) -> Visit:
    given = request.headers.get("x-request-id", "")
    request_id = given if given.isascii() and 0 < len(given) <= _LONGEST_REQUEST_ID else secrets.token_hex(16)
    asking = Asking(principal, request_id, trace_of(request.headers.get("traceparent")))
    return Visit(asking, hashlib.sha256(token.encode()).hexdigest(), form_token(token), Form())


async def _with_form(
    request: Request, visit: Visit, token: str, *, read: Callable[[Request], Awaitable[Form]]
) -> Visit:
    if request.method != "POST":
        return visit
    form = await read(request)
    check_token(form, token)
    return Visit(visit.asking, visit.session, visit.token, form)
