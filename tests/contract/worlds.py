"""Small invented worlds of records with every kind of fact, and searches through them, for Hypothesis to draw from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from corridor.domain.query import (
    Amount,
    ChainCriterion,
    CompositeCriterion,
    Criterion,
    DateCriterion,
    HasCriterion,
    Include,
    MissingCriterion,
    NumberCriterion,
    Prefix,
    QuantityCriterion,
    Query,
    ReferenceCriterion,
    Sort,
    StringCriterion,
    TokenCriterion,
    UriCriterion,
)
from corridor.domain.record import DateFact, Draft, Fact, QuantityFact, ReferenceFact, StringFact, TokenFact
from corridor.fhir.parameters import clinical_date, main_code

TYPES = ("Patient", "Observation", "Organization", "Provenance")
DAY = timedelta(days=1)
START = datetime(2024, 1, 1, tzinfo=UTC)
UCUM = "http://unitsofmeasure.org"

ids = st.sampled_from(["a", "b", "c"])
systems = st.sampled_from(["", "urn:x"])
codes = st.sampled_from(["1", "2"])
words = st.sampled_from(["Peña", "pena", "Peña Núñez", "Sur", "100% sure_", "s"])
addresses = st.sampled_from(["http://x.pe", "http://x.pe/", "http://x.pe/a/b", "http://x.pe/ab", "urn:x#1"])
moments = st.sampled_from([0, 1, 2, 30, 600]).map(lambda days: START + days * DAY)
lengths = st.sampled_from([timedelta(microseconds=1), DAY, 30 * DAY, 500 * DAY])
written = st.sampled_from(["", "pills"])
numbers = st.sampled_from([0.0, 0.5, 1.0, 2.0, 1000.0])
elements = st.sampled_from([0, 1, 2])
none = st.just(0)

TOKENS: Mapping[str, Mapping[str, Any]] = {
    "Patient": {"identifier": none, "identifier:of-type": none, "gender": none, "_tag": none, "email": none},
    "Observation": {
        "code": none,
        "status": none,
        "combo-code": elements,
        "component-code": elements,
        "identifier": none,
    },
    "Organization": {"identifier": none, "type": none},
    "Provenance": {"agent-role": none},
}
STRINGS: Mapping[str, Mapping[str, Any]] = {
    "Patient": {"family": none, "name": none, "identifier:text": none},
    "Observation": {"value-string": none, "code:text": none, "combo-code:text": elements},
    "Organization": {"name": none, "type:text": none},
    "Provenance": {},
}
URIS = {"Patient": ("_profile", "_source"), "Observation": ("_profile", "_source"), "Organization": ("_source",)}
DATES = {
    "Patient": ("birthdate",),
    "Observation": ("date", "value-date"),
    "Organization": (),
    "Provenance": ("recorded", "date", "when"),
}
AMOUNTS = {"Observation": ("value-quantity", "combo-value-quantity")}
REFERENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Patient": {"organization": ("Organization",), "link": ("Patient",)},
    "Observation": {
        "patient": ("Patient",),
        "subject": ("Patient", "Organization"),
        "performer": ("Organization", "Patient"),
        "derived-from": ("Observation",),
    },
    "Organization": {"partof": ("Organization",)},
    "Provenance": {"patient": ("Patient",), "target": ("Patient", "Observation"), "agent": ("Organization",)},
}

TOLD_TWICE = {
    ("Observation", "patient"): "subject",
    ("Provenance", "patient"): "target",
    ("Provenance", "date"): "recorded",
}
"""Parameters that are read from where another one is read, too."""


# ---------------------------------------------------------------- facts


def _named(table: Mapping[str, Any], resource_type: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(table.get(resource_type, ()))) if table.get(resource_type) else st.nothing()


@st.composite
def token_facts(draw: st.DrawFn, resource_type: str) -> Fact:
    name = draw(_named(TOKENS, resource_type))
    return TokenFact(name, draw(systems), draw(codes), draw(TOKENS[resource_type][name]))


@st.composite
def string_facts(draw: st.DrawFn, resource_type: str) -> Fact:
    name, text = draw(_named(STRINGS, resource_type)), draw(words)
    folded = text.lower().replace("ñ", "n").replace("ú", "u")
    return StringFact(name, folded, text, draw(STRINGS[resource_type][name]))


@st.composite
def uri_facts(draw: st.DrawFn, resource_type: str) -> Fact:
    return TokenFact(draw(_named(URIS, resource_type)), "", draw(addresses))


@st.composite
def date_facts(draw: st.DrawFn, resource_type: str) -> Fact:
    start = draw(moments)
    name = draw(st.sampled_from([each for each in DATES[resource_type] if (resource_type, each) not in TOLD_TWICE]))
    span = start, start + draw(lengths)
    return DateFact(name, *(_birth(*span) if name == "birthdate" else span))


def _birth(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """FHIR's birth dates are a whole day, month or year, which is what is kept of them."""
    if end - start <= DAY:
        return start, start + DAY
    if end - start <= 31 * DAY:
        first = start.replace(day=1)
        return first, (first + 31 * DAY).replace(day=1)
    first = start.replace(month=1, day=1)
    return first, first.replace(year=first.year + 1)


