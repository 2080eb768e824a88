"""Walks through a CapabilityStatement: for each line a request that the line promises an answer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from corridor.fhir.parameters import known_parameters
from corridor.fhir.published import ids
from corridor.fhir.schema import HELD
from tests.doors.running import Node, Reply
from tests.doors.samples import SAMPLES, Town

Row = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
VALUES = {
    "token": "true",
    "string": "a",
    "date": "2024",
    "reference": "a",
    "uri": "urn:a",
    "quantity": "1",
    "number": "1",
    "special": "a",
}
"""A value that any parameter of a type understands."""

ROLES = {"AuditEvent": "auditor"}
PATCHES = {
    "application/json-patch+json": b'[{"op":"test","path":"/resourceType","value":"%b"}]',
    "application/merge-patch+json": b'{"language":"es"}',
    "application/fhir+json": b'{"resourceType":"Parameters","parameter":[{"name":"operation","part":['
    b'{"name":"type","valueCode":"replace"},{"name":"path","valueString":"%b.language"},'
    b'{"name":"value","valueCode":"pt"}]}]}',
    "application/fhir+xml": b'<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>'
    b'<part><name value="type"/><valueCode value="replace"/></part>'
    b'<part><name value="path"/><valueString value="%b.language"/></part>'
    b'<part><name value="value"/><valueCode value="es"/></part></parameter></Parameters>',
}
"""A patch of each format that changes nothing that matters."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One running node and what it states of itself."""

    node: Node
    town: Town
    statement: Row

    @property
    def rest(self) -> Row:
        """What is stated of its only mode."""
        (rest,) = self.statement["rest"]
        stated: Row = rest
        return stated

    @property
    def rows(self) -> list[Row]:
        """What is stated of each type."""
        listed: list[Row] = self.rest["resource"]
        return listed

    def ask(self, method: str, path: str, content: Any = None, *, kind: str = "", **headers: str) -> Reply:
        """A request by who may do it, below the base."""
        role = ROLES.get(kind, "programme")
        return self.node.ask(method, f"/fhir/{path}", content, role=role, **headers)

    def one(self, kind: str) -> str:
        """The id of a resource that is there: made for this from its sample, or a definition, or of the log."""
        if kind in SAMPLES:
            return self.node.make(self.town.resource(kind))
        if kind == "AuditEvent":
            return self.ask("GET", "AuditEvent?_count=1", kind=kind).ids[0]
        assert ids(kind), f"national_resources.json has no sample of {kind}"
        return ids(kind)[0]


def interactions(walk: Walk, row: Row) -> Iterator[tuple[str, Reply, set[int]]]:
    """Each interaction of a type by its code, with the answer and the statuses that keep the promise."""
    kind = row["type"]
    here, stated = walk.one(kind), {each["code"] for each in row["interaction"]}
    calls: dict[str, tuple[str, str, Any]] = {
        "read": ("GET", f"{kind}/{here}", None),
        "vread": ("GET", f"{kind}/{here}/_history/1", None),
        "history-instance": ("GET", f"{kind}/{here}/_history", None),
        "history-type": ("GET", f"{kind}/_history?_count=1", None),
        "search-type": ("GET", f"{kind}?_count=1", None),
    }
    if kind in SAMPLES:
        calls |= {
            "create": ("POST", kind, walk.town.resource(kind)),
            "update": ("PUT", f"{kind}/{here}", walk.town.changed(kind) | {"id": here}),
        }
    for code, (method, path, body) in calls.items():
        expected = {200, 201} if code in stated else {400, 403, 404, 405}
        yield code, walk.ask(method, path, body, kind=kind), expected
    yield from _patched(walk, kind, here, stated=stated)
    gone = {200, 204} if "delete" in stated else {403, 404, 405}
    yield "delete", walk.ask("DELETE", f"{kind}/{here}", kind=kind), gone
    yield "after", walk.ask("GET", f"{kind}/{here}", kind=kind), {410} if "delete" in stated else {200}


def _patched(walk: Walk, kind: str, here: str, *, stated: set[str]) -> Iterator[tuple[str, Reply, set[int]]]:
    expected = {200} if "patch" in stated else {400, 403, 404, 405, 415}
    for media_type in walk.statement.get("patchFormat", ()):
        body = PATCHES[media_type].replace(b"%b", kind.encode())
        answer = walk.ask("PATCH", f"{kind}/{here}", body, kind=kind, content_type=media_type)
        yield f"patch {media_type}", answer, expected


def conditions(walk: Walk, row: Row) -> Iterator[tuple[str, Reply, set[int]]]:
    """Each condition that the statement says yes or no to."""
    kind = row["type"]
    here = walk.one(kind)
    sample = walk.town.resource(kind) if kind in SAMPLES else {"resourceType": kind}
    search, no = f"_id={here}", {400, 403, 404, 405, 412}
    read = walk.ask("GET", f"{kind}/{here}", kind=kind)
    if row.get("conditionalRead") in {"not-match", "full-support"}:
        tag = {"if_none_match": read.headers["etag"]}
        yield "conditionalRead", walk.ask("GET", f"{kind}/{here}", kind=kind, **tag), {304}
    if row.get("conditionalRead") in {"modified-since", "full-support"}:
        since = {"if_modified_since": read.headers["last-modified"]}
        yield "conditionalRead", walk.ask("GET", f"{kind}/{here}", kind=kind, **since), {304}
    created = walk.ask("POST", kind, sample, kind=kind, if_none_exist=search)
    yield "conditionalCreate", created, {200} if row.get("conditionalCreate") else no
    updated = walk.ask("PUT", f"{kind}?{search}", sample, kind=kind)
    yield "conditionalUpdate", updated, {200} if row.get("conditionalUpdate") else no
    made = walk.ask("PUT", f"{kind}/new-{here}", sample | {"id": f"new-{here}"}, kind=kind)
    yield "updateCreate", made, {201} if row.get("updateCreate") else no
    deleted = walk.ask("DELETE", f"{kind}?{search}", kind=kind)
    yield (
        "conditionalDelete",
        deleted,
        no if row.get("conditionalDelete", "not-supported") == "not-supported" else {204},
    )


def searches(walk: Walk, row: Row) -> Iterator[tuple[str, Reply, set[int]]]:
    """Each parameter and each include of a type, asked strictly: by GET, and the first by POST too."""
    kind = row["type"]
    strict = {"prefer": "handling=strict"}
    for each in row["searchParam"]:
        query = f"{each['name']}={quote(value_of(kind, each))}&_count=1"
        yield each["name"], walk.ask("GET", f"{kind}?{query}", kind=kind, **strict), {200}
    for parameter in ("searchInclude", "searchRevInclude"):
        name = {"searchInclude": "_include", "searchRevInclude": "_revinclude"}[parameter]
        for each in row.get(parameter, ()):
            yield each, walk.ask("GET", f"{kind}?{name}={quote(each)}&_count=1", kind=kind, **strict), {200}
    posted = {"content_type": FORM, **strict}
    yield "_search", walk.ask("POST", f"{kind}/_search", b"_id=x", kind=kind, **posted), {200}
    yield "unknown", walk.ask("GET", f"{kind}?favourite=blue", kind=kind, **strict), {400}


def value_of(kind: str, stated: Row) -> str:
    """A value for a parameter; a composite has one for each of its parts."""
    if stated["type"] != "composite" or kind not in HELD:
        return VALUES[stated["type"]]
    return "$".join(VALUES[each.kind] for each in known_parameters(kind)[stated["name"]].components)
