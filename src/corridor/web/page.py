"""One page as it leaves: rendered with everything escaped, under headers that let nothing in from elsewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from corridor.web.asset import YEAR_SECONDS, asset, packed
from corridor.web.language import COOKIE, Language, Words, language_of, words
from corridor.web.site import Site

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""What every page says to the browser: run nothing, fetch nothing, keep nothing.

Source: OWASP Secure Headers Project; https://www.w3.org/TR/CSP3/
"""

WITH_SCRIPT = {
    **HEADERS,
    "Content-Security-Policy": (
        f"{HEADERS['Content-Security-Policy']}; script-src 'self'; require-trusted-types-for 'script'"
    ),
}
"""For a page that has a script of its own: only files of this site run, and none of them can write markup."""

_HERE = Path(__file__).parent
_STYLE = asset(_HERE / "static" / "style.css", path="/estilo.css", media_type="text/css")


class Pages:
    """Renders the templates of one room (a folder with `templates/` and `words/`) for one site."""

    def __init__(self, site: Site, room: Path) -> None:
        self.site = site
        self._room = room
        self._templates = Environment(
            loader=FileSystemLoader([room / "templates", _HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def words(self, request: Request) -> Words:
        """What this room says, in the reader's language."""
        return words(language_of(request), self._room, self.site.zone)

    def show(self, request: Request, template: str, *, status: int = 200, **facts: object) -> Response:
        """The rendered page, packed.

        Two facts are known to every page: `here` is where the language switch leads, if not to this address, and
        `script` the address of the one script that the page may run.
        """
        text = self.text(request, template, **facts)
        response = HTMLResponse(text, status, WITH_SCRIPT if facts.get("script") else HEADERS)
        self._keep_choice(request, response)
        return packed(request, response)

    def text(self, request: Request, template: str, **facts: object) -> str:
        """The rendered page or part of one, for whoever sends it piece by piece."""
        facts = {"visit": None, "here": request.url.path, "script": "", **facts}
        switch = _switch(request, str(facts["here"]))
        return self._templates.get_template(template).render(
            t=self.words(request), site=self.site, style=_STYLE.address, switch=switch, **facts
        )

    def _keep_choice(self, request: Request, response: Response) -> None:
        """Remember a language that was asked for by the switch."""
        if request.query_params.get("lang") in set(Language):
            response.set_cookie(
                COOKIE,
                language_of(request),
                max_age=YEAR_SECONDS,
                secure=self.site.secure,
                httponly=True,
                samesite="strict",
            )


def redirect(path: str) -> Response:
    """Send the browser on with GET, so that a reload never repeats an act."""
    return RedirectResponse(path, 303, HEADERS)


def style_route() -> Route:
    """The one style sheet; its address changes with its content."""
    return _STYLE.route()


def _switch(request: Request, here: str) -> list[tuple[Language, str]]:
    """The address of this page in each language, other parameters kept."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [(language, f"{here}?{urlencode([*kept, ('lang', language)])}") for language in Language]
