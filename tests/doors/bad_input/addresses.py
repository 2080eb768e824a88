"""Addresses and headers: parameters of every kind, encodings, ids, formats, tags, and who asks."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.doors.bad_input.row import Row, form, get, send

STRICT = {"prefer": "handling=strict"}
LONG = "a" * 3000


def strict(name: str, path: str, code: str = "not-supported") -> Row:
    """A search that wants to be refused where it is not understood."""
    return get(name, path, 400, code, headers=STRICT)


def asks(name: str, authorization: str) -> Row:
    """A read by who says to be somebody."""
    return get(name, "/Patient/{patient}", 401, "login", role="", headers={"authorization": authorization})


def wants(name: str, accept: str, path: str = "/Patient/{patient}") -> Row:
    """A read in another format."""
    return get(name, path, 406, "not-supported", headers={"accept": accept})


UNKNOWN = (
    strict("a misspelt parameter", "/Patient?identifer=1"),
    strict("a parameter in capitals", "/Patient?Identifier=1"),
    strict("a parameter of another type's", "/Patient?status=final"),
    strict("a parameter with a blank in front", "/Patient?%20identifier=1"),
    strict("a parameter without a name", "/Patient?=1"),
    strict("a parameter of another server", "/Patient?_lastUpdatedBy=1"),
    strict("a page number", "/Patient?page=2"),
    strict("_getpages", "/Patient?_getpages=abc"),
    strict("a language", "/Patient?_language=es"),
    get("a modifier of no kind", "/Patient?family:like=a", 400, "not-supported"),
    get("a modifier that is empty", "/Patient?family:=a", 400, "not-supported"),
    get("two modifiers", "/Patient?family:exact:contains=a", 400, "not-supported"),
    get("a text's modifier on a date", "/Patient?birthdate:exact=1991", 400, "not-supported"),
    get("a token's modifier on a text", "/Patient?family:of-type=a|b|c", 400, "not-supported"),
    get("a reference's modifier on a token", "/Patient?gender:identifier=a", 400, "not-supported"),
    get("a type for a modifier that is none", "/Observation?subject:Sheep=1", 400, "not-supported"),
    get("a type for a modifier that is no target", "/Observation?subject:Medication=1", 400, "invalid"),
    get("missing with a word", "/Patient?gender:missing=perhaps", 400, "invalid"),
    get("missing with nothing", "/Patient?gender:missing=", 400, "invalid"),
    get("missing in capitals", "/Patient?gender:missing=TRUE", 400, "invalid"),
    get("of-type of two parts", "/Patient?identifier:of-type=a|b", 400, "invalid"),
    get("of-type of four parts", "/Patient?identifier:of-type=a|b|c|d", 400, "invalid"),
    get("in a value set of no address", "/Observation?code:in=", 400, "invalid"),
    get("in a value set that is not here", "/Observation?code:in=http://example.org/vs", 400, "not-supported"),
)
VALUES = (
    *(
        get(f"a search by a birth date {said}", f"/Patient?birthdate={value}", 400, "invalid")
        for said, value in {
            "of 13 months": "1991-13",
            "of 31 April": "1991-04-31",
            "of year nought": "0000",
            "of five digits": "19910",
            "of slashes": "1991/04/17",
            "of a word": "quizas",
            "of nothing but a prefix": "ge",
            "of two prefixes": "gege1991",
            "with a blank": "1991-04-17%20",
            "of hour 25": "1991-04-17T25:00:00Z",
            "of hours alone": "1991-04-17T10",
            "of Arabic digits": "%D9%A1%D9%A9%D9%A9%D9%A1",
            "of a fraction": "1991.5",
            "beyond all": "99999-01-01",
            "of nothing": "",
            "with a capital prefix": "GE1991",
        }.items()
    ),
    *(
        get(f"an amount {said}", f"/Observation?value-quantity={value}", 400, "invalid")
        for said, value in {
            "of a word": "mucho",
            "of a comma alone": ",",
            "of two parts": "5|http://unitsofmeasure.org",
            "of four parts": "5|a|b|c",
            "of nothing but a unit": "||mg",
            "that is NaN": "NaN",
            "that is infinite": "Infinity",
            "beyond all": "1e999999",
            "in hexadecimal": "0x10",
            "of nothing but a prefix": "ge",
            "of nothing": "",
            "of Arabic digits": "%D9%A5",
            "with an underscore": "1_000",
        }.items()
    ),
    strict("a token of three parts", "/Patient?identifier=a|b|c", "invalid"),
    strict("a token of three parts among others", "/Patient?identifier=a,a|b|c", "invalid"),
    strict("a truth value that is none", "/Patient?active=perhaps", "invalid"),
    strict("a truth value in capitals", "/Patient?active=TRUE", "invalid"),
    strict("an id that none can have", "/Patient?_id=a_b", "invalid"),
    strict("an id that is too long", "/Patient?_id=" + "a" * 65, "invalid"),
    strict("an id of a reference that none can have", "/Observation?patient._id=a_b", "invalid"),
    get("a token of a bar alone", "/Patient?identifier=|", 400, "invalid"),
    get("a token of commas", "/Patient?identifier=,,", 400, "invalid"),
    get("a gender with a zero byte", "/Patient?gender=a%00", 400, "invalid"),
    get("a reference of two slashes", "/Observation?subject=Patient//1", 400, "invalid"),
    get("a reference to a type that is none", "/Observation?subject=Sheep/1", 400, "invalid"),
    get("a reference to a type that is no target", "/Observation?patient=Medication/1", 400, "invalid"),
    get("a reference of an id that is none", "/Observation?patient=a_b", 400, "invalid"),
    get("an id of nothing", "/Patient?_id=", 400, "invalid"),
    get("a last change of a word", "/Patient?_lastUpdated=ayer", 400, "invalid"),
    get("a composite of one part", "/Observation?code-value-quantity=8302-2", 400, "invalid"),
    get("a composite of three parts", "/Observation?code-value-quantity=a$1$2", 400, "invalid"),
    get("a composite of a bad second part", "/Observation?code-value-quantity=8302-2$mucho", 400, "invalid"),
    get("a text of nothing", "/Patient?family=", 400, "invalid"),
    get("a text of blanks", "/Patient?family=%20%20", 400, "invalid"),
    get("a text with a bell", "/Patient?family=a%07", 400, "invalid"),
)
RESULTS = (
    get("a count of a word", "/Patient?_count=all", 400, "invalid"),
    get("a count of minus one", "/Patient?_count=-1", 400, "invalid"),
    get("a count of a fraction", "/Patient?_count=1.5", 400, "invalid"),
    get("a count of nothing", "/Patient?_count=", 400, "invalid"),
    get("a count twice", "/Patient?_count=1&_count=2", 400, "invalid"),
    get("a count with a plus", "/Patient?_count=%2B5", 400, "invalid"),
    get("an order of nothing", "/Patient?_sort=", 400, "invalid"),
    strict("an order of a minus", "/Patient?_sort=-"),
    strict("an order by a modifier", "/Patient?_sort:desc=birthdate"),
    get("an order twice", "/Patient?_sort=birthdate&_sort=family", 400, "invalid"),
    strict("an order by what is not known", "/Patient?_sort=shoe"),
    get("a total of a word", "/Patient?_total=many", 400, "invalid"),
    get("a total twice", "/Patient?_total=none&_total=accurate", 400, "invalid"),
    get("a summary of a word", "/Patient?_summary=short", 400, "invalid"),
    get("a summary twice", "/Patient?_summary=true&_summary=data", 400, "invalid"),
    get("elements of nothing", "/Patient?_elements=", 400, "invalid"),
    strict("elements that are none", "/Patient?_elements=shoe"),
    get("elements and a summary", "/Patient?_elements=name&_summary=true", 400, "invalid"),
    get("an include of nothing", "/Observation?_include=", 400, "invalid"),
    get("an include of a type alone", "/Observation?_include=Observation", 400, "invalid"),
    get("an include of no reference", "/Observation?_include=Observation:code", 400, "not-supported"),
    get("an include of what is not known", "/Observation?_include=Observation:shoe", 400, "not-supported"),
    get("an include of another type", "/Observation?_include=Sheep:wool", 400, "not-supported"),
    get("an include of four parts", "/Observation?_include=a:b:c:d", 400, "invalid"),
    get("an include of a strange modifier", "/Observation?_include:often=Observation:subject", 400, "not-supported"),
    get(
        "an include to what is no target", "/Observation?_include=Observation:subject:Medication", 400, "not-supported"
    ),
    get("a reverse include of no reference", "/Patient?_revinclude=Observation:code", 400, "not-supported"),
    get(
        "a reverse include that does not point here",
        "/Medication?_revinclude=Observation:subject",
        400,
        "not-supported",
    ),
    get("a cursor of a word", "/Patient?_cursor=next", 400, "invalid"),
    get("a cursor of nothing", "/Patient?_cursor=", 400, "invalid"),
    get("a cursor with a quote, escaped", "/Patient?_cursor=%27%20OR%201=1", 400, "invalid"),
    get("a cursor that is too long", f"/Patient?_cursor={LONG}", 400, "invalid"),
    get("a cursor twice", "/Patient?_cursor=a&_cursor=b", 400, "invalid"),
    get("a filter", "/Patient?_filter=name%20eq%20a", 400, "not-supported"),
    get("a query by name", "/Patient?_query=everybody", 400, "not-supported"),
    get("a list", "/Patient?_list=42", 400, "not-supported"),
    get("a text of all", "/Patient?_content=a", 400, "not-supported"),
    get("contained of a word", "/Patient?_contained=perhaps", 400, "not-supported"),
)
CHAINS = (
    get("a chain through no reference", "/Patient?gender.name=a", 400, "not-supported"),
    get("a chain to what is not known", "/Observation?patient.shoe=38", 400, "not-supported"),
    get("a chain of three", "/Observation?patient.organization.partof.name=a", 400, "not-supported"),
    get("a chain that ends in a point", "/Observation?patient.=a", 400, "not-supported"),
    get("a chain through a type that is no target", "/Observation?subject:Medication.code=a", 400, "not-supported"),
    get("a chain to a bad value", "/Observation?patient.birthdate=quizas", 400, "invalid"),
    get("a reverse chain of nothing", "/Patient?_has=a", 400, "invalid"),
    get("a reverse chain of two parts", "/Patient?_has:Observation:patient=a", 400, "invalid"),
    get("a reverse chain of no type", "/Patient?_has:Sheep:patient:code=a", 400, "not-supported"),
    get("a reverse chain of no reference", "/Patient?_has:Observation:code:code=a", 400, "not-supported"),
    get("a reverse chain to what is not known", "/Patient?_has:Observation:patient:shoe=a", 400, "not-supported"),
    get(
        "a reverse chain that does not point here", "/Medication?_has:Observation:patient:code=a", 400, "not-supported"
    ),
    get(
        "a reverse chain of three",
        "/Patient?_has:Observation:patient:_has:Provenance:target:_has:AuditEvent:entity:action=C",
        400,
        "not-supported",
    ),
    get("a reverse chain to a bad value", "/Patient?_has:Observation:patient:date=quizas", 400, "invalid"),
)
ENCODINGS = (
    get("an escape of two letters", "/Patient?family=%zz", 400, "invalid"),
    get("half an escape at the end", "/Patient?family=a%", 400, "invalid"),
    get("overlong UTF-8 in a value", "/Patient?family=%c0%ae", 400, "invalid"),
    get("Latin-1 in a value", "/Patient?family=Pe%f1a", 400, "invalid"),
    get("a surrogate in a value", "/Patient?family=%ed%a0%80", 400, "invalid"),
    get("half a letter in a value", "/Patient?family=%e2%82", 400, "invalid"),
    get("Latin-1 in a name", "/Patient?fam%f1ly=a", 400, "invalid"),
    get("a zero byte in a name", "/Patient?fam%00ily=a", 400, "invalid"),
    get("Latin-1 in an id", "/Patient/Pe%f1a", 404, "not-found"),
    get("overlong UTF-8 in an id", "/Patient/%c0%ae%c0%ae", 404, "not-found"),
    get("a line break in an id", "/Patient/a%0d%0ab", 404, "not-found"),
    get("a semicolon in an id", "/Patient/a;b", 404, "not-found"),
    get("a full-width id", "/Patient/%EF%BC%91", 404, "not-found"),
    get("a star for an id", "/Patient/*", 404, "not-found"),
    get("a dollar for an id", "/Patient/$nothing", 404, "not-found"),
    get("an id of points, escaped", "/Patient/%2e%2e%2f%2e%2e", 404, "not-found"),
    get("a type of blanks", "/%20/1", 404, "not-found"),
    get("a type in lower case, read", "/patient/1", 404, "not-found"),
    get("a type in the plural", "/Patients/1", 404, "not-found"),
    get("many parameters", "/Patient?" + "&".join(["family=a"] * 2000), 400, "invalid"),
    get("many values", "/Patient?identifier=" + ",".join(["a"] * 5000), 400, "invalid"),
)
FORMS = (
    form("a form of JSON", '{"family":"a"}', 400, "invalid"),
    form("a form in Latin-1", b"family=Pe\xf1a"),
    form("a form of escaped Latin-1", "family=Pe%f1a"),
    form("a form of a broken escape", "family=%zz"),
    form("a form with a zero byte", "family=a%00"),
    form("a form in another format", "_format=ttl", 406, "not-supported"),
    form("a form of a bad count", "_count=all"),
    form("a form of many parameters", "&".join(["family=a"] * 2000)),
    form("a form that is far too long", "family=" + "a" * 100_000, 413, "too-long"),
    form("a form for no type", "family=a", 404, "not-found", path="/Sheep/_search"),
    send("POST", "/Patient/_search", (415, "not-supported"), name="a search of JSON", body="{}"),
    send(
        "POST",
        "/Patient/_search",
        (415, "not-supported"),
        name="a search of no kind",
        body="family=a",
        headers={"content-type": None},
    ),
    send("PUT", "/Patient/_search", (405, "not-supported"), name="a search that is put", body="family=a"),
)
FORMATS = (
    wants("turtle alone", "text/turtle"),
    wants("pictures", "image/*"),
    wants("anything but JSON and XML", "*/*;q=0"),
    wants("JSON not at all", "application/fhir+json;q=0, application/json;q=0.0"),
    wants("R3", "application/fhir+json; fhirVersion=3.0"),
    wants("R5", "application/fhir+xml; fhirVersion=5.0"),
    wants("a weight of two", "application/fhir+json;q=2"),
    wants("a weight of a word", "application/fhir+json;q=much"),
    wants("a format of no kind", "json"),
    wants("commas and CSV", ",,text/csv,,"),
    wants("turtle of the statement", "text/turtle", "/metadata"),
    get("turtle by parameter", "/Patient?_format=ttl", 406, "not-supported"),
    get("a page by parameter", "/Patient?_format=html", 406, "not-supported"),
    get("nonsense by parameter", "/Patient?_format=%01", 406, "not-supported"),
    get("R5 by parameter", "/Patient?_format=application/fhir%2Bjson;fhirVersion=5.0", 406, "not-supported"),
    get("turtle by parameter of one", "/Patient/{patient}?_format=ttl", 406, "not-supported"),
)
WHO = (
    asks("no token after all", "Bearer"),
    asks("a token of blanks", "Bearer   "),
    asks("a token of nobody", "Bearer " + "0" * 43),
    asks("a token that is very long", "Bearer " + "a" * 6000),
    asks("a token with a quote", "Bearer ' OR 1=1 --"),
    asks("a token with letters of Latin-1", "Bearer \xf1\xf1"),
    asks("Basic for Bearer", "Basic " + b64encode(b"programme:la quinua florece en abril").decode()),
    asks("Digest", 'Digest username="programme"'),
    asks("two tokens", "Bearer a, Bearer b"),
    asks("a bare token", "abcdefgh"),
    get("a token in the address", "/Patient/{patient}?access_token=abc", 401, "login", role=""),
    get("nobody at all", "/Patient/{patient}", 401, "login", role=""),
    get("an auditor of people", "/Patient/{patient}", 403, "forbidden", role="auditor"),
    get("an operator of people", "/Patient", 403, "forbidden", role="operator"),
    get("a programme of the log", "/AuditEvent", 403, "forbidden"),
    send("DELETE", "/Patient/{patient}", (403, "forbidden"), name="a clinician who takes away", role="clinician"),
)
TAGS: tuple[tuple[str, str], ...] = (
    ("a tag without quotes", "W/3"),
    ("a tag of a bare number", "3"),
    ("a tag with half a quote", 'W/"3'),
    ("a tag in small", 'w/"3"'),
    ("two tags", 'W/"3", W/"4"'),
    ("a tag with a line break", 'W/"3"\t4'),
)
TAGGED = tuple(
    send(method, "/Patient/{patient}", (400, "invalid"), name=f"{name}, {method}", body=body, headers={"if-match": tag})
    for name, tag in TAGS
    for method, body in (("PUT", {"resourceType": "Patient", "id": "{patient}"}), ("DELETE", None))
)
METHODS: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/metadata", "{}"),
    ("DELETE", "", None),
    ("PUT", "", "{}"),
    ("GET", "", None),
    ("PUT", "/_history", "{}"),
    ("POST", "/Patient/{patient}", "{}"),
    ("POST", "/Patient/{patient}/_history", "{}"),
    ("DELETE", "/Patient/{patient}/_history/1", None),
    ("PUT", "/Patient/{patient}/_history/1", "{}"),
    ("GET", "/Patient/$match", None),
    ("TRACE", "/Patient", None),
    ("PROPFIND", "/Patient", None),
    ("OPTIONS", "/Patient", None),
    ("OPTIONS", "/Patient/{patient}", None),
)
REFUSED = tuple(
    send(method, path, (405, "not-supported"), name=f"{method} at {path or 'the base'}", body=body)
    for method, path, body in METHODS
)

ROWS: tuple[Row, ...] = (
    *UNKNOWN, *VALUES, *RESULTS, *CHAINS, *ENCODINGS, *FORMS, *FORMATS, *WHO, *TAGGED, *REFUSED
)  # fmt: skip
