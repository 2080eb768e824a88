"""A stored Subscription with the state that the node gives it."""

from __future__ import annotations

from corridor.domain.record import Draft
from corridor.domain.subscription import SubscriptionState
from corridor.fhir.draft import draft
from corridor.fhir.exact_json import read_exact, write_exact


def restated(body: bytes, state: SubscriptionState, reason: str, *, source: str) -> Draft:
    """The next version of a Subscription.

    Args:
        body: as it is stored.
        state: where it stands now.
        reason: why it is in error, in words; empty for none.
        source: `meta.source` of what crosses a border; a Subscription never does.

    Source: https://hl7.org/fhir/R4/subscription.html
    """
    tree = read_exact(body)
    tree["status"] = state.value
    tree.pop("error", None)
    if reason:
        tree["error"] = reason
    return draft(write_exact(tree), resource_type="Subscription", id=tree["id"], source=source)
