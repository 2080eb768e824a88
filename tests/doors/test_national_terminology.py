"""Terminology operations and the definitions that ship with the node, over the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fhir.resources.R4B import get_fhir_model_class

from corridor.fhir.published import PUBLISHED, ids
from tests.doors.outcomes import refused
from tests.doors.running import Node

OURS = "https://corridor.example/fhir/"
SETS = f"{OURS}ValueSet/"
ATC = "http://www.whocc.no/atc"
WHO = "http://smart.who.int/hiv/CodeSystem/HIVConcepts"
CORE = "http://hl7.org/fhir/ValueSet/observation-status"


def parameters(**values: Any) -> dict[str, Any]:
    """Parameters with one value each, of the type that fits."""
    names = {str: "valueUri", int: "valueInteger", bool: "valueBoolean", dict: "valueCoding"}
    listed = [
        {"name": name, "valueCodeableConcept" if name == "codeableConcept" else names[type(value)]: value}
        for name, value in values.items()
    ]
    return {"resourceType": "Parameters", "parameter": listed}


def both(node: Node, path: str, **values: Any) -> Any:
    """The answer by GET and by POST, which is the same."""
    texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}
    got = node.get(f"{path}?{urlencode(texts)}")
    posted = node.ask("POST", f"/fhir/{path}", parameters(**values))
    assert got.status == posted.status == 200, (got.body, posted.body)
    get_fhir_model_class(got.json["resourceType"]).model_validate(got.json)
    told = got.json.get("parameter")
    assert told == posted.json.get("parameter")
    return got.json


def value(answer: Any, name: str) -> Any:
    """The first value of a parameter."""
    found = next(each for each in answer["parameter"] if each["name"] == name)
    return next(each for key, each in found.items() if key.startswith("value"))


def test_a_value_set_is_expanded_page_by_page(node: Node) -> None:
    whole = both(node, "ValueSet/$expand", url=f"{SETS}antiretroviral-medication", filter="dolu")["expansion"]
    page = both(node, "ValueSet/$expand", url=f"{SETS}antiretroviral-medication", filter="dolu", offset=1, count=2)
    assert whole["total"] == page["expansion"]["total"] == len(whole["contains"]) > 3
    assert page["expansion"]["contains"] == whole["contains"][1:3]
    assert page["expansion"]["offset"] == 1
    assert {each["name"] for each in page["expansion"]["parameter"]} == {"filter", "offset", "count"}
    assert "contains" not in both(node, "ValueSet/$expand", url=CORE, count=0)["expansion"]


def test_one_of_ours_is_expanded_by_its_id(node: Node) -> None:
    found = node.get("ValueSet/hiv-stages/$expand").json["expansion"]
    assert found["contains"][0] == {"system": WHO, "code": "HIV.D.DE187", "display": "WHO HIV clinical stage 1"}
    assert node.ask("POST", "/fhir/ValueSet/hiv-stages/$expand", parameters(count=1)).json["expansion"]["total"] == 8


def test_a_code_is_checked_against_a_value_set(node: Node) -> None:
    url = f"{SETS}antiretroviral-combinations"
    assert value(both(node, "ValueSet/$validate-code", url=url, system=ATC, code="J05AR27"), "result") is True
    assert value(both(node, "ValueSet/$validate-code", url=url, system=ATC, code="J05AR99"), "result") is False
    wrong = both(node, "ValueSet/$validate-code", url=url, system=ATC, code="J05AR27", display="Trimeva")
    assert value(wrong, "result") is False
    assert "dolutegravir" in value(wrong, "message")


@pytest.mark.parametrize(
    "given",
    [
        {"coding": {"system": ATC, "code": "J05AR27"}},
        {"codeableConcept": {"coding": [{"system": ATC, "code": "J05AR27"}]}},
    ],
)
def test_a_coding_and_a_concept_are_checked_as_well(node: Node, given: dict[str, Any]) -> None:
    body = parameters(url=f"{SETS}antiretroviral-combinations", **given)
    assert value(node.ask("POST", "/fhir/ValueSet/$validate-code", body).json, "result") is True


def test_a_code_is_checked_against_its_system_and_looked_up(node: Node) -> None:
    reason = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
    assert value(both(node, "CodeSystem/$validate-code", url=reason, code="TREAT"), "result") is True
    assert value(both(node, "CodeSystem/$validate-code", url=reason, code="IMMIG"), "result") is False
    found = both(node, "CodeSystem/$lookup", system=reason, code="ETREAT")
    assert value(found, "display") == "Emergency Treatment"
    parts = [
        {p["name"]: p["valueCode"] for p in each["part"]} for each in found["parameter"] if each["name"] == "property"
    ]
    assert {"code": "child", "value": "BTG"} in parts


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("J05A", "J05AR27", "subsumes"),
        ("J05AR27", "J05", "subsumed-by"),
        ("J05AR27", "J05AR27", "equivalent"),
        ("J05AR27", "J05AF05", "not-subsumed"),
        ("L01XX05", "L01", "subsumed-by"),
    ],
)
def test_of_two_codes_the_more_general_is_told(node: Node, first: str, second: str, outcome: str) -> None:
    found = both(node, "CodeSystem/$subsumes", system=ATC, codeA=first, codeB=second)
    assert value(found, "outcome") == outcome
    codings = {f"coding{letter}": {"system": ATC, "code": code} for letter, code in (("A", first), ("B", second))}
    answer = node.ask("POST", "/fhir/CodeSystem/$subsumes", parameters(**codings))
    assert value(answer.json, "outcome") == outcome


def test_codes_of_a_published_system_are_compared_by_its_id(node: Node) -> None:
    answer = node.get("CodeSystem/category/$subsumes?codeA=cd4&codeB=cd4")
    assert value(answer.json, "outcome") == "equivalent"
    reason = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
    found = both(node, "CodeSystem/$subsumes", system=reason, codeA="TREAT", codeB="ETREAT")
    assert value(found, "outcome") == "subsumes"


def test_a_lookup_tells_as_much_as_is_wanted(node: Node) -> None:
    role = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
    path = f"CodeSystem/$lookup?system={role}&code=TREAT"

    def told(more: str) -> set[str]:
        answer = node.get(path + more)
        assert (answer.status, value(answer.json, "display")) == (200, "treatment")
        parts = [each["part"] for each in answer.json["parameter"] if each["name"] == "property"]
        return {part[0]["valueCode"] for part in parts}

    assert told("&displayLanguage=es") == {"parent", "child"}
    assert told("&property=parent&property=version") == {"parent"}
    refused(node.get(f"{path}&property=designation"), 400, "not-supported")
    assert told("&property=display") == set()
    both_ways = parameters(system=role, code="TREAT")
    both_ways["parameter"] += [{"name": "property", "valueCode": each} for each in ("child", "display")]
    answer = node.ask("POST", "/fhir/CodeSystem/$lookup", both_ways)
    assert {each["part"][0]["valueCode"] for each in answer.json["parameter"] if each["name"] == "property"} == {
        "child"
    }


def test_what_stands_in_the_address_of_a_post_counts(node: Node) -> None:
    code = parameters(code="J05AR27")
    assert node.ask("POST", f"/fhir/ConceptMap/$translate?system={ATC}", code).status == 200
    refused(node.ask("POST", f"/fhir/ConceptMap/$translate?code=x&system={ATC}", code), 400, "invalid")
    refused(node.ask("POST", f"/fhir/ConceptMap/$translate?sytem={ATC}", code), 400, "not-supported")


def test_ours_are_asked_by_their_id(node: Node) -> None:
    here = both(node, "ValueSet/hiv-stages/$validate-code", system=WHO, code="HIV.D.DE170")
    there = both(node, "ValueSet/$validate-code", url=f"{SETS}hiv-stages", system=WHO, code="HIV.D.DE170")
    assert here == there
    assert value(both(node, "CodeSystem/category/$validate-code", code="cd4"), "result") is True
    one = both(node, "ConceptMap/atc-to-who-regimens/$translate", system=ATC, code="J05AR27")
    assert value(one, "result") is True
    for path in ("ValueSet/nobody/$validate-code", "CodeSystem/nobody/$validate-code", "ConceptMap/nobody/$translate"):
        refused(node.get(f"{path}?system={ATC}&code=J05AR27"), 404, "not-found")
    another = f"url={OURS}ConceptMap/former-atc"
    refused(
        node.get(f"ConceptMap/atc-to-who-regimens/$translate?{another}&system={ATC}&code=J05AR27"), 400, "not-supported"
    )


def test_a_code_is_translated_there_and_back(node: Node) -> None:
    there = both(node, "ConceptMap/$translate", system=ATC, code="J05AR27", targetsystem=WHO)
    (match,) = [each["part"] for each in there["parameter"] if each["name"] == "match"]
    parts = {each["name"]: each for each in match}
    assert parts["equivalence"]["valueCode"] == "equivalent"
    assert parts["concept"]["valueCoding"]["code"] == "HIV.D.DE109"
    back = both(
        node, "ConceptMap/$translate", url=parts["source"]["valueUri"], system=WHO, code="HIV.D.DE109", reverse=True
    )
    assert value(back, "result") is True
    assert value(both(node, "ConceptMap/$translate", system=ATC, code="A01AA01"), "result") is False


REFUSED = [
    ("ValueSet/$expand", "", 400, "invalid"),
    ("ValueSet/$expand", "url=urn:none", 404, "not-found"),
    ("ValueSet/$expand", f"url={CORE}|3.0.2", 404, "not-found"),
    ("ValueSet/$expand", f"url={CORE}&valueSetVersion=3.0.2", 404, "not-found"),
    ("ValueSet/$expand", f"url={CORE}&url={CORE}", 400, "invalid"),
    ("ValueSet/$expand", f"url={CORE}&count=-1", 400, "invalid"),
    ("ValueSet/$expand", f"url={CORE}&count=many", 400, "invalid"),
    ("ValueSet/$expand", f"url={CORE}&offset=1e3", 400, "invalid"),
    ("ValueSet/$expand", f"url={CORE}&offset={'9' * 40}", 400, "invalid"),
    ("ValueSet/$expand", f"url={CORE}&favourite=blue", 400, "not-supported"),
    ("ValueSet/$expand", f"url={CORE}&_format=turtle", 406, "not-supported"),
    ("ValueSet/none/$expand", "", 404, "not-found"),
    ("ValueSet/hiv-stages/$expand", f"url={CORE}", 400, "not-supported"),
    ("ValueSet/$validate-code", f"url={CORE}", 400, "invalid"),
    ("ValueSet/$validate-code", f"url={CORE}&code=final", 400, "invalid"),
    ("ValueSet/$validate-code", "system=urn:x&code=final", 400, "invalid"),
    ("ValueSet/$validate-code", "url=urn:none&system=urn:x&code=final", 404, "not-found"),
    ("ValueSet/$validate-code", f"url={CORE}&coding=urn:x|final", 400, "invalid"),
    ("ValueSet/$validate-code", f"url={CORE}&coding=urn:x&code=final", 400, "invalid"),
    ("CodeSystem/$validate-code", "url=urn:none&code=x", 404, "not-found"),
    ("CodeSystem/$validate-code", "code=x", 400, "invalid"),
    ("CodeSystem/$lookup", "code=x", 400, "invalid"),
    ("CodeSystem/$lookup", "system=urn:none&code=x", 404, "not-found"),
    ("CodeSystem/$lookup", "system=http://loinc.org&code=1-8", 404, "not-found"),
    ("CodeSystem/$lookup", "system=http://loinc.org&code=20447-9&property=parent", 400, "not-supported"),
    ("CodeSystem/$subsumes", "", 400, "invalid"),
    ("CodeSystem/$subsumes", "codeA=J05&codeB=J05A", 400, "invalid"),
    ("CodeSystem/$subsumes", f"system={ATC}&codeA=J05", 400, "invalid"),
    ("CodeSystem/$subsumes", f"system={ATC}&codeA=J05&codeB=beer", 404, "not-found"),
    ("CodeSystem/$subsumes", f"system={ATC}&codeA=J05&codeB=J05&version=7", 404, "not-found"),
    ("CodeSystem/$subsumes", f"system={ATC}&codeA=J05&codingB={ATC}|J05", 400, "invalid"),
    ("CodeSystem/$subsumes", f"system={ATC}&codeA=J05&codeB=J05&depth=1", 400, "not-supported"),
    ("CodeSystem/$subsumes", "system=urn:none&codeA=x&codeB=y", 404, "not-found"),
    ("CodeSystem/$subsumes", "system=http://loinc.org&codeA=20447-9&codeB=20447-9", 400, "not-supported"),
    ("CodeSystem/none/$subsumes", "codeA=x&codeB=y", 404, "not-found"),
    ("CodeSystem/category/$subsumes", f"system={ATC}&codeA=cd4&codeB=cd4", 400, "invalid"),
    ("ConceptMap/$translate", "", 400, "invalid"),
    ("ConceptMap/$translate", f"system={ATC}&code=J05AR27&url=urn:none", 404, "not-found"),
    ("ConceptMap/$translate", f"system={ATC}&code=J05AR27&target=urn:none", 404, "not-found"),
    ("ConceptMap/$translate", f"system={ATC}&code=J05AR27&reverse=perhaps", 400, "invalid"),
    ("ValueSet", "_count=x", 400, "invalid"),
    ("ValueSet", "url=", 400, "invalid"),
    ("ValueSet/none", "", 404, "not-found"),
    ("ValueSet/%2e%2e", "", 404, "not-found"),
    ("StructureDefinition/..%2F..%2Fetc", "", 404, "not-found"),
]


@pytest.mark.parametrize(("path", "query", "status", "code"), REFUSED)
def test_what_cannot_be_answered_is_refused(node: Node, path: str, query: str, status: int, code: str) -> None:
    refused(node.get(f"{path}?{quote(query, safe='=&:/.|$-')}" if query else path), status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "structure"),
        (b"{", 400, "structure"),
        (b"[]", 400, "invalid"),
        ({"resourceType": "Patient"}, 400, "invalid"),
        ({"resourceType": "Parameters", "parameter": [{"name": "url"}]}, 400, "invalid"),
        ({"resourceType": "Parameters", "parameter": [{"name": "url", "valueBoolean": True}]}, 400, "invalid"),
        ({"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": 3}]}, 400, "value"),
        ({"resourceType": "Parameters", "parameter": "url"}, 400, "structure"),
        (parameters(url=CORE, count=-1), 400, "invalid"),
        (parameters(url=CORE, valueSet="x"), 400, "not-supported"),
    ],
)
def test_a_body_that_is_none_is_refused(node: Node, body: Any, status: int, code: str) -> None:
    answer = node.ask("POST", "/fhir/ValueSet/$expand", body)
    assert answer.status == status
    assert answer.json["issue"][0]["code"] in {code, "structure", "invalid"}


@pytest.mark.parametrize("kind", PUBLISHED)
def test_every_definition_is_read_and_found_by_its_url(node: Node, kind: str) -> None:
    for each in ids(kind):
        read = node.get(f"{kind}/{each}")
        assert (read.status, read.json["id"]) == (200, each)
        found = node.get(f"{kind}?url={OURS}{kind}/{each}")
        assert found.ids == [each]
    posted = node.send(
        "POST",
        f"/fhir/{kind}/_search",
        f"_id={ids(kind)[0]}".encode(),
        {"authorization": f"Bearer {node.tokens['auditor']}", "content-type": "application/x-www-form-urlencoded"},
    )
    assert posted.ids == [ids(kind)[0]]


def test_definitions_are_listed_page_by_page_and_nobody_writes_them(node: Node) -> None:
    seen, path = [], "/fhir/ValueSet?_count=7"
    while path:
        answer = node.ask("GET", path)
        seen += answer.ids
        assert answer.json["total"] == len(ids("ValueSet"))
        path = answer.link("next")
    assert tuple(seen) == ids("ValueSet")
    assert node.get("ValueSet?title=viral&status=active").ids == ["viral-load-tests"]
    refused(node.ask("PUT", "/fhir/ValueSet/hiv-stages", {"resourceType": "ValueSet"}), 405, "not-supported")
    refused(node.ask("POST", "/fhir/ValueSet", {"resourceType": "ValueSet"}), 405, "not-supported")
    refused(node.ask("DELETE", "/fhir/ValueSet/hiv-stages"), 405, "not-supported")


def test_an_unknown_parameter_is_told_or_refused(node: Node) -> None:
    refused(node.get("ValueSet?favourite=blue", prefer="handling=strict"), 400, "not-supported")
    answer = node.get("ValueSet?favourite=blue&_id=hiv-stages")
    assert answer.ids == ["hiv-stages"]
    assert answer.json["entry"][-1]["search"]["mode"] == "outcome"
    assert "favourite" not in answer.link("self")


@pytest.mark.parametrize("path", ["ValueSet/$expand?url=x", "ValueSet", "CodeSystem/category", "ConceptMap/$translate"])
def test_all_of_it_wants_a_login(node: Node, path: str) -> None:
    refused(node.get(path, role=""), 401, "login")
