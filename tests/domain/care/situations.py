"""Situations written as short facts: `art:DTG+3TC+TDF`, `rx:rifampicina`, `hbsag:positivo`, `cd4:199`."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from corridor.domain.care.alerts import Alert, alerts
from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.interval import compared, number
from corridor.domain.care.known import situation
from corridor.domain.care.regimen import read_text
from corridor.domain.care.rules.rule import RuleBook
from corridor.domain.care.situation import Person, Situation
from corridor.domain.care.standing import standing
from corridor.domain.care.timeline import timeline
from corridor.domain.care.viral_load_text import viral_load
from corridor.domain.country import Country

TODAY = date(2026, 6, 15)
VE = Country("VE")
_ANSWERED = {"hbsag": "hbsag", "hla": "hla-b5701", "pregnant": "pregnancy"}
_MEASURED = {"egfr": "mL/min/{1.73_m2}", "creatinine": "mg/dL", "weight": "kg"}


def fact(text: str) -> Event | None:
    """The event of one short fact; what is said of the person or of the plan is none."""
    kind, _, rest = text.partition(":")
    value, _, ago = rest.partition("@")
    on = None if ago == "?" else TODAY - timedelta(days=int(ago or 10))
    writer = _WRITERS.get(kind)
    return writer(value, on, text) if writer else None


def _taken(end: date | None) -> Callable[[str, date | None, str], Event]:
    def write(value: str, _: date | None, text: str) -> Event:
        drugs = tuple(sorted(value.split("+")))
        start = date(2025, 1, 1)
        return Event(
            VE, EventKind.REGIMEN, value, f"MedicationStatement/{_id(text)}", start, end, components=drugs, raw=value
        )

    return write


def _medicine(value: str, on: date | None, text: str) -> Event:
    reading = read_text(value)
    kind = EventKind.TUBERCULOSIS if reading.components else EventKind.OTHER
    return Event(
        VE,
        kind,
        value,
        f"MedicationStatement/{_id(text)}",
        on,
        components=reading.components,
        flags=reading.flags,
        raw=value,
        status="active",
    )


def _condition(value: str, on: date | None, text: str) -> Event:
    return Event(VE, EventKind.CONDITION, value, f"Condition/{_id(text)}", on, raw=value, status="active")


def _allergy(value: str, on: date | None, text: str) -> Event:
    return Event(VE, EventKind.ALLERGY, value, f"AllergyIntolerance/{_id(text)}", on, raw=value, status="active")


def _tested(name: str) -> Callable[[str, date | None, str], Event]:
    def write(value: str, on: date | None, text: str) -> Event:
        return Event(VE, EventKind.OTHER, name, f"Observation/{_id(text)}", on, raw=value, about=_ANSWERED[name])

    return write


def _measured(name: str) -> Callable[[str, date | None, str], Event]:
    def write(value: str, on: date | None, text: str) -> Event:
        amount = compared(number(value))
        source = f"Observation/{_id(text)}"
        return Event(VE, EventKind.OTHER, name, source, on, value=amount, unit=_MEASURED[name], about=name)

    return write


def _cd4(value: str, on: date | None, text: str) -> Event:
    source = f"Observation/{_id(text)}"
    amount = compared(number(value))
    return Event(VE, EventKind.CD4, "CD4", source, on, value=amount, unit="{cells}/uL", about="cd4")


def _load(value: str, on: date | None, text: str) -> Event:
    source = f"Observation/{_id(text)}"
    load = viral_load(value, "{copies}/mL")
    return Event(VE, EventKind.VIRAL_LOAD, "HIV-1 RNA", source, on, value=load, raw=value, about="hiv-viral-load")


def _stage(value: str, on: date | None, text: str) -> Event:
    return Event(VE, EventKind.OTHER, "stage", f"Observation/{_id(text)}", on, raw=value, about="who-stage")


def _before(value: str, _: date | None, text: str) -> Event:
    drugs = tuple(sorted(value.split("+")))
    start, end = date(2024, 1, 1), date(2024, 12, 31)
    return Event(VE, EventKind.REGIMEN, value, f"MedicationStatement/{_id(text)}", start, end, components=drugs)


def _long_acting(value: str, _: date | None, text: str) -> Event:
    drugs = tuple(sorted(value.split("+")))
    source, start, end = f"MedicationStatement/{_id(text)}", date(2025, 1, 1), TODAY + timedelta(days=30)
    return Event(VE, EventKind.REGIMEN, value, source, start, end, components=drugs, flags=("long_acting",))


_WRITERS: dict[str, Callable[[str, date | None, str], Event]] = {
    "art": _taken(TODAY + timedelta(days=30)),
    "last": _taken(TODAY - timedelta(days=90)),
    "open": _taken(None),
    "before": _before,
    "la": _long_acting,
    "rx": _medicine,
    "cond": _condition,
    "allergy": _allergy,
    "cd4": _cd4,
    "vl": _load,
    "stage": _stage,
    **{name: _tested(name) for name in _ANSWERED},
    **{name: _measured(name) for name in _MEASURED},
}


def _id(text: str) -> str:
    return f"f{sum(ord(sign) * (place + 1) for place, sign in enumerate(text))}"


def facing(facts: Iterable[str], events: Iterable[Event] = ()) -> Situation:
    """The situation of some facts: `sex:female`, `born:1990`, `plan:…` and `resistance:INSTI=3` beside events."""
    rows = list(facts)
    said = dict(row.split(":", 1) for row in rows if row.startswith(("sex:", "born:", "plan:", "resistance:")))
    told = [event for row in rows if (event := fact(row)) is not None]
    care = timeline([*told, *events])
    drug_class, _, level = said.get("resistance", "").partition("=")
    born = date.fromisoformat(said["born"]) if "born" in said else None
    return situation(
        care,
        standing(care, today=TODAY),
        person=Person(said.get("sex"), born, born),
        planned=said["plan"].split("+") if "plan" in said else None,
        resistance={drug_class: int(level)} if level else {},
    )


def warned(facts: Iterable[str], book: RuleBook | None = None, events: Iterable[Event] = ()) -> tuple[Alert, ...]:
    """The alerts of some facts."""
    return alerts(facing(facts, events), book=book)


def fired(facts: Iterable[str], book: RuleBook | None = None) -> set[str]:
    """Ids of the rules that hold."""
    return {alert.rule for alert in warned(facts, book) if not alert.missing}


def waiting(facts: Iterable[str], book: RuleBook | None = None) -> set[str]:
    """Ids of the rules that nobody can decide."""
    return {rule for alert in warned(facts, book) for rule in alert.waiting}