@st.composite
def amount_facts(draw: st.DrawFn, resource_type: str) -> Fact:
    low = draw(numbers)
    high = draw(st.sampled_from([low, low, low + 1.0, float("inf")]))
    unit, base = draw(st.sampled_from([("mg", True), ("g", True), ("pill", False)]))
    factor = {"mg": 0.001, "g": 1.0}.get(unit, 1.0)
    canonical = (low * factor, high * factor, "g") if base else None
    system = UCUM if base else draw(systems)
    name = draw(_named(AMOUNTS, resource_type))
    return QuantityFact(
        name, low, high, system, unit, canonical, draw(elements if "combo" in name else none), draw(written)
    )


@st.composite
def reference_facts(draw: st.DrawFn, resource_type: str) -> Fact:
    names = [each for each in sorted(REFERENCES[resource_type]) if (resource_type, each) not in TOLD_TWICE]
    name = draw(st.sampled_from(names))
    return ReferenceFact(name, draw(st.sampled_from(REFERENCES[resource_type][name])), draw(ids))


def facts(resource_type: str) -> st.SearchStrategy[Fact]:
    kinds = [token_facts(resource_type), reference_facts(resource_type)]
    tables = ((STRINGS, string_facts), (URIS, uri_facts), (DATES, date_facts), (AMOUNTS, amount_facts))
    kinds += [make(resource_type) for table, make in tables if table.get(resource_type)]
    return st.one_of(kinds + [amount_facts(resource_type)] * (2 if resource_type in AMOUNTS else 0))


@st.composite
def drafts(draw: st.DrawFn, resource_type: str, name: str) -> Draft:
    drawn = _with_one_subject(draw(st.lists(facts(resource_type), min_size=3, max_size=10)))
    found = tuple(fact for each in drawn for fact in _told(each, resource_type))
    patients = [each.target_id for each in found if isinstance(each, ReferenceFact) and each.parameter == "patient"]
    coded = [f"{each.system}|{each.code}" for each in found if _is_main(each, resource_type)]
    dated = [
        each.start for each in found if isinstance(each, DateFact) and each.parameter == clinical_date(resource_type)
    ]
    return Draft(
        resource_type=resource_type,
        id=name,
        head=b'{"resourceType":"' + resource_type.encode() + b'","id":"' + name.encode() + b'","meta":{',
        tail=b"}}",
        patient_id=name if resource_type == "Patient" else next(iter(patients), None),
        code=next(iter(coded), ""),
        effective=next(iter(dated), None),
        facts=found,
    )


