"""Whether a resource keeps the profiles that it claims, or that it is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corridor.domain.errors import Issue, NotFoundError, ProfileError
from corridor.fhir.profile_rules import PREFIX, Key, Profile, Rule, profile

Resource = dict[str, Any]
LIMIT = 20
"""Problems that are listed at most when a write is refused."""


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence of an element: its JSON name, its value (None where only extensions stand), and where it is."""

    name: str
    value: Any
    at: str


def check_claims(resource: Resource) -> None:
    """Let pass what keeps every profile of ours that it claims; profiles of others are not looked at.

    Invariants in FHIRPath are left to `$validate`: this runs at every write.

    Raises:
        ProfileError: it does not keep one, or claims one that does not exist.
    """
    claimed = own_claims(resource) if "meta" in resource else ()
    if not claimed:
        return
    issues = tuple(issue for url in claimed for issue in _claimed(resource, url))[:LIMIT]
    if issues:
        raise ProfileError(issues[0].message, tuple(each.expression for each in issues), issues)


def own_claims(resource: Resource) -> tuple[str, ...]:
    """The profiles of ours that a valid resource claims in `meta.profile`."""
    claims: Sequence[str | None] = resource.get("meta", {}).get("profile", ())
    return tuple(each for each in claims if each and each.startswith(PREFIX))


def _claimed(resource: Resource, url: str) -> Iterator[Issue]:
    try:
        yield from profile_problems(resource, profile(url))
    except NotFoundError as error:
        yield Issue("not-found", error.message, f"{resource['resourceType']}.meta.profile")


def profile_problems(resource: Resource, wanted: Profile) -> Iterator[Issue]:
    """What a valid resource breaks of a profile, besides invariants in FHIRPath."""
    if resource["resourceType"] != wanted.resource_type:
        message = f"The profile {wanted.title} is about {wanted.resource_type}."
        yield Issue("structure", message, f"{resource['resourceType']}.meta.profile")
        return
    yield from _children(resource, wanted.rule, resource["resourceType"])


def _children(node: Any, rule: Rule, at: str) -> Iterator[Issue]:
    if isinstance(node, dict):
        for child in rule.children.values():
            yield from _element([*occurrences(node, child, at)], child, f"{at}.{child.name}")


def occurrences(node: Resource, rule: Rule, at: str) -> Iterator[Found]:
    """Every occurrence of an element in a node."""
    for name in _names(node, rule):
        value, beside = node.get(name), node.get(f"_{name}")
        if isinstance(value, list) or isinstance(beside, list):
            for index in range(max(len(value or ()), len(beside or ()))):
                yield Found(name, value[index] if value and index < len(value) else None, f"{at}.{name}[{index}]")
        else:
            yield Found(name, value, f"{at}.{name}")


def _names(node: Resource, rule: Rule) -> list[str]:
    """JSON names under which the element stands in a node: a choice has its type at the end."""
    present = dict.fromkeys(name.removeprefix("_") for name in node)
    if not rule.is_choice:
        return [rule.name] if rule.name in present else []
    size = len(rule.name)
    return [name for name in present if name.startswith(rule.name) and name[size : size + 1].isupper()]


def _element(found: list[Found], rule: Rule, at: str) -> Iterator[Issue]:
    yield from _counted(len(found), rule, at)
    for each in found:
        yield from _typed(each, rule)
        yield from _valued(each, rule)
        if rule.is_closed and not any(belongs(each, rule, slice_rule) for slice_rule in rule.slices.values()):
            yield Issue("structure", "The profile allows only what it names here.", each.at)
    for slice_rule in rule.slices.values():
        members = [each for each in found if belongs(each, rule, slice_rule)]
        yield from _counted(len(members), slice_rule, at)
        for each in members:
            yield from _typed(each, slice_rule)
            yield from _valued(each, slice_rule)


