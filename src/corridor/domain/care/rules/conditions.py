"""The `when` of a rule, as written in its record, made into a test of a situation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from corridor.domain.care.rules import change_forms, drug_forms, result_forms
from corridor.domain.care.rules.asked import asked
from corridor.domain.care.rules.verdict import Test, every, opposite, some
from corridor.domain.errors import InvalidError

_DEEPEST = 8
_HIGHEST_LEVEL = 5
_LAB = frozenset({"lab", "is", "lt", "gt", "rise", "older_days"})
_ANSWERS = frozenset({"positive", "negative", "unknown"})

Form = Callable[[Any], Test]


def _condition(name: str) -> Test:
    return result_forms.pregnancy() if name == "pregnancy" else drug_forms.condition(name)


FORMS: Mapping[str, tuple[type | tuple[type, ...], Form]] = MappingProxyType(
    {
        "any_arv": (list, drug_forms.any_arv),
        "any_drug": (list, drug_forms.any_drug),
        "allergy": (str, drug_forms.allergy),
        "condition": (str, _condition),
        "two_of": (list, drug_forms.two_of),
        "two_of_class": (str, drug_forms.two_of_class),
        "anchor_count": (int, drug_forms.anchor_count),
        "nrti_count_min": (int, drug_forms.nrti_count_min),
        "anchor_class": (str, drug_forms.anchor_class),
        "pi_without_booster": (list, drug_forms.pi_without_booster),
        "regimen_only": (list, drug_forms.regimen_only),
        "formulation": (str, drug_forms.formulation),
        "resistance": (dict, drug_forms.resistance),
        "stopping_any": (list, change_forms.stopping_any),
        "keeping_any": (list, change_forms.keeping_any),
        "starting": ((bool, list), change_forms.starting),
        "not_starting": (bool, change_forms.not_starting),
        "restarting_after_gap": ((bool, list), change_forms.restarting),
        "switching": (bool, change_forms.switching),
        "art_status": (str, change_forms.art_status),
        "viral_load": (dict, result_forms.viral_load),
        "who_stage": (list, result_forms.who_stage),
        "sex": (str, result_forms.sex),
        "age_lt": (int, result_forms.age_lt),
        "age_ge": (int, result_forms.age_ge),
    }
)
"""Every word that a `when` may use, with the kind of value that it takes."""


def condition(when: Any, *, depth: int = 0) -> Test:
    """The test that a `when` describes; parts that stand side by side must all hold.

    Raises:
        InvalidError: a word, a test, a drug or a value is not known; the message says which.
    """
    if not isinstance(when, dict) or not when or depth > _DEEPEST:
        raise InvalidError("A `when` is an object with at least one condition, nested eight deep at most.")
    lab = {key: value for key, value in when.items() if key in _LAB}
    tests = [_part(key, value, depth) for key, value in when.items() if key not in _LAB]
    return every(tuple([_lab(lab), *tests] if lab else tests))


def _part(key: str, value: Any, depth: int) -> Test:
    if key == "all":
        return every(_parts(key, value, depth))
    if key in {"or", "any"}:
        return some(_parts(key, value, depth))
    if key == "not":
        return opposite(condition(value, depth=depth + 1))
    if key not in FORMS:
        raise InvalidError(f"`{key}` is not a condition that a rule can ask for.")
    kind, form = FORMS[key]
    _check_kind(key, value, kind)
    _check_names(key, value)
    return form(value)


def _parts(key: str, value: Any, depth: int) -> tuple[Test, ...]:
    if not isinstance(value, list) or not value:
        raise InvalidError(f"`{key}` takes a list with at least one condition.")
    return tuple(condition(each, depth=depth + 1) for each in value)


def _check_kind(key: str, value: Any, kind: type | tuple[type, ...]) -> None:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds) or value in ([], {}, ""):
        raise InvalidError(f"`{key}` has a value that it cannot take.")
    numbers = [each for each in value if isinstance(each, int)] if isinstance(value, list) else []
    if isinstance(value, list) and bool(numbers) is not (key == "who_stage"):
        raise InvalidError(f"`{key}` takes a list of {'numbers' if key == 'who_stage' else 'names'}.")


def _check_names(key: str, value: Any) -> None:
    """What is asked by name must have a record, or the rule would never hold and nobody would see why."""
    table = {"any_drug": asked().drugs, "condition": asked().conditions}.get(key)
    names = value if isinstance(value, list) else [value]
    if table is not None and (strange := [str(name) for name in names if name not in table]):
        raise InvalidError(f"`{key}` asks for {', '.join(strange)}, which no record describes.")
    if key == "viral_load":
        _lab({"lab": "viral_load", **value})
    if key == "resistance" and not _is_resistance(value):
        raise InvalidError("`resistance` takes a `class` and a `level_min` from 1 to 5.")


def _lab(wanted: Mapping[str, Any]) -> Test:
    asks = set(wanted) - {"lab"}
    if str(wanted.get("lab")) not in asked().tests or len(asks) != 1 or not asks <= _LAB:
        raise InvalidError("A test is asked for by a known `lab` and one of `is`, `lt`, `gt`, `rise` and `older_days`.")
    (word,) = asks
    if not _fits(word, wanted[word]):
        raise InvalidError(f"`{word}` of a test has a value that it cannot take.")
    return result_forms.lab(wanted)


def _fits(word: str, value: Any) -> bool:
    if word == "is":
        return isinstance(value, str) and value in _ANSWERS
    if word == "rise":
        return value is True
    number = isinstance(value, int) and not isinstance(value, bool)
    return (number and value > 0) or (word != "older_days" and isinstance(value, float) and value > 0)


def _is_resistance(value: Mapping[str, Any]) -> bool:
    fits = set(value) == {"class", "level_min"} and isinstance(value["class"], str)
    return fits and isinstance(value["level_min"], int) and 1 <= value["level_min"] <= _HIGHEST_LEVEL