def _with_one_subject(found: list[Fact]) -> list[Fact]:
    """An Observation is about one patient."""
    subjects = [each for each in found if each.parameter == "subject"]
    return [each for each in found if each.parameter != "subject" or each is subjects[0]]


def _told(fact: Fact, resource_type: str) -> list[Fact]:
    """A fact under each name that FHIR has for it: those who read a resource find them together, or neither."""
    also = [name for (kind, name), source in TOLD_TWICE.items() if (kind, source) == (resource_type, fact.parameter)]
    about = not isinstance(fact, ReferenceFact) or fact.target_type == "Patient"
    return [fact, *(replace(fact, parameter=name) for name in also if about)]


def _is_main(fact: Fact, resource_type: str) -> bool:
    return isinstance(fact, TokenFact) and fact.parameter == main_code(resource_type)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Draft, ...]:
    """Resources of every type, each with a few facts, in the order of their writing."""
    names = draw(st.lists(st.tuples(st.sampled_from(TYPES), ids), unique=True, min_size=6, max_size=12))
    return tuple(draw(drafts(resource_type, name)) for resource_type, name in names)


# ---------------------------------------------------------------- searches


@st.composite
def token_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    name = draw(st.one_of(_named(TOKENS, resource_type), st.just("_id")))
    if name == "_id":
        return TokenCriterion("_id", tuple((None, each) for each in draw(st.lists(ids, min_size=1, max_size=2))))
    pairs = st.one_of(st.tuples(st.one_of(st.none(), systems), codes), st.tuples(st.just("urn:x"), st.just("")))
    return TokenCriterion(name, tuple(draw(st.lists(pairs, min_size=1, max_size=2))), draw(st.booleans()))


@st.composite
def string_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    mode = draw(st.sampled_from(["prefix", "contains", "exact"]))
    asked = words if mode == "exact" else st.sampled_from(["pe", "pena", "su", "%", "s", "_"])
    return StringCriterion(draw(_named(STRINGS, resource_type)), (draw(asked),), mode)


@st.composite
def uri_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    mode = draw(st.sampled_from(["exact", "below", "above"]))
    asked = draw(st.lists(addresses, min_size=1, max_size=2))
    return UriCriterion(draw(_named(URIS, resource_type)), tuple(asked), mode)


@st.composite
def date_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    start = draw(moments)
    asked = (draw(st.sampled_from(Prefix)), start, start + draw(lengths))
    name = draw(_named({resource_type: (*DATES[resource_type], "_lastUpdated")}, resource_type))
    return DateCriterion(name, (asked,))


@st.composite
def amount_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    name, prefix, at = draw(_named(AMOUNTS, resource_type)), draw(st.sampled_from(Prefix)), draw(numbers)
    spread = 0.25 if prefix in {Prefix.EQ, Prefix.NE, Prefix.AP} else 0.0
    low, high = at - spread, at + spread
    if draw(st.booleans()):
        return NumberCriterion(name, ((prefix, low, high),))
    unit = draw(st.sampled_from(["mg", "g", "pill", "pills", ""]))
    factor = {"mg": 0.001, "g": 1.0}.get(unit)
    system = UCUM if factor else draw(st.one_of(st.none(), systems))
    canonical = (low * factor, high * factor, "g") if factor else None
    return QuantityCriterion(name, (Amount(prefix, low, high, system, unit, canonical),))


@st.composite
def reference_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    name = draw(_named(REFERENCES, resource_type))
    kinds = st.sampled_from(["", *REFERENCES[resource_type][name]])
    return ReferenceCriterion(name, tuple(draw(st.lists(st.tuples(kinds, ids), min_size=1, max_size=2))))


