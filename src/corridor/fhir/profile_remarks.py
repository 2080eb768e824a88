"""Where a profile names codes to be taken first and a resource has others: a remark, never a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor.domain.errors import Issue, NotFoundError
from corridor.fhir.profile_checks import Found, belongs, is_bound, occurrences, own_claims
from corridor.fhir.profile_rules import Profile, Rule, profile
from corridor.fhir.suggested_codes import codings_of

Resource = dict[str, Any]


def claimed_remarks(resource: Resource) -> Iterator[Issue]:
    """What is odd about a valid resource by the profiles of ours that it claims."""
    for url in own_claims(resource):
        try:
            wanted = profile(url)
        except NotFoundError:
            continue  # told as an error of its own
        yield from profile_remarks(resource, wanted)


def profile_remarks(resource: Resource, wanted: Profile) -> Iterator[Issue]:
    """What is odd about a valid resource by one profile.

    Source: https://hl7.org/fhir/R4/terminologies.html#extensible
    """
    if resource["resourceType"] == wanted.resource_type:
        for found, rule in _visited(resource, wanted.rule, resource["resourceType"]):
            yield from _remark(found, rule)


def _visited(node: Any, rule: Rule, at: str) -> Iterator[tuple[Found, Rule]]:
    """Every value with each rule that is about it."""
    if not isinstance(node, dict):
        return
    for child in rule.children.values():
        for found in occurrences(node, child, at):
            about = [child, *(each for each in child.slices.values() if belongs(found, child, each))]
            for each in about:
                yield found, each
                yield from _visited(found.value, each, found.at)


def _remark(found: Found, rule: Rule) -> Iterator[Issue]:
    value = found.value
    if rule.suggested is None or not isinstance(value, dict) or not codings_of(value):
        return
    if not is_bound(value, rule.suggested):
        yield Issue("code-invalid", "The profile names codes that come first where one of them fits here.", found.at)
