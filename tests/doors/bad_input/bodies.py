"""Bodies of a create: numbers, texts, depth, cardinality, choices, contained resources, narratives, packing."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

from tests.doors.bad_input.row import FHIR_JSON, Row, post

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'
OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "Peso"}}


def person(**more: Any) -> dict[str, Any]:
    """A Patient who is good but for what is given."""
    return {"resourceType": "Patient", "name": [{"family": "Urdaneta"}], **more}


def raw(inner: str) -> str:
    """A Patient with something that `json` would not write."""
    return f'{{"resourceType":"Patient","name":[{{"family":"Urdaneta"}}],{inner}}}'


def weight(number: str) -> str:
    """A body weight written as it is given."""
    return json.dumps(OBSERVATION | {"valueQuantity": {"value": 0}}).replace(": 0", f": {number}")


def observed(**more: Any) -> dict[str, Any]:
    """An Observation that is good but for what is given."""
    return OBSERVATION | more


def narrative(inner: str) -> dict[str, Any]:
    """A Patient whose narrative holds something."""
    return person(text={"status": "generated", "div": DIV.format(inner)})


def nested(levels: int) -> str:
    """Extensions within extensions."""
    return raw(
        '"extension":[' + '{"url":"u","extension":[' * levels + '{"url":"u","valueCode":"a"}' + "]}" * levels + "]"
    )


def bomb(times: int) -> bytes:
    """Blanks of so many megabytes, packed."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(b" " * 2**20) for _ in range(times)), packer.flush()])


