"""What the links of a resource stand for, when it is written with others or refers to others by a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corridor.domain.errors import PreconditionError, UnprocessableError
from corridor.domain.record import Draft
from corridor.fhir.own_matches import own_matches
from corridor.fhir.placing import Found
from corridor.fhir.prerequisites import Asked, linked
from corridor.fhir.relink import may_link, relink
from corridor.fhir.submission import Entry


@dataclass(frozen=True, slots=True)
class Links:
    """What the links of a resource stand for.

    Attributes:
        targets: `Type/id` by fullUrl.
        beginnings: of all fullUrls (see `relink`).
        made: `Type/id` of what the same transaction makes under a condition.
        found: what is stored, by condition.
        drafts: what the same transaction writes and refers to nothing by a condition.
        closed: every `urn:uuid` has to name an entry.
    """

    targets: Mapping[bytes, bytes] = field(default_factory=dict)
    beginnings: frozenset[bytes] = frozenset()
    made: Mapping[Asked, str] = field(default_factory=dict)
    found: Found = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    closed: bool = True

    def rewrite(self, entry: Entry) -> bytes:
        """The resource with its links rewritten; a request that stands alone keeps every byte that names no search."""
        named = self._of(entry)
        if not named and not self.closed:
            return entry.raw
        if named is self.targets and not may_link(entry.raw, self.beginnings):
            return entry.raw
        body, dangling = relink(entry.raw, named)
        if dangling and self.closed:
            raise UnprocessableError("A reference names no entry of this Bundle.")
        return body

    def _of(self, entry: Entry) -> Mapping[bytes, bytes]:
        """The targets, and what each conditional reference of an entry stands for."""
        asked = linked(entry)
        if not asked:
            return self.targets
        return {**self.targets, **{f"{kind}?{query}".encode(): self._named((kind, query)) for kind, query in asked}}

    def _named(self, asked: Asked) -> bytes:
        names = {f"{each.resource_type}/{each.id}" for each in self.found.get(asked, ())}
        names |= {self.made[asked]} if asked in self.made else set()
        names |= own_matches(asked, self.drafts)
        if len(names) > 1:
            raise PreconditionError("A conditional reference finds more than one resource.")
        if not names:
            raise PreconditionError("A conditional reference finds no resource.")
        return names.pop().encode()
