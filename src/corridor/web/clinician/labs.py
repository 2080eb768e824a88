"""The measured values as a table, and what they prove: suppression, rebounds, failures, pauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.standing_values import Certainty, Failure, FailureKind, Interruption, Standing
from corridor.domain.care.timeline import Timeline
from corridor.domain.care.viral_load import ViralLoad
from corridor.web.clinician.facts import Source, source_of
from corridor.web.clinician.panels import ADVANCED_CELLS_PER_UL, FAILURE_COPIES_PER_ML
from corridor.web.clinician.wording import duration, value_text
from corridor.web.language import Words

MOST_LABS = 24
"""Newest results that the table shows; all of them stand among the facts."""

_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Lab:
    """One result; `tone` is `good`, `bad` or `open`, `says` what that means in words."""

    kind: str
    value: str
    tone: str
    says: str
    source: Source


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence about how treatment went, with the records that prove it."""

    tone: str
    text: str
    sources: tuple[Source, ...] = ()


def labs(care: Timeline, t: Words) -> tuple[Lab, ...]:
    """The newest viral loads and CD4 results that happened, newest first."""
    happened = [event for event in chain(care.viral_loads, care.cd4s) if event.counts]
    newest = sorted(happened, key=lambda event: event.start or date.min, reverse=True)[:MOST_LABS]
    return tuple(_lab(event, t) for event in newest)


def _lab(event: Event, t: Words) -> Lab:
    tone, says = verdict(event, t)
    return Lab(t.name("kind", event.kind), value_text(event, t)[:80], tone, says, source_of(event, t))


def verdict(event: Event, t: Words) -> tuple[str, str]:
    """What one result says at the thresholds that decisions hang on; nothing where there is nothing to say."""
    if isinstance(event.value, ViralLoad):
        below = event.value.suppressed(FAILURE_COPIES_PER_ML)
        tone, key = {True: ("good", "yes"), False: ("bad", "no"), None: ("open", "unknown")}[below]
        return tone, t(f"glance.suppressed.{key}", n=t.number(FAILURE_COPIES_PER_ML))
    if isinstance(event.value, Interval) and "%" not in event.unit and _advanced(event.value):
        return "bad", t("glance.advanced", n=ADVANCED_CELLS_PER_UL)
    return "", ""


def _advanced(value: Interval) -> bool:
    return value.upper is not None and value.upper <= ADVANCED_CELLS_PER_UL


def lines(stand: Standing, t: Words) -> tuple[Line, ...]:
    """How treatment went, in sentences: failures with their proof, rebounds, pauses, days covered, supply."""
    return (*_failures(stand, t), *_rebounds(stand, t), *_pauses(stand, t), *_covered(stand, t), *_supply(stand, t))


def _failures(stand: Standing, t: Words) -> Iterator[Line]:
    for failure in tuple(reversed(stand.failures))[:_MOST_LINES]:
        yield Line("bad", _failure_text(failure, t), tuple(source_of(event, t) for event in failure.proof))


def _failure_text(failure: Failure, t: Words) -> str:
    day = t.day(failure.on) if failure.on else t("table.undated")
    proof = " → ".join((event.reason or value_text(event, t))[:60] for event in failure.proof)
    regimen = failure.regimen.label if failure.regimen else t("unknown")
    stated = failure.kind is FailureKind.CLINICAL or failure.certainty is Certainty.STATED
    key = "failure.stated" if stated else f"failure.{failure.kind}"
    return t(key, day=day, proof=proof, regimen=regimen)


def _rebounds(stand: Standing, t: Words) -> Iterator[Line]:
    for rebound in tuple(reversed(stand.rebounds))[:_MOST_LINES]:
        if rebound.threshold_copies_per_ml != FAILURE_COPIES_PER_ML:
            continue
        day = t.day(rebound.first.start) if rebound.first.start else t("table.undated")
        key = "course.rebound" if rebound.confirmed else "course.rebound-once"
        text = t(key, day=day, before=value_text(rebound.before, t)[:60], peak=value_text(rebound.peak, t)[:60])
        records = dict.fromkeys((rebound.before, rebound.first, rebound.peak))
        yield Line("bad" if rebound.confirmed else "open", text, tuple(source_of(event, t) for event in records))


def _pauses(stand: Standing, t: Words) -> Iterator[Line]:
    for pause in tuple(reversed(stand.interruptions))[:_MOST_LINES]:
        told = (source_of(pause.cause_source, t),) if pause.cause_source else ()
        cause = t("course.cause", text=pause.cause[:120]) if pause.cause else ""
        yield Line("open", f"{_pause_text(pause, t)} {cause}".rstrip(), told)


def _pause_text(pause: Interruption, t: Words) -> str:
    long = duration(pause.days, t)
    if pause.end is None:
        return t("course.pause-open", n=long, start=t.day(pause.start))
    return t("course.pause", n=long, start=t.day(pause.start), end=t.day(pause.end))


def _covered(stand: Standing, t: Words) -> Iterator[Line]:
    if stand.coverage is not None:
        share = round(stand.coverage.proportion * 100)
        yield Line("", t("course.covered", n=stand.coverage.covered_days, all=stand.coverage.days, share=share))


def _supply(stand: Standing, t: Words) -> Iterator[Line]:
    if stand.supply is not None:
        left = stand.supply.days_left
        key = "course.supply-unknown" if left is None else "course.supply"
        ago = duration(stand.supply.days_since, t)
        yield Line("", t(key, ago=ago, left=duration(left or 0, t)), (source_of(stand.supply.event, t),))