def _counted(number: int, rule: Rule, at: str) -> Iterator[Issue]:
    which = f" of the kind {rule.slice_name}" if rule.slice_name else ""
    if number < rule.least:
        yield Issue("required", f"The profile wants at least {rule.least}{which}.", at)
    if number > rule.most:
        allowed = f"at most {rule.most}" if rule.most else "none"
        yield Issue("structure", f"The profile allows {allowed}{which}.", at)


def _typed(each: Found, rule: Rule) -> Iterator[Issue]:
    if rule.is_choice and rule.types:
        kind = each.name[len(rule.name) :].casefold()
        if kind not in {name.casefold() for name in rule.types}:
            yield Issue("structure", f"The profile wants {' or '.join(rule.types)} here.", each.at)


def _valued(each: Found, rule: Rule) -> Iterator[Issue]:
    if each.value is None:
        return
    yield from _literal(each, rule)
    if rule.targets and not _points(each.value, rule.targets):
        yield Issue("structure", f"The profile wants a reference to {' or '.join(rule.targets)}.", each.at)
    if rule.profile:
        yield from _children(each.value, profile(rule.profile).rule, each.at)
    yield from _children(each.value, rule, each.at)


def _literal(each: Found, rule: Rule) -> Iterator[Issue]:
    if rule.fixed is not None and each.value != rule.fixed:
        yield Issue("value", f"The profile fixes this to {_shown(rule.fixed)}.", each.at)
    if rule.pattern is not None and not contains(each.value, rule.pattern):
        yield Issue("value", f"The profile wants {_shown(rule.pattern)} here.", each.at)
    if rule.codes is not None and not is_bound(each.value, rule.codes):
        yield Issue("code-invalid", "The profile wants a code of its value set here.", each.at)


def _shown(value: Any) -> str:
    """A fixed value in a few words: its codes, or itself."""
    if isinstance(value, dict):
        return ", ".join(str(each.get("code", "")) for each in value.get("coding", [value]))
    return str(value).lower() if isinstance(value, bool) else str(value)


def contains(value: Any, pattern: Any) -> bool:
    """Whether a value has everything that a pattern has: each member, and for each item of a list one that fits.

    Source: https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_
    """
    if isinstance(pattern, Mapping):
        return isinstance(value, Mapping) and all(contains(value.get(name), each) for name, each in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(contains(item, each) for item in value) for each in pattern)
    return bool(value == pattern)


def is_bound(value: Any, codes: frozenset[Key]) -> bool:
    """Whether a value has one of the codes: itself, as a coding or an amount, or as one of its codings."""
    if isinstance(value, str):
        return any(value == code for _, code in codes)
    codings = value.get("coding", ()) if "coding" in value or "text" in value else [value]
    return any((each.get("system"), each.get("code")) in codes for each in codings)


def _points(reference: Any, targets: tuple[str, ...]) -> bool:
    """Whether a reference may be to one of the types: one that names no type may be."""
    if "type" in reference:
        return reference["type"] in targets
    steps = reference.get("reference", "").partition("/_history/")[0].split("/")
    named = steps[-2] if len(steps) > 1 else ""
    return not named.isalpha() or named in targets


def belongs(each: Found, rule: Rule, slice_rule: Rule) -> bool:
    """Whether an occurrence is of a slice: by its name for a choice, else by what the discriminators find."""
    if rule.is_choice:
        return each.name == slice_rule.slice_name
    if slice_rule.profile:
        return isinstance(each.value, dict) and each.value.get("url") == slice_rule.profile
    return all(_told(each.value, path, slice_rule) for path in rule.discriminators)


def _told(value: Any, path: str, slice_rule: Rule) -> bool:
    steps = [] if path == "$this" else path.split(".")
    wanted = slice_rule
    for step in steps:
        wanted = wanted.children.get(step, Rule(step))
        value = value.get(step) if isinstance(value, dict) else None
    if wanted.fixed is not None:
        return bool(value == wanted.fixed)
    if wanted.pattern is not None:
        return contains(value, wanted.pattern)
    return wanted.codes is not None and value is not None and is_bound(value, wanted.codes)
