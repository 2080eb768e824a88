"""Where a person's treatment stands on a day, reckoned from everything that countries told."""

from __future__ import annotations

from datetime import date

from corridor.domain.care.failure import failures
from corridor.domain.care.measures import cd4, latest, stage
from corridor.domain.care.standing_values import Standing
from corridor.domain.care.supply import coverage, interruptions, supply
from corridor.domain.care.suppression import rebounds, suppression
from corridor.domain.care.taken import art_since, current_regimen
from corridor.domain.care.timeline import Timeline


def standing(care: Timeline, *, today: date) -> Standing:
    """Where treatment stands: what is taken, whether it works, what was missed; what nobody told stays unknown.

    Args:
        care: everything that was told, in order.
        today: the day that ages and supplies are counted to; later records count as told, not as future.
    """
    pauses = interruptions(care, today=today)
    return Standing(
        today=today,
        regimen=current_regimen(care, today=today),
        art_since=art_since(care),
        suppression=suppression(care, today=today),
        rebounds=rebounds(care),
        failures=failures(care),
        cd4=cd4(care),
        stage=stage(care),
        interruptions=pauses,
        coverage=coverage(care, today=today),
        supply=supply(care, today=today),
        latest=latest(care),
    )