AT = {"path": "/Observation"}
PACKED: dict[str, Any] = {"headers": {"content-encoding": "gzip"}}
NUMBERS = (
    post("1e999999", weight("1e999999"), **AT),
    post("minus 1e999999", weight("-1e999999"), **AT),
    post("a hundred thousand digits", weight("1" * 100_000), **AT),
    post("a number in hexadecimal", weight("0x10"), **AT),
    post("a number that starts with a point", weight(".5"), **AT),
    post("a number that ends with a point", weight("5."), **AT),
    post("a number with a comma", weight("72,5"), **AT),
    post("a number with a bare exponent", weight("1e"), **AT),
    post("minus infinity", weight("-Infinity"), **AT),
    post("a number with an underscore", weight("1_000"), **AT),
    post("a number in Arabic digits", weight("\u0661\u0662"), **AT),
    post("a number that is a text", weight('"72.50"'), 400, "structure", at="Observation.valueQuantity.value", **AT),
    post("a number that is true", weight("true"), 400, "structure", at="Observation.valueQuantity.value", **AT),
    post("a number that is a list", weight("[72.5]"), 400, "structure", at="Observation.valueQuantity.value", **AT),
    post("a whole number with a fraction", raw('"multipleBirthInteger":1.5'), at="Patient.multipleBirthInteger"),
    post("a whole number beyond 32 bits", raw('"multipleBirthInteger":2147483648'), 400, "value"),
    post("a rank of nought", person(telecom=[{"system": "phone", "value": "1", "rank": 0}]), 400, "value"),
    post("a rank of minus one", person(telecom=[{"system": "phone", "value": "1", "rank": -1}]), 400, "value"),
)
TEXTS = (
    post("a lone low surrogate", raw('"language":"\\udc00"')),
    post("half an escape", raw('"language":"\\u00"')),
    post("an escape that is none", raw('"language":"\\x41"')),
    post("a raw line break in a text", raw('"language":"a\nb"')),
    post("a raw zero byte in a text", raw('"language":"a\0b"')),
    post("an escaped zero byte", raw('"language":"a\\u0000"'), 400, "invalid"),
    post("a bell", raw('"language":"a\\u0007"'), 400, "invalid"),
    post("a zero byte after the body", raw('"active":true') + "\0"),
    post("a zero byte before the body", "\0" + raw('"active":true')),
    post("UTF-16 without a mark", raw('"active":true').encode("utf-16-le")),
    post("UTF-32", raw('"active":true').encode("utf-32")),
    post("a surrogate in UTF-8", raw('"active":true').encode()[:-1] + b',"language":"\xed\xa0\x80"}'),
    post("a byte that never is in UTF-8", raw('"active":true').encode()[:-1] + b',"language":"\xff"}'),
    post("a code with a blank in front", person(language=" es"), 400, "value", at="Patient.language"),
    post("a code with two blanks", person(language="es  PE"), 400, "value", at="Patient.language"),
    post("a code of a line break", person(language="\n"), 400, "value", at="Patient.language"),
    post("a URI with a blank", person(implicitRules="urn:x y"), 400, "value", at="Patient.implicitRules"),
    post("an empty family name", person(name=[{"family": ""}]), 400, "value", at="Patient.name[0].family"),
    post("a system that is empty", person(identifier=[{"system": "", "value": "1"}]), 400, "value"),
    post(
        "an OID that is none",
        observed(valueQuantity={"value": 1}, extension=[{"url": "u", "valueOid": "1.2"}]),
        400,
        "value",
        **AT,
    ),
    post(
        "a UUID in capitals",
        person(extension=[{"url": "u", "valueUuid": "urn:uuid:" + "A" * 8 + "-0000-0000-0000-" + "0" * 12}]),
        400,
        "value",
    ),
)
DEPTH = (
    post("sixty levels of extensions", nested(60)),
    post("thirty thousand levels of extensions", nested(30_000), 413, "too-long"),
    post("a thousand levels of lists", raw('"name":' + "[" * 1000 + "]" * 1000)),
    post("brackets that never close", "[" * 100_000),
    post("braces that never close", '{"a":' * 50_000),
    post("a hundred thousand names", person(name=[{"text": "a"}] * 100_000), 413, "too-long"),
    post("ten thousand numbers for names", person(name=[1] * 10_000)),
    post("a very long text and no end", raw('"language":"' + "a" * 200_000)),
    post("ten thousand keys", raw(",".join(f'"k{n}":1' for n in range(10_000)))),
)
SHAPES = (
    post("a Patient in a list", [person()], 400, "invalid"),
    post("true", "true", 400, "invalid"),
    post("nothing but null", "null", 400, "invalid"),
    post("a resource type that is null", {"resourceType": None}, 400, "invalid", at="resourceType"),
    post("a resource type that is a list", {"resourceType": ["Patient"]}, 400, "invalid", at="resourceType"),
    post("a resource type that is empty", {"resourceType": ""}, 400, "not-supported", at="resourceType"),
    post("a resource type with a blank", {"resourceType": "Patient "}, 400, "not-supported", at="resourceType"),
    post("an abstract resource type", {"resourceType": "DomainResource"}, 400, "not-supported", at="resourceType"),
    post("nothing but a type", {"resourceType": "Observation"}, 400, "required", at="Observation.status", **AT),
    post("two genders", person(gender=["male", "female"]), 400, "code-invalid", at="Patient.gender"),
    post("one name where names belong", person(name={"family": "Urdaneta"}), at="Patient.name"),
    post("no names in a list", person(name=[]), at="Patient.name"),
    post("a name that is empty", person(name=[{}]), at="Patient.name[0]"),
    post("a name that is null", person(name=[None]), at="Patient.name[0]"),
    post("names in names", person(name=[[{"family": "Urdaneta"}]]), at="Patient.name[0]"),
    post("a given name that is a number", person(name=[{"given": [7]}]), at="Patient.name[0].given[0]"),
    post("a text for a concept", observed(code="Peso"), at="Observation.code", **AT),
    post("codings that are texts", observed(code={"coding": ["8302-2"]}), at="Observation.code.coding[0]", **AT),
    post("meta that is a text", person(meta="1"), at="Patient.meta"),
    post("tags that are texts", person(meta={"tag": ["a"]}), at="Patient.meta.tag[0]"),
    post("a profile that is an object", person(meta={"profile": [{"url": "u"}]}), at="Patient.meta.profile[0]"),
    post("an id that is a list", person(id=["a"]), at="Patient.id"),
    post("an id with a slash in the body", person(id="a/b"), 400, "value", at="Patient.id"),
    post("an id with an umlaut", person(id="ä"), 400, "value", at="Patient.id"),
    post("an id of 65 letters in the body", person(id="a" * 65), 400, "value", at="Patient.id"),
    post("an underscore without its element", person(_gender="x"), at="Patient._gender"),
    post("an underscore of an element of parts", person(_name=[{"id": "a"}]), at="Patient._name"),
    post("a comment in the old way", person(fhir_comments=["a"]), at="Patient.fhir_comments"),
    post("an element in capitals", person(Gender="female"), at="Patient.Gender"),
    post("an element of another type", person(status="final"), at="Patient.status"),
    post("an element of another version", person(animal={"species": {"text": "dog"}}), at="Patient.animal"),
    post("a choice without its type", observed(value=1), at="Observation.value", **AT),
    post("a choice of a type that is not allowed", observed(valueAge={"value": 1}), at="Observation.valueAge", **AT),
    post("two values", observed(valueString="a", valueBoolean=True), at="Observation.value", **AT),
    post(
        "two times",
        observed(effectiveDateTime="2024", effectivePeriod={"start": "2024"}),
        at="Observation.effective",
        **AT,
    ),
    post(
        "a value and the reason for none",
        observed(valueString="a", dataAbsentReason={"text": "b"}),
        400,
        "invariant",
        **AT,
    ),
    post(
        "an extension with value and extensions",
        person(extension=[{"url": "u", "valueCode": "a", "extension": [{"url": "v", "valueCode": "b"}]}]),
        400,
        "invariant",
    ),
    post("an extension with neither", person(extension=[{"url": "u"}]), 400, "invariant"),
    post("an extension of two values", person(extension=[{"url": "u", "valueCode": "a", "valueString": "b"}])),
    post(
        "a contact without anybody", person(contact=[{"gender": "female"}]), 400, "invariant", at="Patient.contact[0]"
    ),
    post(
        "a period that ends before it starts",
        person(name=[{"text": "a"}]) | {"resourceType": "Patient", "link": []},
        at="Patient.link",
    ),
)
_DAYS = tuple(
    post(f"a birth date of {said}", person(birthDate=date), 400, "value", at="Patient.birthDate")
    for said, date in {
        "13 months": "1991-13-01",
        "31 April": "1991-04-31",
        "29 February 1900": "1900-02-29",
        "year nought": "0000-01-01",
        "five digits": "10000-01-01",
        "one digit a month": "1991-4-1",
        "slashes": "1991/04/17",
        "a week": "1991-W16-3",
        "a day of the year": "1991-107",
        "a time": "1991-04-17T00:00:00Z",
        "a zone": "1991-04-17Z",
        "a blank": "1991-04-17 ",
        "no hyphens": "19910417",
        "a word": "quizas",
        "Arabic digits": "\u0661\u0669\u0669\u0661",
    }.items()
)
_TIMES = tuple(
    post(f"a time of {said}", observed(effectiveDateTime=at), 400, "value", at="Observation.effectiveDateTime", **AT)
    for said, at in {
        "no zone": "2024-03-01T10:00:00",
        "hour 24": "2024-03-01T24:00:00Z",
        "minute 60": "2024-03-01T10:60:00Z",
        "second 61": "2024-03-01T10:00:61Z",
        "zone 15": "2024-03-01T10:00:00+15:00",
        "a blank in the middle": "2024-03-01 10:00:00Z",
        "minutes alone": "2024-03-01T10:00Z",
        "a lower t": "2024-03-01t10:00:00Z",
        "ten digits of a second": "2024-03-01T10:00:00.0123456789Z",
        "a comma": "2024-03-01T10:00:00,5Z",
    }.items()
)
REFERENCES = (
    post("a reference with a blank", observed(subject={"reference": "Patient/a b"}), 400, "value", **AT),
    post("a reference to a type of another name", observed(subject={"reference": "Sheep/1"}), 400, "value", **AT),
    post(
        "a reference to what may not be a subject", observed(subject={"reference": "Observation/1"}), 400, "value", **AT
    ),
    post(
        "a reference with an id of 65 letters",
        observed(subject={"reference": "Patient/" + "a" * 65}),
        400,
        "value",
        **AT,
    ),
    post("a reference that climbs", observed(subject={"reference": "../../etc/passwd"}), 400, "value", **AT),
    post("a reference that is empty", observed(subject={"reference": ""}), 400, "value", **AT),
    post("a subject that is a list", observed(subject=[{"reference": "Patient/1"}]), at="Observation.subject", **AT),
    post(
        "a fragment of nothing",
        observed(contained=[{"resourceType": "Patient", "id": "p"}], subject={"reference": "#q"}),
        400,
        "invariant",
        **AT,
    ),
    post(
        "contained without an id",
        person(contained=[{"resourceType": "Practitioner", "active": True}]),
        400,
        "invariant",
    ),
    post(
        "contained twice of one id",
        person(contained=[{"resourceType": "Practitioner", "id": "a"}] * 2),
        400,
        "invariant",
    ),
    post(
        "contained in contained",
        person(
            contained=[
                {"resourceType": "Practitioner", "id": "a", "contained": [{"resourceType": "Patient", "id": "b"}]}
            ]
        ),
        400,
        "invariant",
    ),
    post("contained of no type", person(contained=[{"id": "a"}])),
    post("contained of an unknown type", person(contained=[{"resourceType": "Sheep", "id": "a"}])),
    post("contained that is a text", person(contained=["Practitioner"]), at="Patient.contained[0]"),
    post(
        "contained with an unknown element",
        person(contained=[{"resourceType": "Practitioner", "id": "a", "shoe": 1}]),
        at="Patient.contained[0].shoe",
    ),
    post(
        "contained with a bad code",
        person(contained=[{"resourceType": "Practitioner", "id": "a", "gender": "femenino"}]),
        400,
        "code-invalid",
    ),
)
_WRITTEN = tuple(
    post(f"a narrative with {said}", narrative(inner), 400, "invariant", at="Patient.text.div")
    for said, inner in {
        "a script": "<script>alert(1)</script>",
        "a script in capitals": "<SCRIPT SRC='x'></SCRIPT>",
        "a frame": "<iframe src='x'></iframe>",
        "a form": "<form><input/></form>",
        "an object": "<object data='x'></object>",
        "a click": "<p onclick='a()'>a</p>",
        "an error": "<img src='x' onerror='a()'/>",
        "a script for a link": "<a href='javascript:a()'>a</a>",
        "an instruction": "<?php a ?>",
        "a document type": "<!DOCTYPE a>",
        "a drawing": "<svg></svg>",
        "a base": "<base href='x'/>",
    }.items()
)
NARRATIVES = (
    *_WRITTEN,
    post("a narrative that is no div", person(text={"status": "generated", "div": "<p>a</p>"}), 400, "invariant"),
    post("a narrative that is plain", person(text={"status": "generated", "div": "a"}), 400, "invariant"),
    post(
        "a narrative without a status", person(text={"div": DIV.format("a")}), 400, "required", at="Patient.text.status"
    ),
    post(
        "a narrative of a strange status", person(text={"status": "nice", "div": DIV.format("a")}), 400, "code-invalid"
    ),
)
PACKING = (
    post("a bomb", bomb(100), 413, "too-long", **PACKED),
    post(
        "a bomb in XML",
        bomb(100),
        413,
        "too-long",
        headers={"content-encoding": "gzip", "content-type": "application/fhir+xml"},
    ),
    post("a bomb in pieces", bomb(100), 413, "too-long", chunked=True, **PACKED),
    post("a body that is packed twice", gzip.compress(gzip.compress(b"{}")), **PACKED),
    post(
        "a body that is packed twice and says so",
        b"{}",
        415,
        "not-supported",
        headers={"content-encoding": "gzip, gzip"},
    ),
    post("a body that says it is packed", person(), **PACKED),
    post("half a packed body", gzip.compress(json.dumps(person()).encode())[:-9], **PACKED),
    post("a packed body with a wrong sum", gzip.compress(b'{"resourceType":"Patient"}')[:-8] + b"\0" * 8, **PACKED),
    post("a packed body and more", gzip.compress(b"{}") + b"Urdaneta", **PACKED),
    post("no packed body", b"", **PACKED),
    post("a packed body of nothing", gzip.compress(b""), **PACKED),
    post("a packed body of no JSON", gzip.compress(b"{"), **PACKED),
    post("brotli", b"\x0b\x02\x80{}\x03", 415, "not-supported", headers={"content-encoding": "br"}),
    post("deflate", zlib.compress(b"{}"), 415, "not-supported", headers={"content-encoding": "deflate"}),
    post("zstandard", b"(\xb5/\xfd", 415, "not-supported", headers={"content-encoding": "zstd"}),
    post("a packing of no name", b"{}", 415, "not-supported", headers={"content-encoding": "*"}),
    post("too large in one", person(photo=[{"data": "QUJD" * 70_000}]), 413, "too-long"),
    post("too large in pieces", person(photo=[{"data": "QUJD" * 70_000}]), 413, "too-long", chunked=True),
)
TYPES = (
    post("no media type", person(), 415, "not-supported", headers={"content-type": None}),
    post("an empty media type", person(), 415, "not-supported", headers={"content-type": ""}),
    post(
        "a form for a resource",
        "family=Urdaneta",
        415,
        "not-supported",
        headers={"content-type": "application/x-www-form-urlencoded"},
    ),
    post(
        "JSON in Latin-1", person(), 415, "not-supported", headers={"content-type": f"{FHIR_JSON}; charset=iso-8859-1"}
    ),
    post("JSON in UTF-16", person(), 415, "not-supported", headers={"content-type": f"{FHIR_JSON}; charset=utf-16"}),
    post("JSON of R5", person(), 415, "not-supported", headers={"content-type": f"{FHIR_JSON}; fhirVersion=5.0"}),
    post("JSON of DSTU2", person(), 415, "not-supported", headers={"content-type": f"{FHIR_JSON}; fhirVersion=1.0"}),
    post("ndjson for a resource", person(), 415, "not-supported", headers={"content-type": "application/fhir+ndjson"}),
    post("a patch for a resource", "[]", 415, "not-supported", headers={"content-type": "application/json-patch+json"}),
    post("turtle", "a b c.", 415, "not-supported", headers={"content-type": "text/turtle"}),
    post("parts of a form", "--a--", 415, "not-supported", headers={"content-type": "multipart/form-data; boundary=a"}),
    post("two media types", person(), 415, "not-supported", headers={"content-type": f"{FHIR_JSON}, text/plain"}),
    post("JSON that is XML", person(), 400, "structure", headers={"content-type": "application/fhir+xml"}),
)

ROWS: tuple[Row, ...] = (
    *NUMBERS, *TEXTS, *DEPTH, *SHAPES, *_DAYS, *_TIMES, *REFERENCES, *NARRATIVES, *PACKING, *TYPES
)  # fmt: skip
