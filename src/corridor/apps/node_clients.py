"""Gives what systems need to be let in: their registrations, their tokens, and the doors for both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.routing import BaseRoute, Route

from corridor.apps.node_rooms import NodeRooms
from corridor.apps.people import no_passwords
from corridor.apps.spoken import spoken
from corridor.domain.principal import Principal
from corridor.flows.admit_client import AdmitDesk, admit_client
from corridor.flows.authenticate_client import ClientDesk
from corridor.flows.grant_token import TokenDesk, grant_token
from corridor.flows.read_possession import PossessionDesk, Shown
from corridor.flows.sign_in import SignInDesk, sign_in
from corridor.keys.proofs import SignedProofs
from corridor.node.client_token import grant_to_system
from corridor.node.introspect import introspect
from corridor.node.national import National
from corridor.node.session import issue_token
from corridor.node.smart import PATH, configuration, smart_configuration
from corridor.remote.client_keys import ClientKeys
from corridor.storage.node.clients import SqlClients, SqlPasses


def _proofs(rooms: NodeRooms) -> SignedProofs:
    return SignedProofs(ClientKeys(rooms.lines.transport, rooms.settings.client_key_origins, rooms.clock).fetch)


def _possession(rooms: NodeRooms, proofs: SignedProofs) -> PossessionDesk:
    def number(span: int) -> str:
        return rooms.keys.pseudonyms.pseudonym(rooms.home, f"proof-nonce/{span}")

    return PossessionDesk(proofs, rooms.storage.nonces, rooms.clock, number)


def admission(rooms: NodeRooms) -> Callable[[str, Shown], Awaitable[Principal | None]]:
    """Whom a system's token stands for."""
    possession = _possession(rooms, _proofs(rooms))
    return partial(admit_client, desk=AdmitDesk(SqlPasses(rooms.storage.database), possession))


def client_routes(rooms: NodeRooms, people: SignInDesk, national: National) -> list[BaseRoute]:
    """The token endpoint, for people and for systems, and what is stated of it."""
    storage, public_url = rooms.storage, rooms.settings.public_url
    proofs = _proofs(rooms)
    desk = TokenDesk(
        client=ClientDesk(
            f"{public_url}/auth/token", SqlClients(storage.database), proofs, storage.nonces, rooms.clock
        ),
        possession=_possession(rooms, proofs),
        passes=SqlPasses(storage.database),
        budgets=storage.budgets,
        audit=storage.audit,
        units=storage.units,
        home=rooms.home,
        base_url=f"{public_url}/fhir",
    )

    async def stands_for(token: str) -> Principal | None:
        return await desk.passes.who(token, at=rooms.clock.now())

    base_url = f"{public_url}/fhir"
    grant = partial(grant_to_system, grant=partial(grant_token, desk=desk), base_url=base_url)
    by_password = partial(sign_in, desk=people) if rooms.settings.passwords else no_passwords
    token = partial(issue_token, sign_in=by_password, grant=grant)
    stated = partial(configuration, stated=smart_configuration(base_url))
    return [
        Route("/auth/token", token, methods=["POST"]),
        *spoken("/auth/introspect", POST=partial(introspect, national=national, stands_for=stands_for)),
        *spoken(f"/fhir{PATH}", GET=stated),
        *spoken(PATH, GET=stated),
    ]
