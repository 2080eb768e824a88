"""Errors of single entries, told from the Bundle's root and gathered for a whole transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corridor.domain.errors import CorridorError, InvalidError, Issue
from corridor.fhir.validate import LIMIT


def within(error: CorridorError, at: str) -> CorridorError:
    """The same error, with its places told from the Bundle's root."""
    if isinstance(error, InvalidError) and error.issues:
        issues = tuple(Issue(each.code, each.message, _under(at, each.expression)) for each in error.issues)
        return InvalidError(error.message, tuple(each.expression for each in issues), issues)
    places = tuple(_under(at, each) for each in error.expression) or (at,)
    return type(error)(error.message, places)


def _under(at: str, expression: str) -> str:
    """`Observation.status` below an entry's resource; `resourceType` stands for itself."""
    rest = expression.partition(".")[2] if expression[:1].isupper() else expression
    return f"{at}.{rest}" if rest else at


def check_whole(errors: Sequence[CorridorError]) -> None:
    """One bad entry stops a transaction; invalid resources are reported together.

    Raises:
        CorridorError: any of the errors, or one of all that are invalid.
    """
    if not errors:
        return
    issues = tuple(issue for error in errors for issue in _listed(error))[:LIMIT]
    if issues and all(isinstance(error, InvalidError) for error in errors):
        raise InvalidError(issues[0].message, tuple(each.expression for each in issues), issues)
    raise next((each for each in errors if not isinstance(each, InvalidError)), errors[0])


def _listed(error: CorridorError) -> Iterator[Issue]:
    if isinstance(error, InvalidError):
        yield from error.issues or (Issue("invalid", error.message, next(iter(error.expression), "")),)
