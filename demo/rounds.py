"""One round of the catalogue: twenty invented people, each asked for where they are now, so that all outcomes occur."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from corridor.apps.pulled import Asked, pull_bundle
from corridor.domain.errors import UnavailableError
from demo.filling import Account
from demo.parties import Party
from demo.telling import read_history
from demo.values import CATALOGUE, Outcome, Person


@dataclass(slots=True)
class Round:
    """What became of the people of one outcome.

    Attributes:
        people: how many were asked for.
        told: how many countries told something, over all of them.
        refused: how many pulls the asking node itself refused.
    """

    people: int = 0
    told: int = 0
    refused: int = 0


IN_PERSON = "She showed me her papers and sits in front of me."
"""A clinician's word; in the demo nobody has a card or a telephone."""


def pull_round(
    crowd: Iterable[Person], parties: dict[str, Party], accounts: dict[tuple[str, str], Account]
) -> dict[Outcome, Round]:
    """Ask for each person at the node of the country where they are now; a refusal is an outcome too."""
    rounds: defaultdict[Outcome, Round] = defaultdict(Round)
    for person in crowd:
        here, found = person.registrations[-1], rounds[person.outcome]
        account = accounts[here.country, "clinician"]
        found.people += 1
        try:
            body = pull_bundle(
                parties[here.country].url, (account.name, account.password), Asked(here.id, attest=IN_PERSON)
            )
            found.told += len(read_history(body)[0])
        except UnavailableError:
            found.refused += 1
    return rounds


def tell_round(rounds: dict[Outcome, Round], console: Console) -> None:
    """Print one line for each outcome."""
    table = Table(box=None, show_header=True, pad_edge=True)
    for heading in ("people", "histories", "refused", "who"):
        table.add_column(heading, justify="left" if heading == "who" else "right")
    for outcome, found in rounds.items():
        table.add_row(str(found.people), str(found.told), str(found.refused), CATALOGUE[outcome])
    console.print(table)
