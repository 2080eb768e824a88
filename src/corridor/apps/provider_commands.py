"""The command for the development identity provider."""

from __future__ import annotations

from urllib.parse import urlsplit

import typer
import uvloop
from fastapi import FastAPI

from corridor.apps.http import RequestLine, install_errors
from corridor.apps.hub_commands import Config
from corridor.apps.serving import serve
from corridor.apps.settings import HubSettings, NodeSettings, settings_of
from corridor.domain.errors import InvalidError
from corridor.keys.token_signer import TokenSigner
from corridor.web.development.invented import Development, invented
from corridor.web.development.routes import routes
from corridor.web.provider import BACK

idp = typer.Typer(help="An identity provider for development.", no_args_is_help=True)

LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@idp.callback()
def idp_group() -> None:
    """An identity provider for development."""


@idp.command("serve")
def serve_provider(config: Config) -> None:
    """Serve invented people to sign in as, for one node or hub in development; no other ever starts with them."""
    settings = settings_of(config)
    app, port = development_app(settings)

    async def run() -> None:
        await serve(app, host="127.0.0.1", port=port)

    uvloop.run(run())


def development_app(settings: NodeSettings | HubSettings) -> tuple[FastAPI, int]:
    """The identity provider that the settings of a node or of the hub name, and the port that they say it is at.

    Raises:
        InvalidError: they are not for development, name no provider, or one that is not on this machine.
    """
    found = settings.identity_provider
    if not settings.development:
        raise InvalidError(
            "Anybody can sign in here as anybody: it runs beside a node or hub with `development = true` alone."
        )
    at = urlsplit(found.issuer if found else "")
    if found is None or at.scheme != "http" or at.hostname not in LOOPBACK or not at.port or at.path:
        raise InvalidError("The identity_provider has to have an issuer such as http://127.0.0.1:8090.")
    signer = TokenSigner()
    made_of = Development(
        issuer=found.issuer,
        client_id=found.client_id,
        return_url=f"{settings.public_url}{BACK}",
        left_url=f"{settings.public_url}/ingreso",
        role_claim=tuple(found.role_claim.split(".")),
        people=invented(found.roles),
        signed=signer.signed,
        key_set=signer.key_set,
    )
    app = FastAPI(title="Development identity provider", openapi_url=None, redirect_slashes=False)
    app.router.routes.extend(routes(made_of))
    app.add_middleware(RequestLine)
    install_errors(app)
    return app, at.port
