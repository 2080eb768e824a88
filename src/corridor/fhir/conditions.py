"""A condition of a search by its name: a parameter, a chain through references, or a look back along them.

Source: https://hl7.org/fhir/R4/search.html#chaining and #has
"""

from __future__ import annotations

from functools import cache, lru_cache

import msgspec
from msgspec.structs import replace

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import ChainCriterion, Criterion, HasCriterion
from corridor.fhir.criteria import read_criterion
from corridor.fhir.parameters import Parameter, known_parameters, refused_parameters
from corridor.fhir.schema import HELD
from corridor.fhir.search_text import shown
from corridor.fhir.search_wanted import Terms

LOGGED = "AuditEvent"
"""The type that a chain reaches only by its name: it is kept in the log, and few may read it."""

REFUSED: dict[str, str] = {
    "_list": "Lists are not searched here; search by _id.",
    "_type": "A search is of one type here.",
    "_containedType": "Contained resources are not searched; they come with what contains them.",
    "_score": "There is no order of likeness here.",
}
"""Parameters of R4 that no SearchParameter defines: leaving them out would answer another question."""

_CODED = frozenset({"code", "Coding", "CodeableConcept"})
_OWN = frozenset({"birthdate", "death-date"})
"""Dates that tell who somebody is: they are not kept in memory."""

_REPEATED_LENGTH = 100
_HAS = "_has"
_HAS_PARTS = 4


class Asked(msgspec.Struct, frozen=True):
    """A condition as it was written.

    Attributes:
        name: with modifiers, chains and all.
        value: decoded, still escaped.
        chains: how many references may be followed.
        backward: how many may be looked back along.
    """

    name: str
    value: str
    chains: int = 2
    backward: int = 2


def read_condition(resource_type: str, asked: Asked, terms: Terms) -> Criterion:
    """What must hold of a resource of this type.

    Raises:
        UnsupportedError: a parameter, modifier or chain that is not spoken here.
        InvalidError: a value that the parameter cannot have.
    """
    plain = known_parameters(resource_type).get(asked.name)
    if plain:
        return read_criterion(plain, ("", asked.value), terms)
    if asked.name.partition(":")[0] == _HAS:
        return _backward(resource_type, asked, terms)
    head, dot, rest = asked.name.partition(".")
    if dot:
        return _chained(resource_type, head, replace(asked, name=rest), terms=terms)
    code, colon, modifier = asked.name.partition(":")
    if colon and not modifier:
        raise UnsupportedError("A colon is followed by a modifier.", (shown(asked.name),))
    return read_criterion(parameter_of(resource_type, code), (modifier, asked.value), terms)


@lru_cache(maxsize=1024)
def repeated(resource_type: str, asked: tuple[str, str], terms: Terms) -> Criterion:
    """As `read_condition`, read once for all who ask it.

    Raises:
        InvalidError: a value that the parameter cannot have.
    """
    return read_condition(resource_type, Asked(*asked), terms)


def is_repeated(resource_type: str, name: str, value: str) -> bool:
    """Whether a condition is one that many ask in the same words, whomever they ask about: a code, or since when.

    What it means must not depend on when it is asked.
    """
    return name in _repeated_names(resource_type) and len(value) <= _REPEATED_LENGTH and "ap" not in value


def is_spoken(resource_type: str, name: str) -> bool:
    """Whether R4 has a parameter of the name for the type, answered here or not.

    Raises:
        UnsupportedError: one of those that R4 has for every type and that are not answered here.
    """
    known = known_parameters(resource_type)
    if name in known:
        return True
    head = name.partition(":")[0].partition(".")[0]
    if head in REFUSED:
        raise UnsupportedError(REFUSED[head], (shown(name),))
    return head == _HAS or head in known or head in refused_parameters(resource_type)


@cache
def _repeated_names(resource_type: str) -> frozenset[str]:
    known = known_parameters(resource_type).values()
    dates = {each.name for each in known if each.kind == "date"} - _OWN
    coded = {each.name for each in known if {route.kind for route in each.routes} & _CODED and each.kind == "token"}
    return frozenset(dates | coded)


def parameter_of(resource_type: str, name: str) -> Parameter:
    """A parameter of a type by its name.

    Raises:
        UnsupportedError: it has none of the name, or one that is not answered here.
    """
    found = known_parameters(resource_type).get(name)
    if found:
        return found
    reason = refused_parameters(resource_type).get(name, "No such search parameter is known for this type.")
    raise UnsupportedError(reason, (shown(name),))


def reference_of(resource_type: str, name: str) -> Parameter:
    """A reference parameter of a type by its name.

    Raises:
        UnsupportedError: it has none of the name.
    """
    parameter = parameter_of(resource_type, name)
    if parameter.kind != "reference":
        raise UnsupportedError("Only references can be followed.", (shown(name),))
    return parameter


def held(resource_type: str) -> str:
    """The type, if it is held here.

    Raises:
        UnsupportedError: it is not.
    """
    if resource_type not in HELD:
        raise UnsupportedError("Resources of this type are not held here.", (shown(resource_type),))
    return resource_type


# ---------------------------------------------------------------- forward


def _chained(resource_type: str, head: str, asked: Asked, *, terms: Terms) -> Criterion:
    if not asked.chains:
        raise UnsupportedError("A search follows at most two references in a row.", (shown(asked.name),))
    name, colon, target = head.partition(":")
    parameter = reference_of(resource_type, name)
    targets = (held(target),) if colon else tuple(each for each in parameter.targets if each != LOGGED)
    if not targets or not {*targets} <= {*parameter.targets}:
        raise UnsupportedError("Nothing of the kind that is held here can be referred to.", (shown(head),))
    inner = replace(asked, chains=asked.chains - 1)
    if len(targets) == 1:
        return ChainCriterion(name, targets, read_condition(targets[0], inner, terms))
    return _one_of(name, _answers(targets, inner, terms))


def _answers(targets: tuple[str, ...], asked: Asked, terms: Terms) -> dict[str, Criterion]:
    """What the condition means for each type that can have it."""
    found: dict[str, Criterion] = {}
    refusal: UnsupportedError | None = None
    for target in targets:
        try:
            found[target] = read_condition(target, asked, terms)
        except UnsupportedError as error:
            refusal = error
    if not found:
        raise refusal or UnsupportedError("Nothing can be referred to.", (shown(asked.name),))
    return found


def _one_of(name: str, answers: dict[str, Criterion]) -> Criterion:
    criterion, *others = answers.values()
    if any(each != criterion for each in others):
        raise UnsupportedError("It means one thing for one type and another for others: name the type.", (shown(name),))
    return ChainCriterion(name, tuple(answers), criterion)


# ---------------------------------------------------------------- backward


def _backward(resource_type: str, asked: Asked, terms: Terms) -> Criterion:
    parts = asked.name.split(":", _HAS_PARTS - 1)
    if len(parts) != _HAS_PARTS or not all(parts):
        raise InvalidError("It is written _has:Type:reference:parameter.", (shown(asked.name),))
    if not asked.backward:
        raise UnsupportedError("A search looks back along at most two references in a row.", (shown(asked.name),))
    _, source, name, rest = parts
    parameter = reference_of(held(source), name)
    if resource_type not in parameter.targets:
        raise UnsupportedError("It does not refer to the type that is searched.", (shown(f"{source}:{name}"),))
    inner = replace(asked, name=rest, backward=asked.backward - 1)
    return HasCriterion(source, name, read_condition(source, inner, terms))
