"""What the hub can say of each country's log, in one word and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.country import Country
from corridor.flows.ports.disclosures import LogProof

SILENT_AFTER = timedelta(hours=24)
"""A node that was not heard for longer is shown as such. Source: TRUST section 1.4."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One country's log: `state` is `whole`, `failed`, `late` or `never`."""

    country: Country
    state: str
    size: int
    seen_at: datetime | None


def log_lines(countries: Sequence[Country], proofs: Sequence[LogProof], *, now: datetime) -> tuple[LogLine, ...]:
    """A line for every member, also for one that was never heard; a failed proof outweighs everything."""
    known = {proof.country: proof for proof in proofs}
    every = [*countries, *(code for code in sorted(known) if code not in countries)]
    return tuple(_line(code, known.get(code), now) for code in every)


def _line(country: Country, proof: LogProof | None, now: datetime) -> LogLine:
    if proof is None:
        return LogLine(country, "never", 0, None)
    late = now - proof.seen_at > SILENT_AFTER
    state = "failed" if not proof.whole else "late" if late else "whole"
    return LogLine(country, state, proof.size, proof.seen_at)
