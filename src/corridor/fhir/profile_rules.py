"""Our profiles compiled from their structure definitions into rules that are quick to ask.

A profile only narrows R4, which is checked before, so that its differential says everything.

Source: https://hl7.org/fhir/R4/profiling.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from corridor.domain.errors import NotFoundError
from corridor.fhir.published import CANONICAL, definition, id_of
from corridor.fhir.terminology import codes_of

_MANY = 10**9
"""What `*` counts to."""

PREFIX = f"{CANONICAL}StructureDefinition/"
"""What the URL of each of our profiles begins with."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule in FHIRPath, of the element at `path`; checked by `$validate` only."""

    key: str
    path: str
    expression: str
    human: str


@dataclass(slots=True)
class Rule:
    """What a profile wants of one element.

    Attributes:
        name: of the element; a choice is named without its type, and `slice_name` then names it with it.
        least: occurrences at least.
        most: occurrences at most.
        types: types that a choice may have; empty for any.
        targets: types that a reference may point at; empty for any.
        fixed: the value as a whole, or None.
        pattern: what the value must contain, or None.
        codes: (system, code) that a required binding allows, or None.
        suggested: (system, code) that come first where one of them fits, by an extensible binding, or None.
        profile: of an extension: the URL that it has and is checked against.
        discriminators: by which its slices are told apart.
        is_closed: nothing but its slices may stand there.
    """

    name: str
    slice_name: str = ""
    is_choice: bool = False
    least: int = 0
    most: int = _MANY
    types: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    fixed: Any = None
    pattern: Any = None
    codes: frozenset[Key] | None = None
    suggested: frozenset[Key] | None = None
    profile: str = ""
    discriminators: tuple[str, ...] = ()
    is_closed: bool = False
    children: dict[str, Rule] = field(default_factory=dict)
    slices: dict[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """A compiled profile of one resource type, or of the extension `url`."""

    url: str
    title: str
    resource_type: str
    rule: Rule
    invariants: tuple[Invariant, ...]


@cache
def profile(url: str) -> Profile:
    """One of our profiles; a version in the URL must be the one here.

    Raises:
        NotFoundError: this node has no such profile.
    """
    plain, _, version = url.partition("|")
    logical_id = id_of(plain, "StructureDefinition")
    read = definition("StructureDefinition", logical_id) if logical_id else {}
    if not read or (version and version != read["version"]):
        raise NotFoundError("This node has no such profile.", ("meta.profile",))
    elements = read["differential"]["element"]
    root = Rule(read["type"])
    for element in elements:
        _settle(_place(root, element["id"]), element)
    return Profile(plain, read["title"], read["type"], root, tuple(_invariants(elements)))


def _place(root: Rule, id: str) -> Rule:
    """The rule at an element id such as `Observation.code.coding:loinc.system`, made where it is not there."""
    here = root
    for step in id.split(".")[1:]:
        name, _, slice_name = step.partition(":")
        stem = name.removesuffix("[x]")
        here = here.children.setdefault(stem, Rule(stem, is_choice=name.endswith("[x]")))
        if slice_name:
            here = here.slices.setdefault(slice_name, Rule(stem, slice_name))
    return here


def _settle(rule: Rule, element: Mapping[str, Any]) -> None:
    """Write down what the differential says of one element."""
    rule.least = element.get("min", rule.least)
    most = element.get("max", "*")
    rule.most = _MANY if most == "*" else int(most)
    types = element.get("type", ())
    rule.types = tuple(each["code"] for each in types)
    rule.targets = tuple(target.rpartition("/")[2] for each in types for target in each.get("targetProfile", ()))
    rule.profile = next((url for each in types for url in each.get("profile", ())), "")
    rule.fixed = _prefixed(element, "fixed")
    rule.pattern = _prefixed(element, "pattern")
    slicing = element.get("slicing", {})
    rule.discriminators = tuple(each["path"] for each in slicing.get("discriminator", ()))
    rule.is_closed = slicing.get("rules") == "closed"
    binding = element.get("binding", {})
    if binding.get("strength") == "required":
        rule.codes = codes_of(binding["valueSet"])
    if binding.get("strength") == "extensible":
        rule.suggested = codes_of(binding["valueSet"])


def _prefixed(element: Mapping[str, Any], prefix: str) -> Any:
    return next((value for name, value in element.items() if name.startswith(prefix) and name != prefix), None)


def _invariants(elements: list[dict[str, Any]]) -> Iterator[Invariant]:
    for element in elements:
        for each in element.get("constraint", ()):
            yield Invariant(each["key"], element["path"].replace("[x]", ""), each["expression"], each["human"])
