"""Fills a running federation: accounts, invented people, published examples, and the wait until all are registered."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx
from rich.console import Console
from rich.progress import track

from demo.bundles import bundle, bundle_of_places
from demo.ceremony import corridor
from demo.load import FHIR_JSON, Report, example_files, load
from demo.parties import HUB, NODES, Party
from demo.values import Person

PATIENCE_SECONDS = 120.0
EXAMPLES_AT = {"CL-core": "CL", "CO-core": "CO"}
"""Which country takes which published set; Ecuador takes the others."""

OTHERS_AT = "EC"


class FillError(RuntimeError):
    """A party did not take what it was given; the message is its own."""


@dataclass(frozen=True, slots=True)
class Account:
    """An invented account, made anew for each run."""

    party: str
    role: str
    name: str
    password: str


def make_accounts(parties: Sequence[Party]) -> dict[tuple[str, str], Account]:
    """Accounts at every party, by party and role."""
    made: dict[tuple[str, str], Account] = {}
    for party in parties:
        for role in ("coordinator",) if party.key == HUB else ("programme", "clinician", "auditor", "data-protection"):
            account = Account(party.key, role, f"{role}-{party.key.lower()}", secrets.token_urlsafe(9))
            words = ("--name", account.name, "--role", role, "--password", account.password)
            corridor("account", "add", "--config", party.config, *words)
            made[party.key, role] = account
    return made


def token(party: Party, account: Account) -> str:
    """A bearer token for an account."""
    form = {"grant_type": "client_credentials"}
    answer = httpx.post(f"{party.url}/auth/token", data=form, auth=(account.name, account.password), timeout=30)
    return str(answer.raise_for_status().json()["access_token"])


def load_people(parties: dict[str, Party], tokens: dict[str, str], crowd: Sequence[Person]) -> int:
    """Write everyone into the registers they passed through; how many registrations that are.

    Raises:
        FillError: a node refused a transaction.
    """
    sent = [(country, bundle_of_places(country)) for country in NODES]
    sent += [(each.country, bundle(person, each)) for person in crowd for each in person.registrations]
    with httpx.Client(timeout=60) as client:
        for country, content in track(sent, "Invented people", console=Console(stderr=True), transient=True):
            headers = {"authorization": f"Bearer {tokens[country]}", "content-type": FHIR_JSON}
            answer = client.post(f"{parties[country].url}/fhir", content=content, headers=headers)
            if not answer.is_success:
                raise FillError(f"{parties[country].name}: {answer.text[:500]}")
    return len(sent) - len(NODES)


def load_examples(parties: dict[str, Party], tokens: dict[str, str]) -> dict[str, Report]:
    """Load the published example resources through the same door; one report per country."""
    files: dict[str, list[Path]] = {}
    for file in example_files():
        files.setdefault(EXAMPLES_AT.get(file.parent.name, OTHERS_AT), []).append(file)
    return {
        country: load(f"{parties[country].url}/fhir", tokens[country], several) for country, several in files.items()
    }


def wait_until_registered(parties: Sequence[Party], say: Callable[[str], None]) -> None:
    """Return when no node has a promise left to keep.

    Raises:
        FillError: some node still has after two minutes.
    """
    until = monotonic() + PATIENCE_SECONDS
    told = 0.0
    with httpx.Client(timeout=10) as client:
        while waiting := sum(client.get(f"{party.url}/health").json()["waiting"] for party in parties):
            if monotonic() > until:
                raise FillError(f"{waiting} promises are not kept after two minutes.")
            if monotonic() - told > 5:
                say(f"  {waiting} to go")
                told = monotonic()
            sleep(0.2)
