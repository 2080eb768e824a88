"""Copies that should not be used any more: who received them, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from corridor.domain.country import Country
from corridor.domain.tie import BROKEN, Flow, Tie

SHOWN = timedelta(days=30)
"""A notice is shown to whom it concerns for that long."""

Why = Literal["withdrawn", "false-tie"]


@dataclass(frozen=True, slots=True)
class Recall:
    """One copy, given or received, that is recalled.

    Attributes:
        patient_id: of the person here.
        country: the other one.
        flow: what flowed.
        at: when the person took the consent back, or people found that it is about somebody else.
    """

    patient_id: str
    country: Country
    flow: Flow
    why: Why
    at: datetime


def recalled(tie: Tie, flow: Flow, *, withdrawn_at: datetime | None) -> Recall | None:
    """The notice about one flow, or None where it stands.

    Args:
        tie: under which it flowed.
        flow: one of it.
        withdrawn_at: when the person last took consents back; None where they never did.

    Source: INTEROP section 10, recall notice.
    """
    if tie.state in BROKEN and flow.at <= tie.changed_at:
        return Recall(tie.patient_id, tie.country, flow, "false-tie", tie.changed_at)
    if withdrawn_at is not None and flow.at <= withdrawn_at:
        return Recall(tie.patient_id, tie.country, flow, "withdrawn", withdrawn_at)
    return None
