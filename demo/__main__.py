"""The main job on real input: a hub, five countries, and one migrant's history pulled with one command."""

from __future__ import annotations

import argparse
import signal
import sys
from time import monotonic

from rich.console import Console

from corridor.apps.pulled import Asked, pull_bundle
from corridor.domain.errors import CorridorError
from demo.ceremony import corridor
from demo.federation import Federation, StartError, federation
from demo.filling import (
    Account,
    FillError,
    load_examples,
    load_people,
    make_accounts,
    token,
    wait_until_registered,
)
from demo.parties import HUB, NODES, PROVIDED, Party, mutual_doors
from demo.people import people
from demo.provider import provider
from demo.rounds import IN_PERSON, pull_round, tell_round
from demo.screenshots import take_screenshots
from demo.story import the_woman
from demo.telling import tell

ROUND = 21
"""The woman of the story, and everyone until the outcomes of the catalogue come round again."""

SILENT = "EC"
"""The country that is switched off before the pull."""


def main() -> int:
    """Run the story; 0 when it ended well."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story instead of running on")
    parser.add_argument("--screenshots", action="store_true", help="after the story, write docs/screenshots/")
    parser.add_argument("--people", type=int, default=60, help="how many invented people (60)")
    wanted = parser.parse_args()
    console = Console(highlight=False, width=110)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with federation(say=lambda text: console.print(f"== {text}"), settings=mutual_doors()) as running:
            accounts = _tell_story(running, console, people_count=wanted.people)
            if wanted.screenshots:
                take_screenshots(running.parties, accounts)
            if not wanted.once:
                with provider(running.parties[PROVIDED]):
                    _stay(running, accounts, console)
    except (StartError, FillError, CorridorError) as error:
        console.print(f"[bold red]{error}")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _tell_story(running: Federation, console: Console, *, people_count: int) -> dict[tuple[str, str], Account]:
    started = monotonic()
    parties = running.parties
    nodes = [parties[key] for key in NODES]
    accounts = make_accounts(list(parties.values()))
    tokens = {key: token(parties[key], accounts[key, "programme"]) for key in NODES}
    console.print("== Loading invented people and published examples through the FHIR doors")
    crowd = list(people(count=people_count))
    registrations = load_people(parties, tokens, crowd)
    console.print(f"  {people_count} people, {registrations} registrations in five countries")
    _load_examples(parties, tokens, console)
    console.print("== Registering everybody with the hub as blind tokens, with three of the five key holders")
    wait_until_registered(nodes, console.print)
    console.print(f"== Asking for {len(crowd[1:ROUND])} people, one round of the catalogue, where they are now")
    tell_round(pull_round(crowd[1:ROUND], parties, accounts), console)
    console.print(f"== {parties[SILENT].name} is switched off. Lima asks for the woman of the story")
    running.stop(SILENT)
    woman = the_woman().here
    clinician = accounts[woman.country, "clinician"]
    asked = monotonic()
    body = pull_bundle(
        parties[woman.country].url, (clinician.name, clinician.password), Asked(woman.id, attest=IN_PERSON)
    )
    console.print(f"  answered in {monotonic() - asked:.2f} s")
    tell(body, console)
    console.print("== Proving every country's log")
    for party in nodes:
        console.print("  " + corridor("audit", "verify", "--config", party.config).strip())
    console.print(f"== The story took {monotonic() - started:.0f} s")
    return accounts


def _load_examples(parties: dict[str, Party], tokens: dict[str, str], console: Console) -> None:
    for key, report in load_examples(parties, tokens).items():
        console.print(
            f"  Published examples at {parties[key].name}: {report.accepted} accepted, {report.refused} refused"
        )
        for reason, count in report.reasons.most_common(4):
            console.print(f"    {count} x {reason}", style="dim")


def _stay(running: Federation, accounts: dict[tuple[str, str], Account], console: Console) -> None:
    """Start the silent country again, say where everything is, and run until Ctrl-C."""
    running.start(SILENT)
    running.wait(SILENT)
    lima, hub = running.parties["PE"], running.parties[HUB]
    for party, path, account in (
        (lima, "/ingreso", accounts["PE", "clinician"]),
        (lima, "/ingreso", accounts["PE", "auditor"]),
        (hub, "/ingreso", accounts[HUB, "coordinator"]),
    ):
        console.print(
            f"  {party.name}: {party.url}{path}  account [bold]{account.name}[/]  password [bold]{account.password}[/]"
        )
    for key in NODES:
        programme = accounts[key, "programme"]
        console.print(
            f"  {running.parties[key].name}: {running.parties[key].url}/fhir  {programme.name}  {programme.password}",
            style="dim",
        )
    console.print(f"  {lima.name} also lets in the invented people of its identity provider: {lima.url}/ingreso")
    console.print("A visit to walk through, page by page: docs/visit.md")
    console.print("The federation runs until Ctrl-C.")
    signal.pause()


if __name__ == "__main__":
    sys.exit(main())
