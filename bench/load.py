"""What is sent in: records of the demo's invented people as transaction Bundles of one size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import orjson

from bench.home import HOME, Home
from demo.bundles import bundle_of_places, resources, transaction
from demo.people import people

BUNDLE = 50
"""Resources in one Bundle."""

_ENOUGH = 1_000_000


def bundles(count: int, *, seed: int = 7) -> list[bytes]:
    """Transactions of 50 resources each, person after person; what is referred to comes before what refers to it.

    Most are Observations; prescriptions, dispenses, visits, consents and the Patients themselves lie between them.
    """
    content = _content(seed)
    return [transaction(islice(content, BUNDLE)) for _ in range(count)]


def names(bundle: bytes) -> list[str]:
    """`Type/id` of every resource of a transaction."""
    return [entry["request"]["url"] for entry in orjson.loads(bundle)["entry"]]


async def fill(home: Home, content: list[bytes]) -> None:
    """Send the country's clinics and clinicians, then the transactions.

    Raises:
        RuntimeError: one was refused; what is measured would not be what is meant.
    """
    for each in (bundle_of_places(HOME), *content):
        await send(home, each)


async def send(home: Home, bundle: bytes) -> None:
    """Send one transaction that must be taken.

    Raises:
        RuntimeError: it was refused.
    """
    reply = await home.send(bundle)
    if reply.status != 200:
        raise RuntimeError(f"A transaction was refused with status {reply.status}: {reply.body[:300].decode()}")


def _content(seed: int) -> Iterator[dict[str, Any]]:
    here = (
        (person, registration)
        for person in people(seed, count=_ENOUGH)
        for registration in person.registrations
        if registration.country == HOME
    )
    return chain.from_iterable(resources(*each) for each in here)
