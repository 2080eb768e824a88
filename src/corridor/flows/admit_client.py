"""A system shows its access token, and with a bound one that it holds the key."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.errors import LoginError
from corridor.domain.principal import Principal
from corridor.flows.ports.passes import Passes
from corridor.flows.prove_possession import prove_possession
from corridor.flows.read_possession import PossessionDesk, Shown


@dataclass(frozen=True, slots=True)
class AdmitDesk:
    """What letting systems in needs."""

    passes: Passes
    possession: PossessionDesk


async def admit_client(token: str, shown: Shown, *, desk: AdmitDesk) -> Principal | None:
    """Whom the token stands for, or nobody.

    Raises:
        TokenError: the proof that came with a bound token does not count.
        LoginError: a bound token came without a proof, or with that of another key.

    Source: RFC 9449 section 7.
    """
    principal = await desk.passes.who(token, at=desk.possession.clock.now())
    if principal is None or principal.grant is None:
        return None
    bound_to = principal.grant.bound_to
    if bound_to and not shown.proof:
        raise LoginError("This token is bound to a key: send it as DPoP, with a proof.")
    if shown.proof and await prove_possession(shown, desk=desk.possession) != bound_to:
        raise LoginError("The token is not bound to the key of this proof.")
    return principal
