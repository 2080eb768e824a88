"""XML, indented answers, packed bodies and HEAD at every door of the national base."""

from __future__ import annotations

import gzip
import json
import zlib
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree

from corridor.fhir.xml import from_xml, to_xml
from tests.doors.outcomes import issues, refused
from tests.doors.running import FHIR_JSON, MAX_BODY_BYTES, Node, Reply
from tests.doors.samples import TYPES, Town

XML = "application/fhir+xml"
SPACE = {"f": "http://hl7.org/fhir"}


def tree(answer: Reply) -> Any:
    """The root of an answer in XML."""
    assert answer.headers["content-type"] == "application/fhir+xml; charset=utf-8", answer
    assert int(answer.headers.get("content-length", len(answer.body))) == len(answer.body)
    return etree.fromstring(answer.body)


def same(first: bytes, second: bytes) -> bool:
    """Whether two resources in JSON say the same."""
    return bool(json.loads(first, parse_float=str) == json.loads(second, parse_float=str))


@pytest.mark.parametrize("resource_type", TYPES)
def test_every_type_is_written_and_read_in_xml(node: Node, town: Town, resource_type: str) -> None:
    sent = to_xml(json.dumps(town.resource(resource_type)).encode())
    made = node.ask("POST", f"/fhir/{resource_type}", sent, content_type=XML, accept=XML)
    assert made.status == 201, made.body
    logical_id = tree(made).find("f:id", SPACE).get("value")
    read = node.get(f"{resource_type}/{logical_id}")
    assert same(from_xml(made.body), read.body)
    assert same(from_xml(node.get(f"{resource_type}/{logical_id}?_format=xml").body), read.body)
    changed = to_xml(read.body)
    written = node.ask("PUT", f"/fhir/{resource_type}/{logical_id}", changed, content_type="text/xml; charset=utf-8")
    assert (written.status, written.headers["content-type"]) == (200, f"{FHIR_JSON}; charset=utf-8")
    listed = tree(node.get(f"{resource_type}?_id={logical_id}", accept="application/xml"))
    assert listed.tag == "{http://hl7.org/fhir}Bundle"
    assert listed.find(f"f:entry/f:resource/f:{resource_type}/f:id", SPACE).get("value") == logical_id