@st.composite
def composite_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    del resource_type
    coded = TokenCriterion(draw(st.sampled_from(["code", "combo-code"])), ((None, draw(codes)),))
    measured = draw(amount_criteria("Observation"))
    dated = DateCriterion("date", ((Prefix.GE, START, START + 300 * DAY),))
    worded = StringCriterion("combo-code:text", ("s",))
    other = draw(st.sampled_from([measured, dated, worded]))
    pairs = ((coded, other), (measured, coded))
    return CompositeCriterion("code-value", draw(st.sampled_from([pairs, pairs[:1], pairs[1:]])))


@st.composite
def missing_criteria(draw: st.DrawFn, resource_type: str) -> Criterion:
    tables = (TOKENS, STRINGS, URIS, DATES, AMOUNTS, REFERENCES)
    names = sorted({name for table in tables for name in table.get(resource_type, ()) if ":" not in name})
    return MissingCriterion(draw(st.sampled_from([*names, "_id"])), draw(st.booleans()))


@st.composite
def chain_criteria(draw: st.DrawFn, resource_type: str, depth: int) -> Criterion:
    name = draw(_named(REFERENCES, resource_type))
    targets = REFERENCES[resource_type][name]
    target = draw(st.sampled_from(targets))
    inner = draw(criteria(target, depth - 1))
    shared = isinstance(inner, TokenCriterion) and inner.parameter in {"identifier", "_id"}
    return ChainCriterion(name, targets if shared else (target,), inner)


@st.composite
def has_criteria(draw: st.DrawFn, resource_type: str, depth: int) -> Criterion:
    sources = [
        (source, name)
        for source, named in sorted(REFERENCES.items())
        for name, targets in sorted(named.items())
        if resource_type in targets
    ]
    source, name = draw(st.sampled_from(sources))
    return HasCriterion(source, name, draw(criteria(source, depth - 1)))


def criteria(resource_type: str, depth: int = 2) -> st.SearchStrategy[Criterion]:
    """Criteria of every kind, chained as deep as is told."""
    kinds = [token_criteria(resource_type), reference_criteria(resource_type), missing_criteria(resource_type)]
    kinds.append(date_criteria(resource_type))
    tables = ((STRINGS, string_criteria), (URIS, uri_criteria), (AMOUNTS, amount_criteria))
    kinds += [make(resource_type) for table, make in tables if table.get(resource_type)]
    if resource_type == "Observation":
        kinds += [composite_criteria(resource_type)] * 2 + [amount_criteria(resource_type)] * 2
    if depth:
        kinds.append(st.deferred(lambda: chain_criteria(resource_type, depth)))
        if resource_type != "Provenance":
            kinds.append(st.deferred(lambda: has_criteria(resource_type, depth)))
    return st.one_of(kinds)


SORTS = {
    "Patient": ("_lastUpdated", "_id", "family", "birthdate", "gender", "given", "organization"),
    "Observation": ("_lastUpdated", "_id", "date", "code", "value-quantity", "patient", "performer", "value-string"),
    "Organization": ("_lastUpdated", "_id", "name", "type"),
    "Provenance": ("_lastUpdated", "recorded", "target"),
}


@st.composite
def includes(draw: st.DrawFn, resource_type: str) -> Include:
    reverse, iterate = draw(st.booleans()), draw(st.booleans())
    source = draw(st.sampled_from(TYPES)) if reverse or iterate else resource_type
    name = draw(st.one_of(_named(REFERENCES, source), st.just("*")))
    target = draw(st.sampled_from(["", "", *TYPES]))
    return Include(source, name, target, reverse, iterate)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """A search of up to three criteria, in any order, with small pages."""
    resource_type = draw(st.sampled_from(TYPES))
    sort = draw(st.lists(st.builds(Sort, st.sampled_from(SORTS[resource_type]), st.booleans()), max_size=2))
    return Query(
        resource_type,
        tuple(draw(st.lists(criteria(resource_type), max_size=2))),
        tuple({each.parameter: each for each in sort}.values()),
        draw(st.integers(1, 4)),
        includes=tuple(draw(st.lists(includes(resource_type), max_size=2))),
    )
