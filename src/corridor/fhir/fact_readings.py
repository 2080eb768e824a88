"""How a value of each FHIR type becomes searchable facts, by kind of parameter.

Source: https://hl7.org/fhir/R4/search.html#table
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from corridor.domain.identity.normalise import name_words, sound
from corridor.domain.record import DateFact, Fact, ReferenceFact, StringFact, TokenFact
from corridor.fhir import fact_amounts as amounts
from corridor.fhir.fact_sink import Reading, Routes, Sink
from corridor.fhir.parameters import Route
from corridor.fhir.search_values import FAR_FUTURE, FAR_PAST, Interval, fold, interval, local_reference

MAX_ADDRESS = 500
"""Characters of a foreign reference that can be searched."""

_NAME_PARTS = ("text", "family", "given", "prefix", "suffix")
_SOUNDING_PARTS = ("text", "family", "given")
_ADDRESS_PARTS = ("text", "line", "city", "district", "state", "postalCode", "country")


def sounds(text: str) -> str:
    """How a name sounds, word by word, for searches by `phonetic`."""
    return " ".join(sound(word) for word in name_words(text))


def reading_of(kind: str, route: Route) -> Reading | None:
    """How values of a route are read; None where the parameter passes such values over."""
    if route.parameter == "phonetic":
        return _phonetic
    return _BY_KIND.get((kind, route.kind))


# ---------------------------------------------------------------- tokens


def _code(value: Any, routes: Routes, sink: Sink) -> None:
    for route in routes:
        sink.found.append(TokenFact(route.parameter, route.system, value, sink.element))


def _boolean(value: Any, routes: Routes, sink: Sink) -> None:
    for route in routes:
        sink.found.append(TokenFact(route.parameter, "", "true" if value else "false", sink.element))


def _coding(value: Any, routes: Routes, sink: Sink) -> None:
    coding = (value.get("system", ""), value.get("code", ""), value.get("display", ""))
    for route in routes:
        sink.found += _coded(route.parameter, sink.element, (coding,))


def _concept(value: Any, routes: Routes, sink: Sink) -> None:
    codings = [
        (each.get("system", ""), each.get("code", ""), each.get("display", "")) for each in value.get("coding", ())
    ]
    codings.append(("", "", value.get("text", "")))
    said = tuple(codings)
    for route in routes:
        sink.found += _coded(route.parameter, sink.element, said)


@lru_cache(maxsize=8192)
def _coded(parameter: str, element: int, codings: tuple[tuple[str, str, str], ...]) -> tuple[Fact, ...]:
    """Facts of (system, code, text) each; records repeat the same concepts over and over."""
    codes = dict.fromkeys(TokenFact(parameter, system, code, element) for system, code, _ in codings if code)
    texts = dict.fromkeys(text for _, _, text in codings if text)
    told: dict[str, Fact] = {}
    for text in texts:
        told.setdefault(fold(text), StringFact(f"{parameter}:text", fold(text), text, element))
    return (*codes, *(fact for folded, fact in told.items() if folded))


def _identifier(value: Any, routes: Routes, sink: Sink) -> None:
    number, kind, system = value.get("value"), value.get("type", {}), value.get("system", "")
    typed = dict.fromkeys((each.get("system", ""), each["code"]) for each in kind.get("coding", ()) if "code" in each)
    for route in routes:
        if number is not None:
            sink.found.append(TokenFact(route.parameter, system, number, sink.element))
        if "text" in kind:
            _add_text(kind["text"], f"{route.parameter}:text", sink)
        if number is not None:
            name = f"{route.parameter}:of-type"
            sink.found += [TokenFact(name, each, f"{code}|{number}", sink.element) for each, code in typed]


def _contact(value: Any, routes: Routes, sink: Sink) -> None:
    if "value" in value:
        for route in routes:
            sink.found.append(TokenFact(route.parameter, value.get("system", ""), value["value"], sink.element))


def _deceased(resource: Any, routes: Routes, sink: Sink) -> None:
    _boolean("deceasedDateTime" in resource or resource.get("deceasedBoolean") is True, routes, sink)


# ---------------------------------------------------------------- texts and addresses


def _text(value: Any, routes: Routes, sink: Sink) -> None:
    for route in routes:
        _add_text(value, route.parameter, sink)


def _add_text(text: str, parameter: str, sink: Sink) -> None:
    folded = fold(text)
    if folded:
        sink.found.append(StringFact(parameter, folded, text, sink.element))


def _parts(value: Any, names: tuple[str, ...]) -> list[str]:
    """Texts of some members, each once."""
    found: list[str] = []
    for name in names:
        part = value.get(name)
        if part is not None:
            found += part if type(part) is list else (part,)
    return [*dict.fromkeys(filter(None, found))]


def _person_name(value: Any, routes: Routes, sink: Sink) -> None:
    for route in routes:
        for part in _parts(value, _NAME_PARTS):
            _add_text(part, route.parameter, sink)


def _address(value: Any, routes: Routes, sink: Sink) -> None:
    for route in routes:
        for part in _parts(value, _ADDRESS_PARTS):
            _add_text(part, route.parameter, sink)


def _phonetic(value: Any, routes: Routes, sink: Sink) -> None:
    words = value.split() if type(value) is str else " ".join(_parts(value, _SOUNDING_PARTS)).split()
    heard = dict.fromkeys(filter(None, map(sounds, words)))
    for route in routes:
        sink.found += [StringFact(route.parameter, each, each) for each in heard]


def _uri(value: Any, routes: Routes, sink: Sink) -> None:
    for route in routes:
        sink.found.append(TokenFact(route.parameter, "", value, sink.element))


def _canonical(value: Any, routes: Routes, sink: Sink) -> None:
    """With its version as it stands, and without."""
    bare, bar, _ = value.partition("|")
    for route in routes:
        sink.found += _addresses(route.parameter, (value, bare) if bar else (value,))


@lru_cache(maxsize=1024)
def _addresses(parameter: str, addresses: tuple[str, ...]) -> tuple[Fact, ...]:
    return tuple(TokenFact(parameter, "", each) for each in addresses)


# ---------------------------------------------------------------- dates


def _date(value: Any, routes: Routes, sink: Sink) -> None:
    _add_span(interval(value, sink.zone), routes, sink)


def _period(value: Any, routes: Routes, sink: Sink) -> None:
    start = interval(value["start"], sink.zone)[0] if "start" in value else FAR_PAST
    end = interval(value["end"], sink.zone)[1] if "end" in value else FAR_FUTURE
    if "start" in value or "end" in value:
        _add_span((start, end), routes, sink)


def _add_span(span: Interval, routes: Routes, sink: Sink) -> None:
    for route in routes:
        sink.found.append(DateFact(route.parameter, *span, sink.element))


def _timing(value: Any, routes: Routes, sink: Sink) -> None:
    for route in routes:
        for event in filter(None, value.get("event", ())):
            _date(event, (route,), sink)
        if "boundsPeriod" in value.get("repeat", {}):
            _period(value["repeat"]["boundsPeriod"], (route,), sink)


# ---------------------------------------------------------------- references


def _reference(value: Any, routes: Routes, sink: Sink) -> None:
    text, logical = value.get("reference"), value.get("identifier", {})
    found = _target(text) if text else None
    named = found and (found[0] or _type_in(found[1]))
    for route in routes:
        if found and (not route.target or route.target == named):
            sink.found.append(ReferenceFact(route.parameter, *found, sink.element))
        if "value" in logical and route.target in {"", value.get("type", route.target)}:
            name = f"{route.parameter}:identifier"
            sink.found.append(TokenFact(name, logical.get("system", ""), logical["value"], sink.element))


def _target(text: str) -> tuple[str, str] | None:
    """Type and id, or nothing and the whole address of what is elsewhere."""
    found = local_reference(text)
    if found or text.startswith("#") or len(text) > MAX_ADDRESS:
        return found
    return "", text


def _type_in(address: str) -> str:
    """The type that an address of another server names, or empty."""
    return address.partition("/_history/")[0].rpartition("/")[0].rpartition("/")[2]


_BY_KIND: dict[tuple[str, str], Reading] = {
    ("token", "code"): _code,
    ("token", "boolean"): _boolean,
    ("token", "string"): _code,
    ("token", "id"): _code,
    ("token", "Identifier"): _identifier,
    ("token", "Coding"): _coding,
    ("token", "CodeableConcept"): _concept,
    ("token", "ContactPoint"): _contact,
    ("token", "deceased"): _deceased,
    ("uri", "uri"): _uri,
    ("uri", "url"): _uri,
    ("uri", "canonical"): _canonical,
    ("string", "string"): _text,
    ("string", "markdown"): _text,
    ("string", "HumanName"): _person_name,
    ("string", "Address"): _address,
    ("date", "date"): _date,
    ("date", "dateTime"): _date,
    ("date", "instant"): _date,
    ("date", "Period"): _period,
    ("date", "Timing"): _timing,
    ("reference", "Reference"): _reference,
    **amounts.BY_KIND,
}
