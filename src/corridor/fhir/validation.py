"""`$validate`: everything that is wrong with a resource, in one OperationOutcome.

Source: https://hl7.org/fhir/R4/resource-operation-validate.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from corridor.domain.errors import CorridorError, InvalidError, Issue, NotFoundError, UnknownCodeError
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.draft import WRITABLE, read_written
from corridor.fhir.identifiers import check_digit_warnings
from corridor.fhir.invariants import broken_invariants
from corridor.fhir.outcome import graded_outcome
from corridor.fhir.parse import parse
from corridor.fhir.profile_checks import profile_problems
from corridor.fhir.profile_remarks import claimed_remarks, profile_remarks
from corridor.fhir.profile_rules import PREFIX, profile
from corridor.fhir.schema import is_resource
from corridor.fhir.second_reader import second_problems
from corridor.fhir.suggested_codes import unlisted
from corridor.fhir.validate import problems, validate

Resource = dict[str, Any]
Graded = tuple[str, Issue]

MODES = frozenset({"", "create", "update", "delete", "profile"})
_FINE = ("information", Issue("informational", "Nothing is wrong.", ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """What `$validate` was given.

    Attributes:
        resource: what is to be validated; None where the stored one is meant, or none is needed.
        mode: `create`, `update`, `delete`, `profile`, or empty.
        profile: URL of a profile that is to be kept, too, or empty.
    """

    resource: Resource | None
    mode: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What the address names: a type, and for an instance its id; `home` reads papers that name no issuer."""

    resource_type: str
    id: str = ""
    home: str = ""


def read_asked(raw: bytes, beside: Iterable[tuple[str, str]] = ()) -> Asked:
    """What is asked, from Parameters or from a bare resource; an empty body means the stored resource.

    Args:
        raw: the body.
        beside: names and values of the address, where a mode and a profile can stand, too.

    Raises:
        MalformedError: not JSON.
        InvalidError: no resource, or parameters that are not valid, or one of them twice.
        UnknownCodeError: a mode that R4 does not have.
        UnsupportedError: a resource type that does not exist.
    """
    resource = parse(raw) if raw.strip() else None
    within = resource is not None and resource["resourceType"] == "Parameters"
    listed = [{"name": name, "valueString": value} for name, value in beside if name not in ANSWER_FORM]
    if resource is not None and within:
        validate(resource)
        listed += resource.get("parameter", ())
    named: dict[str, Resource] = {}
    for each in listed:
        if each["name"] not in _KNOWN or each["name"] in named:
            raise InvalidError("$validate takes resource, mode and profile, each once.", ("Parameters.parameter",))
        named[each["name"]] = each
    return _asked(named) if within else replace(_asked(named), resource=resource)


_KNOWN = frozenset({"resource", "mode", "profile"})


def _asked(named: dict[str, Resource]) -> Asked:
    inner = named.get("resource", {}).get("resource")
    wanted = _text(named.get("profile", {}), "valueUri", "valueCanonical", "valueUrl", "valueString")
    mode = _text(named.get("mode", {}), "valueCode", "valueString")
    if mode not in MODES:
        raise UnknownCodeError("The mode is create, update, delete or profile.", ("Parameters.parameter",))
    if ("resource" in named and inner is None) or ("profile" in named and not wanted) or ("mode" in named and not mode):
        raise InvalidError("A parameter has no value of its type.", ("Parameters.parameter",))
    if mode == "profile" and not wanted:
        raise InvalidError("The mode profile names a profile.", ("Parameters.parameter",))
    # The type of what is inside is checked like that of a body.
    return Asked(parse(orjson.dumps(inner)) if inner else None, mode, wanted)


def _text(parameter: Resource, *names: str) -> str:
    return next((parameter[name] for name in names if name in parameter), "")


def assess(asked: Asked, place: Place) -> bytes:
    """Everything that was found, errors first; one line that nothing is wrong where that is so.

    Source: https://hl7.org/fhir/R4/resource-operation-validate.html
    """
    found = [*_found(asked, place)]
    found.sort(key=lambda each: ("error", "warning", "information").index(each[0]))
    fine = all(severity == "information" for severity, _ in found)
    return graded_outcome([_FINE, *found] if fine else found)


