"""Terminology operations over the value sets, code systems and concept maps that ship with the node.

Whoever is signed in may ask. Codes are nobody's record, and every node gives the same answers, so that they are not
put on record.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from uuid6 import uuid7

from corridor.domain.errors import InvalidError, NotFoundError, UnsupportedError
from corridor.fhir.concept_maps import Wanted, translate
from corridor.fhir.operation_input import Input, from_address, from_body
from corridor.fhir.published import CANONICAL, id_of
from corridor.fhir.subsumption import SUBSUMES, asked_subsumption
from corridor.fhir.terminology import code_system, expand, look_up, validate_code, validate_in_system
from corridor.fhir.terminology_replies import expansion, looked_up, subsumed, translated, verdict
from corridor.node.national import National, asking, check_format, fhir_reply, read_body

_LANGUAGE = frozenset({"displayLanguage"})
"""It changes nothing: every code has a display in one language."""

_CODED = frozenset({"code", "system", "display", "coding", "codeableConcept"})
_WITHOUT_EFFECT = frozenset(
    {"activeOnly", "excludeNested", "excludeNotForUI", "includeDefinition", "includeDesignations"}
)
"""Known parameters of `$expand` that change nothing here: every code is active, in one flat list."""

_EXPAND = frozenset({"filter", "offset", "count"}) | _WITHOUT_EFFECT | _LANGUAGE
_IN_SET = _CODED | _LANGUAGE
_IN_SYSTEM = _IN_SET - {"system"}
_LOOKUP = frozenset({"system", "code", "version", "coding"}) | _LANGUAGE
_TOLD = frozenset({"name", "version", "display"})
_PLACED = frozenset({"parent", "child"})
"""Properties of a code: those that are always told, and those of systems that are known as a whole."""

_TRANSLATE = _CODED - {"display"} | {"url", "source", "target", "targetsystem", "reverse"}


async def expand_set(request: Request, *, national: National) -> Response:
    """The codes of the value set named by `url`, or of one of those that this node publishes.

    Source: https://hl7.org/fhir/R4/valueset-operation-expand.html
    """
    given, url = await _about(request, "ValueSet", _EXPAND, beside=("url", "valueSetVersion"), national=national)
    return _expanded(url, given)


def _expanded(url: str, given: Input) -> Response:
    wanted, offset, count = given.text("filter"), given.number("offset"), given.number("count")
    named: dict[str, str | int | None] = {"filter": wanted or None, "offset": offset, "count": count}
    found = expand(url, filter=wanted, offset=offset or 0, count=count)
    asked = {name: value for name, value in named.items() if value is not None}
    return fhir_reply(expansion(found, id=str(uuid7()), at=datetime.now(UTC), asked=asked))


async def validate_code_in_set(request: Request, *, national: National) -> Response:
    """Whether a code is in the value set named by `url`, or in one of those that this node publishes.

    Source: https://hl7.org/fhir/R4/valueset-operation-validate-code.html
    """
    given, url = await _about(request, "ValueSet", _IN_SET, beside=("url", "valueSetVersion"), national=national)
    return fhir_reply(verdict(validate_code(url, given.codings())))


async def validate_code_in_system(request: Request, *, national: National) -> Response:
    """Whether a code is one of the code system named by `url`, or of one of those that this node publishes.

    Source: https://hl7.org/fhir/R4/codesystem-operation-validate-code.html
    """
    given, url = await _about(request, "CodeSystem", _IN_SYSTEM, beside=("url", "version"), national=national)
    return fhir_reply(verdict(validate_in_system(url, given.codings(system=code_system(url).url))))


async def look_up_code(request: Request, *, national: National) -> Response:
    """What a code is called, and what stands directly above and below it, or as much of it as `property` names.

    Source: https://hl7.org/fhir/R4/codesystem-operation-lookup.html
    """
    given = await _given(request, _LOOKUP, national, many={"property"})
    (coding,) = given.codings()
    version = given.text("version")
    system, concept = look_up(f"{coding.system}|{version}" if version else coding.system, coding.code)
    only = given.texts("property")
    if not only <= (_TOLD | _PLACED if system.complete else _TOLD):
        raise UnsupportedError("This property of the code is not known here.", ("Parameters.parameter",))
    return fhir_reply(looked_up(system, concept, only=only))


async def subsumes(request: Request, *, national: National) -> Response:
    """Which of two codes of one system is the more general; the system is named, or is one that this node publishes.

    Source: https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
    """
    given = await _given(request, SUBSUMES, national)
    return fhir_reply(subsumed(asked_subsumption(given, url=_own(request, "CodeSystem"))))


async def translate_code(request: Request, *, national: National) -> Response:
    """What a code means in another system, by one concept map, named by `url` or by its id, or by all of them.

    Source: https://hl7.org/fhir/R4/conceptmap-operation-translate.html
    """
    own = _own(request, "ConceptMap")
    given = await _given(request, _TRANSLATE - {"url"} if own else _TRANSLATE, national)
    wanted = Wanted(
        codings=given.codings(),
        map_url=own or given.text("url"),
        source_set=given.text("source"),
        target_system=given.text("targetsystem"),
        target_set=given.text("target"),
        reverse=given.flag("reverse"),
    )
    return fhir_reply(translated(translate(wanted)))


async def _given(
    request: Request, known: Collection[str], national: National, *, many: Collection[str] = frozenset()
) -> Input:
    check_format(request)
    await asking(request, national)
    beside = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        return from_body(await read_body(request, national), known, beside=beside, many=many)
    return from_address(beside, known, many=many)


async def _about(
    request: Request, kind: str, known: Collection[str], *, beside: tuple[str, str], national: National
) -> tuple[Input, str]:
    """What was given, and the canonical URL of what it is about: the address names one of ours, or `beside` any."""
    own = _own(request, kind)
    if own:
        return await _given(request, known, national), own
    given = await _given(request, {*known, *beside}, national)
    return given, _versioned(given, *beside)


def _own(request: Request, kind: str) -> str:
    """The canonical URL of the definition of ours that the address names; empty where it names a type alone."""
    named = request.path_params.get("id", "")
    url = f"{CANONICAL}{kind}/{named}" if named else ""
    if named and not id_of(url, kind):
        raise NotFoundError("There is no such definition here.")
    return url


def _versioned(given: Input, name: str, version: str) -> str:
    """A canonical URL with the version that was named beside it."""
    url, wanted = given.text(name), given.text(version)
    if not url:
        raise InvalidError(f"The parameter {name} is needed.", ("Parameters.parameter",))
    return f"{url}|{wanted}" if wanted and "|" not in url else url