def test_a_transaction_a_search_by_post_and_the_statement_speak_xml(node: Node, town: Town) -> None:
    entry = {"resource": town.resource("Patient"), "request": {"method": "POST", "url": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    done = node.ask("POST", "/fhir", to_xml(json.dumps(bundle).encode()), content_type=XML, accept=XML)
    assert tree(done).find("f:entry/f:response/f:status", SPACE).get("value") == "201 Created"
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert tree(node.ask("POST", "/fhir/Patient/_search", b"_count=1", accept=XML, **form)) is not None
    assert tree(node.ask("POST", "/fhir/Patient/_search", b"_count=1&_format=xml", **form)) is not None
    refused(node.ask("POST", "/fhir/Patient/_search", b"_format=ttl", **form), 406, "not-supported")
    assert tree(node.send("GET", "/fhir/metadata?_format=application/fhir%2Bxml")).tag.endswith("CapabilityStatement")


def test_refusals_are_in_xml_too(node: Node) -> None:
    for answer in (
        node.get("Patient/nobody", accept=XML),
        node.send("GET", "/fhir/Patient", None, {"accept": XML}),
        node.get("Patient?shoe=1&_format=xml", prefer="handling=strict"),
        node.ask("POST", "/fhir/Patient", b"<Patient", content_type=XML, accept=XML),
        node.send("GET", "/fhir/a/b/c/d/e", None, {"accept": XML}),
        node.send("DELETE", "/fhir/metadata", None, {"accept": XML}),
        node.ask("POST", "/fhir/Patient", b"x", content_type=XML, content_encoding="br", accept=XML),
    ):
        assert answer.status >= 400
        assert tree(answer).find("f:issue/f:severity", SPACE).get("value") == "error"


def test_what_xml_cannot_say_is_refused_with_reasons(node: Node, town: Town) -> None:
    made = node.make(town.resource("Patient") | {"name": [{"family": "a\uffff"}]})
    answer = node.get(f"Patient/{made}", accept=XML)
    assert answer.status == 406
    assert "ask for JSON" in tree(answer).find("f:issue/f:diagnostics", SPACE).get("value")
    assert node.get(f"Patient/{made}").status == 200


def test_answers_can_be_indented(node: Node, town: Town) -> None:
    made = node.make(town.resource("Patient"))
    pretty = node.get(f"Patient/{made}?_pretty=true")
    assert pretty.body.startswith(b'{\n  "resourceType"')
    assert same(pretty.body, node.get(f"Patient/{made}?_pretty=false").body)
    assert b"\n  <id " in node.get(f"Patient/{made}?_pretty=true&_format=xml").body


# ---------------------------------------------------------------- gzip


def test_a_long_answer_is_packed_for_who_can_unpack_it(node: Node) -> None:
    plain = node.send("GET", "/fhir/metadata")
    packed = node.send("GET", "/fhir/metadata", None, {"accept-encoding": "br, gzip;q=0.5"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert same(gzip.decompress(packed.body), plain.body)
    xml = node.send("GET", "/fhir/metadata?_format=xml", None, {"accept-encoding": "gzip"})
    assert gzip.decompress(xml.body).startswith(b"<?xml")
    for refusal in ("gzip;q=0", "gzip;q=0.0", "identity", "br"):
        answer = node.send("GET", "/fhir/metadata", None, {"accept-encoding": refusal})
        assert "content-encoding" not in answer.headers
    page = node.send("GET", "/", None, {"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"


def test_a_packed_body_is_unpacked(node: Node, town: Town) -> None:
    raw = json.dumps(town.resource("Patient")).encode()
    for encoding in ("gzip", "x-gzip", "GZIP"):
        answer = node.ask("POST", "/fhir/Patient", gzip.compress(raw), content_encoding=encoding)
        assert answer.status == 201, answer.body
    parts = gzip.compress(raw[:50]) + gzip.compress(raw[50:])
    assert node.ask("POST", "/fhir/Patient", parts, content_encoding="gzip").status == 201
    xml = gzip.compress(to_xml(raw))
    assert node.ask("POST", "/fhir/Patient", xml, content_encoding="gzip", content_type=XML).status == 201
    assert node.ask("POST", "/fhir/Patient", raw, content_encoding="identity").status == 201


def test_a_bomb_is_stopped(node: Node) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join([*(bomb.compress(b" " * 2**20) for _ in range(200)), bomb.flush()])
    assert len(packed) < MAX_BODY_BYTES
    for kind in (FHIR_JSON, XML):
        answer = node.ask("POST", "/fhir/Patient", packed, content_encoding="gzip", content_type=kind)
        refused(answer, 413, "too-long")


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (gzip.compress(b"{}")[:-4], "gzip", 400, "structure"),
        (gzip.compress(b"{}") + b"more", "gzip", 400, "structure"),
        (b"{}", "gzip", 400, "structure"),
        (b"", "gzip", 400, "structure"),
        (zlib.compress(b"{}"), "deflate", 415, "not-supported"),
        (b"{}", "br", 415, "not-supported"),
        (gzip.compress(gzip.compress(b"{}")), "gzip, gzip", 415, "not-supported"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(node: Node, body: bytes, encoding: str, status: int, code: str) -> None:
    refused(node.ask("POST", "/fhir/Patient", body, content_encoding=encoding), status, code)


# ---------------------------------------------------------------- HEAD and connections


def test_head_says_what_get_says_without_saying_it(node: Node, town: Town) -> None:
    patient = town.ids["patient"]
    for path in (
        "metadata",
        "Patient",
        f"Patient/{patient}",
        f"Patient/{patient}/_history",
        f"Patient/{patient}/_history/1",
        "Patient/_history",
        f"Patient?_id={quote(patient)}&_format=xml",
        "Patient/nobody",
    ):
        got, head = node.get(path), node.ask("HEAD", f"/fhir/{path}")
        assert (head.status, head.body) == (got.status, b""), path
        told = {name: head.headers.get(name) for name in ("content-type", "etag", "last-modified")}
        assert told == {name: got.headers.get(name) for name in told}


def test_a_connection_is_kept_for_the_next_request(node: Node) -> None:
    connection = HTTPConnection("127.0.0.1", node.port, timeout=30)
    token = {"authorization": f"Bearer {node.tokens['programme']}", "content-type": FHIR_JSON}
    try:
        connection.connect()
        first = connection.sock
        for method, path, body in (
            ("GET", "/fhir/metadata", None),
            ("GET", "/fhir/Patient/nobody", None),
            ("POST", "/fhir/Patient", b"{"),
            ("HEAD", "/fhir/Patient", None),
            ("PATCH", "/fhir/Patient/nobody", b"{}"),
            ("GET", "/fhir/Patient?_format=xml", None),
        ):
            connection.request(method, path, body, token)
            connection.getresponse().read()
            assert connection.sock is first, path
    finally:
        connection.close()


def test_other_methods_and_formats_are_refused_by_name(node: Node, town: Town) -> None:
    one = f"/fhir/Patient/{town.ids['patient']}"
    answer = node.ask("POST", one, {})
    refused(answer, 405, "not-supported")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, PATCH, PUT"
    refused(node.get("Patient", accept="text/turtle"), 406, "not-supported")
    refused(node.get("Patient?_format=ttl"), 406, "not-supported")
    refused(node.ask("POST", "/fhir/Patient", b"{}", content_type="text/plain"), 415, "not-supported")
    latin = node.ask("POST", "/fhir/Patient", b"{}", content_type="application/fhir+xml; charset=latin1")
    assert issues(latin)
    assert latin.status == 415


@pytest.mark.parametrize(
    ("method", "path", "header", "names"),
    [
        ("POST", "/fhir/Patient", "accept-post", "application/fhir+json"),
        ("POST", "/fhir/Patient/_search", "accept-post", "application/x-www-form-urlencoded"),
        ("POST", "/fhir/$import", "accept-post", "application/fhir+ndjson"),
        ("PATCH", "/fhir/Patient/any", "accept-patch", "application/json-patch+json"),
        ("PATCH", "/fhir/Patient/any", "accept-patch", "application/fhir+xml"),
        ("PUT", "/fhir/Patient/any", "accept", "application/fhir+xml"),
    ],
)
def test_who_sends_what_is_not_read_is_told_what_is(
    method: str, path: str, header: str, names: str, node: Node
) -> None:
    answer = node.ask(method, path, b"a,b", content_type="text/csv", prefer="respond-async")
    assert answer.status == 415
    assert names in answer.headers[header].split(", ")


def test_formats_and_packing_are_named_in_any_letters(node: Node, town: Town) -> None:
    path = f"/fhir/Patient/{town.ids['patient']}"
    assert node.ask("GET", path, accept="Application/FHIR+XML").headers["content-type"].startswith(XML)
    body = b'<Patient xmlns="http://hl7.org/fhir"><active value="true"/></Patient>'
    assert node.ask("POST", "/fhir/Patient", body, content_type="Application/FHIR+XML").status == 201
    assert node.get("metadata", accept_encoding="GZIP").headers["content-encoding"] == "gzip"


def test_a_whole_number_that_json_writes_with_a_point_comes_back_from_xml(node: Node) -> None:
    patient = node.make({"resourceType": "Patient", "multipleBirthInteger": 2.0})
    told = node.get(f"Patient/{patient}", accept=XML)
    assert b'<multipleBirthInteger value="2"/>' in told.body
    assert node.ask("PUT", f"/fhir/Patient/{patient}", told.body, content_type=XML).status == 200