def _found(asked: Asked, place: Place) -> Iterator[Graded]:
    yield from _errors(_of_mode(asked, place))
    if asked.resource is None:
        return
    shape = [*_of_r4(asked.resource, place)]
    yield from _errors(iter(shape))
    if not shape:
        yield from _of_profiles(asked)
        yield from _of_meaning(asked.resource, place)


def _errors(issues: Iterator[Issue]) -> Iterator[Graded]:
    return (("error", each) for each in issues)


def _of_mode(asked: Asked, place: Place) -> Iterator[Issue]:
    if asked.mode in {"create", "update", "delete"} and place.resource_type not in WRITABLE:
        yield Issue("not-supported", "Resources of this type are not written here.", "")
    if asked.mode == "update" and asked.resource is not None:
        own = asked.resource.get("id")
        if not own or (place.id and own != place.id):
            yield Issue("invalid", "The id in the body is not the id in the address.", f"{place.resource_type}.id")


def _of_r4(resource: Resource, place: Place) -> Iterator[Issue]:
    if resource["resourceType"] != place.resource_type:
        yield Issue("invalid", "The resource is of another type than the address names.", "resourceType")
    elif not is_resource(place.resource_type):
        yield Issue("not-supported", "Resources of this type are not validated here.", "resourceType")
    else:
        found = [*problems(resource)]
        yield from found
        known = {each.expression for each in found}
        yield from (each for each in second_problems(resource) if each.expression not in known)


def _of_profiles(asked: Asked) -> Iterator[Graded]:
    resource = asked.resource or {}
    claimed = [each for each in resource.get("meta", {}).get("profile", ()) if each]
    named = dict.fromkeys([asked.profile, *claimed] if asked.profile else claimed)
    for url in _beyond_r4(named, resource["resourceType"]):
        try:
            wanted = profile(url)
        except NotFoundError:
            own = url == asked.profile or url.startswith(PREFIX)
            message = f"This node does not have the profile {url}, so that nothing was checked against it."
            yield "error" if own else "information", Issue("not-found", message, _at_profile(resource))
        else:
            yield from _errors(profile_problems(resource, wanted))
            if resource["resourceType"] == wanted.resource_type:
                yield from _errors(broken_invariants(resource, wanted))
            if url not in claimed:  # those that are claimed are remarked on at every write
                yield from (("warning", each) for each in profile_remarks(resource, wanted))


_BASE = "http://hl7.org/fhir/StructureDefinition/"


def _beyond_r4(profiles: Iterable[str], kind: str) -> Iterator[str]:
    """Those but R4's own definitions of the type, and of what it is a kind of: they have been looked at already."""
    own = {_BASE + kind, f"{_BASE}DomainResource", f"{_BASE}Resource"}
    return (url for url in profiles if url.removesuffix("|4.0.1") not in own)


def _at_profile(resource: Resource) -> str:
    return f"{resource['resourceType']}.meta.profile"


def _of_meaning(resource: Resource, place: Place) -> Iterator[Graded]:
    """What a write would refuse for its meaning, and what it would take with a remark."""
    if resource["resourceType"] == "Consent":
        yield from _errors(_raised(lambda: read_written(resource)))
    yield from (("warning", each) for each in remarks(resource, home=place.home))


def _raised(act: Callable[[], object]) -> Iterator[Issue]:
    try:
        act()
    except CorridorError as error:
        yield Issue("invalid", error.message, next(iter(error.expression), ""))


def remarks(resource: Resource, *, home: str) -> tuple[Issue, ...]:
    """What is odd about a valid resource and keeps nobody from writing it."""
    digits = check_digit_warnings(resource, home=home) if resource["resourceType"] == "Patient" else ()
    return (*digits, *unlisted(resource), *claimed_remarks(resource))


def written_outcome(body: bytes, *, home: str) -> bytes:
    """What to say of a resource that was just written: that it is done, and every remark on it.

    Args:
        body: as it is stored.
        home: country of the register, for papers that name no issuer.
    """
    done = ("information", Issue("informational", "Done.", ""))
    return graded_outcome([done, *(("warning", each) for each in remarks(parse(body), home=home))])
