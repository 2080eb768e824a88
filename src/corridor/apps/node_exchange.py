"""Hangs a node's doors for the other countries: the exchange and the key holder's."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version

from starlette.routing import Route

from corridor.apps.mutual_settings import line_of
from corridor.apps.node_acts import NodeActs, spread_desk
from corridor.apps.node_rooms import NodeRooms
from corridor.apps.node_ties import tie_routes
from corridor.fhir.capability import Server, exchange_capability
from corridor.flows.accept_withdrawal import accept_withdrawal
from corridor.flows.check_purpose import check_purpose
from corridor.flows.evaluate_tokens import evaluate_tokens
from corridor.flows.renew_lease import renew_lease
from corridor.flows.serve_history import serve_history
from corridor.flows.serve_resources import serve_resources
from corridor.flows.tell_missed import tell_missed
from corridor.node import evaluate, exchange, leases, withdrawals


def exchange_routes(rooms: NodeRooms, acts: NodeActs) -> list[Route]:
    """Every door that other countries use."""
    base_url = f"{line_of(rooms.settings.mutual_tls, rooms.settings.public_url)}/exchange"
    server = Server(base_url, version("corridor"), rooms.clock.now(), rooms.settings.name)
    wired = exchange.Exchange(
        base_url=base_url,
        empty_milliseconds=rooms.settings.empty_answer_milliseconds,
        metadata=exchange_capability(server),
        gate=acts.gate,
        pseudonyms=rooms.keys.pseudonyms,
        check_purpose=partial(check_purpose, desk=acts.serve),
        serve_history=partial(serve_history, desk=acts.serve),
        accept_withdrawal=partial(accept_withdrawal, desk=acts.serve),
        serve_resources=partial(serve_resources, desk=acts.serve),
    )
    holder = evaluate.Holder(acts.gate, partial(evaluate_tokens, desk=acts.evaluate))
    missed = withdrawals.Missed(acts.gate, partial(tell_missed, desk=spread_desk(rooms, acts.pull)))
    return [
        *exchange.routes(wired),
        *evaluate.routes(holder),
        *tie_routes(rooms, acts.gate),
        *withdrawals.routes(missed),
        *leases.routes(
            leases.Renewing(acts.gate, rooms.settings.empty_answer_milliseconds, partial(renew_lease, desk=acts.serve))
        ),
    ]
