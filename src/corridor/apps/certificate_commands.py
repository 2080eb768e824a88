"""Commands for the certificates by which parties meet: the first, and each that takes over from another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from corridor.apps.settings import HubSettings, NodeSettings, settings_of
from corridor.domain.errors import InvalidError
from corridor.domain.mutual import MutualTls
from corridor.keys.certificates import create_certificate, own_certificates

certificates = typer.Typer()

NOTICE_DAYS = 7
"""A certificate is in the manifest for this long before it is shown."""

USUAL_DAYS = 397


@certificates.command("certificate")
def make_certificate(
    config: Annotated[Path, typer.Option("--config", help="Configuration file of a node or of the hub.")],
    since: Annotated[
        datetime | None, typer.Option("--from", help="UTC instant from which it is shown; else now, or in a week.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=800, help="How long it is good for.")] = USUAL_DAYS,
) -> None:
    """Make a certificate for the door to the other parties, or the one that takes over from it in a week."""
    settings = settings_of(config)
    if settings.mutual_tls is None:
        raise InvalidError("The settings name no door for the other parties: mutual_tls.")
    folder = Path(settings.keys)
    usual = datetime.now(UTC) + timedelta(days=NOTICE_DAYS if own_certificates(folder) else 0)
    begins = (since.replace(tzinfo=UTC) if since else usual).replace(microsecond=0)
    host = urlsplit(settings.mutual_tls.url).hostname or ""
    made = create_certificate(folder, host, since=begins, until=begins + timedelta(days=days))
    typer.echo(f"{made.path.name} is shown from {made.since:%Y-%m-%d %H:%M} to {made.until:%Y-%m-%d %H:%M} UTC,")
    typer.echo("once the manifest lists it: `corridor keys card` and `corridor federation update`.")


def mutual_of(settings: NodeSettings | HubSettings) -> MutualTls:
    """A party's door for the others, as the manifest is to list it; errors as for `door_at`."""
    return door_at(settings.mutual_tls.url, Path(settings.keys)) if settings.mutual_tls else MutualTls()


def door_at(url: str, keys: Path) -> MutualTls:
    """A door at an address, with the certificates of a key folder that have not ended.

    Raises:
        InvalidError: there is no such certificate, or a file holds none.
    """
    now = datetime.now(UTC)
    living = tuple(each.der for each in own_certificates(keys) if each.until > now)
    if not living:
        raise InvalidError("This party has no certificate for its door: `corridor keys certificate`.")
    return MutualTls(url.rstrip("/"), living)
