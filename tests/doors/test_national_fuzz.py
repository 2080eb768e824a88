"""Whatever is sent to the national base, the answer is ours: never an accident, and always in FHIR."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridor.fhir.parameters import known_parameters
from tests.doors.outcomes import issues
from tests.doors.running import FHIR_JSON, Node
from tests.doors.samples import FIRST, TYPES, Town

FUZZ = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
ANYWHERE = Town({each.lower(): "x" for each in FIRST})
ROLES = st.sampled_from(["programme", "clinician", "auditor", "operator", ""])
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "\x00",
            "..",
            "%",
            "$match",
            "_history",
            "_search",
            "x" * 70,
            "Patient",
            "\u202e",
            "\U0001f9ec",
            "1e999",
            "-1",
        ]
    ),
)
STEPS = st.one_of(TEXTS, st.sampled_from([*TYPES, "AuditEvent", "metadata", "Basic"]))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**65), 2**65), st.floats(), TEXTS,
    st.sampled_from(["2024-02-30", "2024-13", "0000", "9999-12-31T23:59:60Z", "urn:uuid:x", "Patient/x", "#y"]),
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            TEXTS | st.sampled_from(["resourceType", "id", "meta", "entry", "request", "url"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "accept",
            "content-type",
            "if-match",
            "if-none-match",
            "if-none-exist",
            "prefer",
            "traceparent",
            "x-request-id",
        ]
    ),
    st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
        st.sampled_from(["application/json", FHIR_JSON, 'W/"1"', "handling=strict", "identifier=a|b", "_id=x", "*/*"]),
    ),
    max_size=2,
)


@st.composite
def bent(draw: st.DrawFn) -> Any:
    """A good resource with one of its places replaced, removed or doubled."""
    resource = ANYWHERE.resource(draw(st.sampled_from(TYPES)))
    node: Any = resource
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return resource
        key = draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and draw(st.booleans()):
            node = node[key]
            continue
        change = draw(st.sampled_from(["replace", "remove", "list"]))
        if change == "remove":
            del node[key]
        else:
            node[key] = draw(JSON) if change == "replace" else [node[key], node[key]]
        return resource


@st.composite
def bundles(draw: st.DrawFn) -> Any:
    """A batch or transaction whose entries are half right."""
    urls = st.one_of(STEPS, st.sampled_from(["Patient/x", "Patient?_id=x", "Location", "Observation?code=%00"]))
    request = st.fixed_dictionaries(
        {"method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "x"]), "url": urls},
        optional={"ifMatch": TEXTS, "ifNoneExist": TEXTS, "ifNoneMatch": TEXTS},
    )
    entry = st.fixed_dictionaries({"request": request}, optional={"resource": bent() | JSON, "fullUrl": TEXTS})
    fitting = bent().map(
        lambda each: {"request": {"method": "POST", "url": each.get("resourceType")}, "resource": each}
    )
    kind = draw(st.sampled_from(["batch", "transaction"]))
    return {"resourceType": "Bundle", "type": kind, "entry": draw(st.lists(entry | fitting, max_size=4))}


def check(node: Node, method: str, path: str, body: Any, headers: dict[str, str], role: str) -> None:
    """Send it, and judge the answer."""
    sent = {"authorization": f"Bearer {node.tokens[role]}"} if role else {}
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    answer = node.send(method, path, content, {**sent, "content-type": FHIR_JSON, **headers})
    assert answer.status < 500, (method, path, headers, answer.body)
    if answer.status >= 400 and method != "HEAD":
        issues(answer)


@FUZZ
@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"]),
    st.lists(STEPS, max_size=5),
    JSON,
    HEADERS,
    ROLES,
)
def test_any_address(node: Node, method: str, steps: list[str], body: Any, headers: dict[str, str], role: str) -> None:
    path = "/fhir/" + "/".join(quote(each, safe="", errors="replace") for each in steps)
    check(node, method, path, None if method in {"GET", "HEAD"} else body, headers, role)


@FUZZ
@given(st.data(), st.sampled_from([*TYPES, "AuditEvent"]), HEADERS)
def test_any_search(node: Node, data: st.DataObject, resource_type: str, headers: dict[str, str]) -> None:
    names = st.sampled_from([*known_parameters(resource_type), "_count", "_sort", "_total", "_cursor", "_include", "x"])
    modifiers = st.sampled_from(["", "", "", ":not", ":missing", ":exact", ":contains", ":Patient", ":in"])
    values = st.one_of(
        TEXTS,
        st.sampled_from(["true", "0", "500", "accurate", "-date", "ge2024", "a|b", "|", "a,b", "x/y", "Patient/x"]),
    )
    pairs = data.draw(st.lists(st.tuples(st.builds(str.__add__, names, modifiers), values), max_size=4))
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs])
    role = "auditor" if resource_type == "AuditEvent" else "programme"
    check(node, "GET", f"/fhir/{resource_type}?{query}", None, headers, role)


@FUZZ
@given(bent(), HEADERS)
def test_any_resource(node: Node, resource: Any, headers: dict[str, str]) -> None:
    kind = resource.get("resourceType")
    check(node, "POST", f"/fhir/{kind if kind in TYPES else 'Patient'}", resource, headers, "programme")


@FUZZ
@given(bundles() | JSON | st.binary(max_size=60), HEADERS)
def test_any_bundle(node: Node, bundle: Any, headers: dict[str, str]) -> None:
    check(node, "POST", "/fhir", bundle, headers, "programme")


@FUZZ
@given(
    st.sampled_from(["$match", "x/$pull-history", "x/$withdraw-consent"]),
    st.fixed_dictionaries(
        {"resourceType": st.just("Parameters")},
        optional={"parameter": st.lists(st.fixed_dictionaries(
            {"name": st.sampled_from(["resource", "count", "onlyCertainMatches", "purpose", "deadline"])},
            optional={"resource": bent(), "valueInteger": SCALARS, "valueDecimal": SCALARS, "valueCode": SCALARS},
        ), max_size=3)},
    ) | JSON,
    ROLES,
)  # fmt: skip
def test_any_operation(node: Node, operation: str, body: Any, role: str) -> None:
    check(node, "POST", f"/fhir/Patient/{operation}", body, {}, role)
