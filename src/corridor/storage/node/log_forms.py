"""Audit events of one form, written by filling in: most differ from the one before in ids and instants alone.

The first event of a form is made in full, with marks in the place of what varies. From then on its bytes are joined
around the values, and what of it can be searched is known. What comes out is, byte for byte, what making it in full
gives; events that vary in more than that are made in full each time.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.trace import Trace
from corridor.fhir.audit_event import render
from corridor.fhir.provenance import instant
from corridor.storage.node.log_rows import Reference, Searchable, Token, searchable

MOST_PATIENTS = 100
"""An event about more patients is made in full."""

_UNASKED = frozenset({AuditKind.READ, AuditKind.CREATE, AuditKind.UPDATE, AuditKind.DELETE})
_KINDS = _UNASKED | {AuditKind.SEARCH, AuditKind.HISTORY}
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_NAME = re.compile(r"([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
_KEPT = 512


@dataclass(frozen=True, slots=True)
class _Form:
    """Everything of a read, write or search but its ids, its instant and its query.

    Attributes:
        resource_type: of what was read or sought.
        named: whether that was one resource.
        patients: how many are concerned.
        beside: types of what it names besides.
    """

    node: Country
    kind: AuditKind
    outcome: AuditOutcome
    role: str
    reason: str
    resource_type: str
    named: bool
    patients: int
    by_agent: bool
    by_request: bool
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pattern:
    """An event with marks.

    Attributes:
        parts: of its bytes: text, mark, text, mark, … text.
        references: with marks in the place of ids.
        between: two names of what was written together.
        beside: under which parameters something of a type is named besides.
    """

    parts: Sequence[bytes]
    tokens: tuple[Token, ...]
    references: Sequence[Reference]
    between: bytes
    beside: Mapping[str, str]


class _Marks:
    """Values that no event has, in the place of those that vary."""

    def __init__(self) -> None:
        chance = secrets.token_hex(12)
        self.id, self.agent, self.request, self.object, self.query, self.beside = (
            f"{chance}{letter}" for letter in "iaroqb"
        )
        self.trace = Trace(f"{chance}t", f"{chance}s")
        self.at = datetime(1, 2, 3, 4, 5, 6, secrets.randbelow(1_000_000), tzinfo=UTC)
        self.patients = tuple(f"{chance}p{place:03}" for place in range(MOST_PATIENTS))

    def fact(self, form: _Form) -> AuditFact:
        """An event of the form."""
        return AuditFact(
            kind=form.kind,
            outcome=form.outcome,
            at=self.at,
            trace=self.trace,
            request_id=self.request if form.by_request else "",
            agent=self.agent if form.by_agent else "",
            role=form.role,
            patient_ids=self.patients[: form.patients],
            resource=f"{form.resource_type}/{self.object}" if form.named else form.resource_type,
            query="" if form.kind in _UNASKED else self.query,
            reason=form.reason,
            together=tuple(f"{each}/{self.beside}" for each in form.beside),
        )


_MARKS = _Marks()


def written(fact: AuditFact, *, id: str, node: Country) -> tuple[bytes, Searchable]:
    """The AuditEvent of a fact, as `render` makes it, and what of it can be searched."""
    form = _form(fact, node)
    if form is None:
        body = render(fact, id=id, node=node)
        return body, searchable(body)
    pattern, ids = _pattern(form), _ids(fact)
    values = _values(fact, id) | {mark.encode(): value.encode() for mark, value in ids.items()}
    values[_BESIDE] = pattern.between.join(map(str.encode, fact.together))
    body = b"".join([values[part] if place & 1 else part for place, part in enumerate(pattern.parts)])
    beside = (each.partition("/") for each in fact.together)
    also = [(kind, name, pattern.beside[kind]) for kind, _, name in beside if kind in pattern.beside]
    return body, Searchable(fact.at.astimezone(UTC), pattern.tokens, _filled([*pattern.references, *also], ids))


def _form(fact: AuditFact, node: Country) -> _Form | None:
    """The form of an event, or None where more of it varies than marks stand for."""
    named = (fact.resource.partition("/")[2],) if "/" in fact.resource else ()
    if fact.kind not in _KINDS or _is_manifold(fact) or (not fact.query and fact.kind not in _UNASKED):
        return None
    beside = [_NAME.fullmatch(each) for each in fact.together]
    if beside and not (named and all(beside)):
        return None
    if not all(_ID.fullmatch(each) for each in (*named, *fact.patient_ids)):
        return None
    return _Form(
        node,
        fact.kind,
        fact.outcome,
        fact.role,
        fact.reason,
        fact.resource.partition("/")[0],
        bool(named),
        len(fact.patient_ids),
        bool(fact.agent),
        bool(fact.request_id),
        tuple(sorted({each[1] for each in beside if each})),
    )


def _is_manifold(fact: AuditFact) -> bool:
    exchanged = fact.asker or fact.holder or fact.purpose or fact.network
    return bool(exchanged or fact.consent_ids) or len(fact.patient_ids) > MOST_PATIENTS


@lru_cache(maxsize=_KEPT)
def _pattern(form: _Form) -> _Pattern:
    body = render(_MARKS.fact(form), id=_MARKS.id, node=form.node)
    found = searchable(body)
    marks = {*_values(_MARKS.fact(form), _MARKS.id), *(each.encode() for each in (_MARKS.object, *_MARKS.patients))}
    between, names = b"", [f"{each}/{_MARKS.beside}".encode() for each in form.beside]
    if names:
        between = body.partition(_MARKS.object.encode())[2].partition(names[0])[0]
        body = body.replace(between.join(names), _BESIDE)
    anyone = b"|".join(re.escape(each) for each in sorted({*marks, _BESIDE} - {b""}))
    references = [each for each in found.references if each[1] != _MARKS.beside]
    beside = {kind: parameters for kind, mark, parameters in found.references if mark == _MARKS.beside}
    return _Pattern(re.split(b"(%b)" % anyone, body), found.tokens, references, between, beside)


def _ids(fact: AuditFact) -> Mapping[str, str]:
    """Ids of resources by their marks."""
    found = dict(zip(_MARKS.patients, fact.patient_ids, strict=False))
    found[_MARKS.object] = fact.resource.partition("/")[2]
    return found


def _values(fact: AuditFact, id: str) -> dict[bytes, bytes]:
    """Everything else that varies, by its marks, as it stands in JSON."""
    return {
        _MARKS.id.encode(): _escaped(id),
        _INSTANT: instant(fact.at).encode(),
        _TRACE: _escaped(str(fact.trace)),
        _MARKS.agent.encode(): _escaped(fact.agent),
        _MARKS.request.encode(): _escaped(fact.request_id),
        _QUERY: b64encode(fact.query.encode(errors="replace")),
    }


_INSTANT = instant(_MARKS.at).encode()
_TRACE = str(_MARKS.trace).encode()
_BESIDE = _MARKS.beside.encode()
_QUERY = b64encode(_MARKS.query.encode())


def _escaped(text: str) -> bytes:
    return orjson.dumps(text)[1:-1]


def _filled(references: Sequence[Reference], ids: Mapping[str, str]) -> tuple[Reference, ...]:
    """The references with ids; two marks may stand for one resource, which is then named once."""
    named: dict[tuple[str, str], set[str]] = {}
    for kind, mark, parameters in references:
        named.setdefault((kind, ids.get(mark, mark)), set()).update(parameters.split())
    return tuple((kind, id, f" {' '.join(sorted(found))} ") for (kind, id), found in sorted(named.items()))  # noqa: A001  # FHIR's word
