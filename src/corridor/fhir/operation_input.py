"""What an operation was given: names and values, from an address or from a Parameters resource."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.code_systems import Concept
from corridor.fhir.parse import parse
from corridor.fhir.validate import validate

_DIGITS_MAX = 9
_TRUTH = {"true": True, "false": False, True: True, False: False}


@dataclass(frozen=True, slots=True)
class Input:
    """The parameters of one call: texts from an address, values of their type from a body."""

    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A text, or empty where none was given.

        Raises:
            InvalidError: it is something else.
        """
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise _wrong(name, "a text")
        return value

    def number(self, name: str) -> int | None:
        """A number from 0 up, or None where none was given.

        Raises:
            InvalidError: it is something else.
        """
        value = self.values.get(name)
        if value is None:
            return None
        written = str(value)
        if isinstance(value, bool) or not (written.isascii() and written.isdecimal()) or len(written) > _DIGITS_MAX:
            raise _wrong(name, "a whole number from 0 up")
        return int(written)

    def flag(self, name: str) -> bool:
        """A truth value; false where none was given.

        Raises:
            InvalidError: it is something else.
        """
        value = self.values.get(name, False)
        if not isinstance(value, str | bool) or value not in _TRUTH:
            raise _wrong(name, "true or false")
        return _TRUTH[value]

    def texts(self, name: str) -> frozenset[str]:
        """The texts of a parameter that may come several times.

        Raises:
            InvalidError: one of them is something else.
        """
        values = self.values.get(name, ())
        if not all(isinstance(each, str) for each in values):
            raise _wrong(name, "a text")
        return frozenset(values)

    def codings(self, *, system: str = "") -> tuple[Concept, ...]:
        """The codings to look at: of `codeableConcept`, of `coding`, or of `system` and `code`.

        Args:
            system: of a code whose system is not named beside it.

        Raises:
            InvalidError: none of them, several of them, or a code without a system.
        """
        if len(self.values.keys() & {"codeableConcept", "coding", "code"}) != 1:
            raise InvalidError("Give one of code, coding and codeableConcept.", ("Parameters.parameter",))
        if "code" in self.values:
            given = [
                {"system": self.text("system") or system, "code": self.text("code"), "display": self.text("display")}
            ]
        else:
            given = self._concept()
        if not given or not all(each.get("system") and each.get("code") for each in given):
            raise InvalidError("A code is given with its system.", ("Parameters.parameter",))
        return tuple(Concept(each["system"], each["code"], each.get("display", "")) for each in given)

    def _concept(self) -> list[dict[str, Any]]:
        name = "coding" if "coding" in self.values else "codeableConcept"
        value = self.values[name]
        if not isinstance(value, dict):
            raise _wrong(name, "sent in a body")
        return [value] if name == "coding" else value.get("coding", [])


def _wrong(name: str, wanted: str) -> InvalidError:
    return InvalidError(f"The parameter {name} is {wanted}.", ("Parameters.parameter",))


_NONE: frozenset[str] = frozenset()


def from_address(pairs: Iterable[tuple[str, str]], known: Collection[str], *, many: Collection[str] = _NONE) -> Input:
    """The parameters of a call by GET.

    Args:
        pairs: names and values of the address.
        known: names that the operation takes.
        many: those of them that may come several times; their values are a list.

    Raises:
        InvalidError: one twice.
        UnsupportedError: one that the operation does not have here.
    """
    return from_parts((), known, beside=pairs, many=many)


def from_body(
    raw: bytes,
    known: Collection[str],
    *,
    beside: Iterable[tuple[str, str]] = (),
    many: Collection[str] = _NONE,
) -> Input:
    """The parameters of a call by POST.

    Raises:
        MalformedError: not JSON.
        InvalidError: not Parameters; or as `from_parts`, like what it is told beside.
        UnsupportedError: as `from_parts`.
    """
    resource = parse(raw)
    if resource["resourceType"] != "Parameters":
        raise InvalidError("The body of an operation is a Parameters resource.", ("resourceType",))
    validate(resource)
    return from_parts(resource.get("parameter", ()), known, beside=beside, many=many)


def from_parts(
    parts: Iterable[Mapping[str, Any]],
    known: Collection[str],
    *,
    beside: Iterable[tuple[str, str]] = (),
    many: Collection[str] = _NONE,
) -> Input:
    """The parameters of a call, from parts of Parameters that have a value each.

    Args:
        parts: that valid Parameters hold.
        known: names that the operation takes.
        beside: names and values of the address.
        many: those names that may come several times; their values are a list.

    Raises:
        InvalidError: one twice, or one without a value.
        UnsupportedError: one that the operation does not have here.
    """
    pairs = [pair for pair in beside if pair[0] not in ANSWER_FORM]
    values: dict[str, Any] = {}
    for name, value in [*pairs, *((each["name"], _value(each)) for each in parts)]:
        if name not in many:
            check_new(name, values, known, many=many)
        values[name] = [*values.get(name, ()), value] if name in many else value
    return Input(values)


def check_new(name: str, before: Collection[str], known: Collection[str], *, many: Collection[str] = _NONE) -> None:
    """Let pass a parameter that an operation takes, and that was not given before.

    Args:
        name: of the parameter.
        before: names that were given.
        known: names that may be given once.
        many: other names that the operation takes.

    Raises:
        InvalidError: it was given before.
        UnsupportedError: the operation has no such parameter here.
    """
    if name not in known:
        spoken = ", ".join(sorted({*known, *many}))
        raise UnsupportedError(f"This operation takes here: {spoken}.", ("Parameters.parameter",))
    if name in before:
        raise InvalidError("A parameter of an operation is given once.", ("Parameters.parameter",))


def _value(parameter: Mapping[str, Any]) -> Any:
    value = next((value for name, value in parameter.items() if name.startswith("value")), None)
    if value is None:
        raise InvalidError("A parameter has no value.", ("Parameters.parameter",))
    return value
