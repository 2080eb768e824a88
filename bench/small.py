"""Small operations that larger ones are made of: microseconds of processor time each, on one core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import process_time

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figures import Figure, Goal, Round, interleaved
from bench.size import Size
from bench.traveller import HERE, traveller
from corridor.domain.care.standing import standing
from corridor.domain.care.timeline import timeline
from corridor.domain.category import Category
from corridor.domain.consent import Ask, decide
from corridor.domain.country import Country
from corridor.domain.history import Entry
from corridor.domain.identity import sharing
from corridor.domain.identity.dleq import prove
from corridor.domain.identity.features import Feature
from corridor.domain.identity.oprf import evaluate
from corridor.domain.identity.tokens import begin, check_partial, finish
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.fhir.consent import read_or_deny
from corridor.fhir.events import events
from corridor.fhir.projection import fill, project_bytes
from corridor.keys.signatures import Signatures
from demo.bundles import resources

THRESHOLD, HOLDERS, TOKENS = 3, 5, 20
_SOURCE = "https://corridor.example/country/VE"
_PSEUDONYM = "0123456789abcdef0123456789abcdef"

GOALS = {"300 resources to timeline and standing": Goal(20_000), "decide on one ask": Goal(5)}
"""What a clinician's page, and a question at a holder, ask of the processor."""

Operations = Mapping[str, Callable[[], object]]


async def measured(bench: str, operations: Operations, size: Size) -> list[Figure]:
    """Each operation's median."""
    cases = {name: _timed(operation, size.turns) for name, operation in operations.items()}
    found = await interleaved(cases, size.rounds)
    return [Figure(bench, name, value, "µs CPU", GOALS.get(name)) for name, value in found.items()]


def _timed(operation: Callable[[], object], turns: int) -> Round:
    async def run() -> float:
        started = process_time()
        for _ in range(turns):
            operation()
        return (process_time() - started) / turns * 1e6

    return run


def identity() -> Operations:
    """Twenty tokens of one person, made with any three of five key holders, with their proofs."""
    deals = [sharing.deal(dealer, threshold=THRESHOLD, holders=HOLDERS) for dealer in range(1, HOLDERS + 1)]
    public = [each.public for each in deals]
    chosen = range(1, THRESHOLD + 1)
    shares = {at: sharing.combine_deals(at, public, [each.shares[at - 1] for each in deals]).value for at in chosen}
    keys = {at: sharing.public_share(public, at) for at in chosen}
    asked = [Feature(turn, f"feature {turn}") for turn in range(TOKENS)]
    elements, _ = begin(asked)
    partials = {at: evaluate(share, elements) for at, share in shares.items()}
    proof = prove(shares[1], elements, partials[1])

    def ours() -> None:
        _, kept = begin(asked)  # other blinds than the answers were made for: the work is the same
        for _ in chosen:
            check_partial(keys[1], elements, partials[1], proof=proof)
        finish(kept, partials, threshold=THRESHOLD)

    def holder() -> None:
        evaluated = evaluate(shares[1], elements)
        prove(shares[1], elements, evaluated)

    return {
        f"{TOKENS} tokens, the asking node: blind, check {THRESHOLD} proofs, unblind": ours,
        f"{TOKENS} tokens, each of {THRESHOLD} holders: evaluate and prove": holder,
    }


def sign() -> Operations:
    """RFC 9421 on a request of 1 kB and an answer of 60 kB."""
    key, now = Ed25519PrivateKey.generate(), datetime.now(UTC)
    public = key.public_key().public_bytes_raw()
    signer = Signatures("PE", key)
    plain = SignedRequest(
        "POST", "https://co.example/exchange/Patient/$history", {"traceparent": _trace()}, b"x" * 1000
    )
    request = SignedRequest(
        plain.method, plain.url, {**plain.headers, **signer.sign_request(plain, now=now)}, plain.body
    )
    bare = SignedResponse(200, {}, b"x" * 60_000)
    response = SignedResponse(200, signer.sign_response(bare, request, now=now), bare.body)
    return {
        "sign a request": lambda: signer.sign_request(plain, now=now),
        "verify a request": lambda: signer.verify_request(request, key_of=lambda _keyid: public, now=now),
        "sign an answer": lambda: signer.sign_response(bare, request, now=now),
        "verify an answer": lambda: signer.verify_response(response, request, key=public, now=now),
    }


def _trace() -> str:
    return f"00-{'1' * 32}-{'2' * 16}-01"


def projection() -> Operations:
    """What crosses of a record of 50 resources: written at ingest, and filled with pseudonyms when it is served."""
    person = traveller()
    raws = [orjson.dumps(each) for each in resources(person, person.registrations[0])]
    patient = person.registrations[0].id
    made = [project_bytes(raw, patient_id=patient, source=_SOURCE) for raw in raws]
    templates = [each.template for each in made if each]
    return {
        "write the projection of 50 resources": lambda: [
            project_bytes(raw, patient_id=patient, source=_SOURCE) for raw in raws
        ],
        f"fill {len(templates)} templates with pseudonyms": lambda: [
            fill(each, lambda _name: _PSEUDONYM) for each in templates
        ],
    }


def consent() -> Operations:
    """The decision on one ask, from Consents as values and from Consents as stored."""
    person, now = traveller(), datetime.now(UTC)
    stored = [each for each in resources(person, person.here) if each["resourceType"] == "Consent"]
    ask = Ask(Country(HERE), Country("VE"), "TREAT", frozenset(Category))
    values = [read_or_deny(each, id=each["id"], at=now) for each in stored]
    return {
        "decide on one ask": lambda: decide(values, ask, now),
        "read a Consent and decide": lambda: decide(
            [read_or_deny(each, id=each["id"], at=now) for each in stored], ask, now
        ),
    }


def care() -> Operations:
    """From the bytes of 300 resources of six countries to where treatment stands."""
    person, today = traveller(), datetime.now(UTC).date()
    told = [
        (
            Country(each.country),
            [Entry(one["resourceType"], one["id"], orjson.dumps(one)) for one in resources(person, each)],
        )
        for each in person.registrations[:-1]
    ]
    told += [(Country(other), entries) for other, (_, entries) in zip(("AR", "BO"), told, strict=False)]
    found = [event for country, entries in told for event in events(entries, country)]
    put = timeline(found)
    size = sum(len(entries) for _, entries in told)
    return {
        f"read {size} resources as events": lambda: [events(entries, country) for country, entries in told],
        f"put {len(found)} events in order": lambda: timeline(found),
        "say where treatment stands": lambda: standing(put, today=today),
        f"{size} resources to timeline and standing": lambda: standing(
            timeline([event for country, entries in told for event in events(entries, country)]), today=today
        ),
    }
