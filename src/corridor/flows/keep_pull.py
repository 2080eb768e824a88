"""A pull is kept while it is under way."""

from __future__ import annotations

from corridor.domain.pull import PullLeg, PullRecord
from corridor.flows.ask_country import Pull, PullDesk
from corridor.flows.ports.unit import Unit


async def keep_pull(pull: Pull, *, unit: Unit, desk: PullDesk, opening: str = "") -> None:
    """Keep that the pull is under way, so that a stop of this node leaves no country without its end in the log.

    Args:
        pull: under way; one without an id is not kept.
        unit: in which it is decided.
        desk: the ports.
        opening: id of the emergency that it is made in, or empty.

    Source: TRUST invariant 7.
    """
    if not pull.id:
        return
    legs = tuple(
        PullLeg(country, pull.consents[country].id if country in pull.consents and not opening else "")
        for country in desk.peers.countries()
    )
    await unit.pulls.begin(
        PullRecord(
            id=pull.id,
            patient_id=pull.patient_id,
            agent=pull.asking.principal.pseudonym,
            role=pull.asking.principal.role.value,
            request_id=pull.asking.request_id,
            purpose=pull.purpose.value,
            trace=str(pull.asking.trace),
            started_at=pull.started_at,
            opening=opening,
            legs=legs,
        )
    )
