"""How much of a resource a read asks for.

Source: https://hl7.org/fhir/R4/search.html#summary and #elements
"""

from __future__ import annotations

from collections.abc import Iterable

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.search import read_search
from corridor.fhir.search_text import shown
from corridor.fhir.subset import WHOLE, Subset

_CUTTING = frozenset({"_summary", "_elements"})


def subset_of(resource_type: str, pairs: Iterable[tuple[str, str]], *, strict: bool) -> Subset:
    """What of the resource is sent; parts are read strictly, because a resource has no room for a warning.

    Args:
        resource_type: of what is read; one that is held here.
        pairs: names and values of the address.
        strict: refuse what a read does not have, instead of passing it over.

    Raises:
        InvalidError: a value that its parameter cannot have, or the count of one resource.
        UnsupportedError: an element that the type does not have, or in strict handling another parameter.
    """
    given = [*pairs]
    unknown = [name for name, _ in given if name not in _CUTTING | ANSWER_FORM]
    if strict and unknown:
        raise UnsupportedError("A read has no such parameter.", (shown(unknown[0]),))
    wanted = [pair for pair in given if pair[0] in _CUTTING]
    if not wanted:
        return WHOLE
    subset = read_search(resource_type, wanted, strict=True).subset
    if subset.summary == "count":
        raise InvalidError("One resource is not counted: its summary is true, text, data or false.", ("_summary",))
    return subset
