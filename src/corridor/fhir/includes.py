"""What a search sends along with its matches.

Source: https://hl7.org/fhir/R4/search.html#include
"""

from __future__ import annotations

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.query import Include
from corridor.fhir.conditions import held, reference_of
from corridor.fhir.schema import HELD
from corridor.fhir.search_text import shown

MAX_INCLUDES = 16

_ALL = "*"
_PARTS = {2, 3}
_NAMES = {
    "_include": (False, False),
    "_include:iterate": (False, True),
    "_revinclude": (True, False),
    "_revinclude:iterate": (True, True),
}
"""Whether references are followed backward, and whether from what was included, too."""


def is_include(name: str) -> bool:
    """Whether a parameter of this name asks for more than the matches."""
    return name.startswith(("_include", "_revinclude")) and name.partition(":")[0] in {"_include", "_revinclude"}


def read_include(resource_type: str, name: str, value: str) -> Include:
    """What is to be sent along.

    Args:
        resource_type: the type that is searched.
        name: `_include` or `_revinclude`, with or without `:iterate`.
        value: `Type:parameter`, `Type:parameter:Target`, `Type:*`, or `*` for all that a match refers to.

    Raises:
        InvalidError: written in another way.
        UnsupportedError: a type, parameter or modifier that is not spoken here, or one that would include nothing.
    """
    if name not in _NAMES:
        raise UnsupportedError("Only :iterate can stand behind it.", (shown(name),))
    reverse, iterate = _NAMES[name]
    if value == _ALL and not reverse:
        return Include(resource_type, _ALL, iterate=iterate)
    source, parameter, target = _parts(name, value)
    targets = _targets(held(source), parameter)
    if target and held(target) not in targets:
        raise UnsupportedError("The parameter does not refer to this type.", (shown(target),))
    found = Include(source, parameter, target, reverse=reverse, iterate=iterate)
    _check_start(resource_type, found, targets)
    return found


def _parts(name: str, value: str) -> tuple[str, str, str]:
    parts = value.split(":")
    if len(parts) not in _PARTS or not all(parts):
        raise InvalidError("It is written Type:parameter or Type:parameter:Target.", (name,))
    source, parameter, *target = parts
    return source, parameter, target[0] if target else ""


def _targets(source: str, parameter: str) -> tuple[str, ...]:
    """Types that can be at the other end; for all parameters of a type, any."""
    return HELD if parameter == _ALL else reference_of(source, parameter).targets


def _check_start(resource_type: str, include: Include, targets: tuple[str, ...]) -> None:
    """Refuse what would include nothing: nobody should take its absence for an answer."""
    if include.iterate:
        return
    if not include.reverse and include.source_type != resource_type:
        raise UnsupportedError("Without :iterate it starts at the type that is searched.", ("_include",))
    if include.reverse and resource_type not in targets:
        raise UnsupportedError("The parameter does not refer to the type that is searched.", ("_revinclude",))
