from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.consent import Consent as ConsentModel
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain import category
from corridor.domain.category import CLINICAL, Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.period import ALWAYS, Period
from corridor.domain.purpose import FORBIDDEN, Purpose
from corridor.fhir.consent import HOLDER, WITHDRAWN, read, read_or_deny, render
from corridor.fhir.consent_actors import ROLE_SYSTEM
from corridor.fhir.draft import read_written

GIVEN = datetime(2026, 1, 10, 12, tzinfo=UTC)
PATIENT = {"reference": "Patient/p1"}
PE, VE = Country("PE"), Country("VE")
CONSENT = Consent(
    id="c1",
    status_active=True,
    given_at=GIVEN,
    period=Period(GIVEN, GIVEN + timedelta(days=365)),
    provisions=(
        Provision(
            permit=True,
            countries=frozenset({PE}),
            purposes=frozenset({"TREAT"}),
            categories=frozenset({Category.REGIMEN, Category.MATCH}),
        ),
        Provision(permit=False, purposes=frozenset({"IMMIG", "HLEGAL"})),
    ),
)
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
HIV = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}
RESTRICTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
REGIMEN = {"system": category.SYSTEM, "code": "regimen"}


def written(consent: Consent = CONSENT) -> dict[str, Any]:
    rendered = render(consent, patient=PATIENT, custodian=PE)
    copied: dict[str, Any] = orjson.loads(orjson.dumps(rendered))
    return copied


def labelled(kind: str, *labels: dict[str, str]) -> dict[str, Any]:
    resource = written()
    nested = {"type": kind, "purpose": [{"system": ACT_REASON, "code": "TREAT"}]}
    resource["provision"]["provision"] = [nested | ({"securityLabel": list(labels)} if labels else {})]
    return resource


instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the zone is drawn beside
periods = st.just(ALWAYS) | st.builds(Period, st.none() | instants, st.none() | instants).filter(
    lambda period: period.start is None or period.end is None or period.start <= period.end
)
countries = st.frozensets(st.sampled_from([PE, VE, Country("CL")]))
organisations = st.frozensets(st.sampled_from(["https://pe.example/clinics|17", "urn:oid:1.2.3|a|b"]))
roles = st.frozensets(st.sampled_from(["clinician", "programme"]))
persons = st.frozensets(st.sampled_from(["https://pe.example/doctors|9", "https://cl.example/doctors|9"]))
permits = st.builds(
    Provision,
    permit=st.just(value=True),
    countries=countries,
    holders=countries,
    organisations=organisations,
    roles=roles,
    persons=persons,
    purposes=st.frozensets(st.sampled_from([str(each) for each in Purpose]), min_size=1),
    categories=st.frozensets(st.sampled_from(Category), min_size=1),
    period=periods,
    data_period=periods,
)
denials = st.builds(
    Provision,
    permit=st.just(value=False),
    countries=countries,
    holders=countries,
    organisations=organisations,
    roles=roles,
    persons=persons,
    purposes=st.frozensets(st.sampled_from([*(str(each) for each in Purpose), *sorted(FORBIDDEN), "HPAYMT"])),
    categories=st.frozensets(st.sampled_from(Category)),
    period=periods,
    data_period=periods,
)


@given(
    st.builds(
        Consent,
        id=st.from_regex(r"[A-Za-z0-9.-]{1,20}", fullmatch=True),
        status_active=st.booleans(),
        given_at=instants,
        withdrawn_at=st.none() | instants,
        period=periods,
        provisions=st.lists(permits | denials, min_size=1, max_size=3).map(tuple),
    )
)
def test_a_consent_reads_back_as_it_was_written(consent: Consent) -> None:
    assert read(written(consent)) == consent


def test_what_is_written_is_valid_and_in_the_shape_of_pcf() -> None:
    resource = written()
    ConsentModel.model_validate(resource)
    assert resource["meta"]["profile"] == [
        "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentAdvanced"
    ]
    assert resource["provision"]["type"] == "deny"
    permit, refusal = resource["provision"]["provision"]
    assert permit["actor"][0]["reference"]["identifier"] == {"system": "urn:iso:std:iso:3166", "value": "PE"}
    assert {"system": "https://corridor.example/fhir/CodeSystem/purpose", "code": "IMMIG"} in refusal["purpose"]
    assert {"system": ACT_REASON, "code": "HLEGAL"} in refusal["purpose"]


def test_a_root_that_only_denies_is_a_refusal_of_what_it_describes() -> None:
    resource = written()
    resource["provision"] = {"type": "deny", "purpose": [{"system": ACT_REASON, "code": "TREAT"}]}
    assert read(resource).provisions == (Provision(permit=False, purposes=frozenset({"TREAT"})),)
    resource["provision"] = {"type": "deny"}
    assert read(resource).provisions == (Provision(permit=False),)


def test_dates_without_a_time_include_their_whole_day() -> None:
    resource = written()
    resource["provision"]["period"] = {"start": "2026-01-01", "end": "2026-12-31"}
    assert read(resource).period == Period(
        datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    )


def test_hiv_alone_permits_what_is_clinical_and_never_the_search() -> None:
    assert read(labelled("permit", HIV)).provisions[0].categories == CLINICAL
    assert read(labelled("permit", HIV, RESTRICTED)).provisions[0].categories == CLINICAL


def test_hiv_beside_a_category_does_not_widen_a_permit() -> None:
    assert read(labelled("permit", HIV, RESTRICTED, REGIMEN)).provisions[0].categories == {Category.REGIMEN}


def test_hiv_in_a_denial_denies_everything() -> None:
    assert read(labelled("deny", HIV, REGIMEN)).provisions[0].categories == frozenset()
    assert read(labelled("deny", RESTRICTED)).provisions[0].categories == frozenset()


@pytest.mark.parametrize(
    "labels", [(), (RESTRICTED,), ({"system": category.SYSTEM, "code": "genome"},), ({"code": "HIV"},)]
)
def test_a_permit_names_categories_that_are_known(labels: tuple[dict[str, str], ...]) -> None:
    with pytest.raises(InvalidError) as caught:
        read(labelled("permit", *labels))
    assert caught.value.expression == ("Consent.provision.provision[0].securityLabel",)


def altered(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    resource = written()
    node: Any = resource
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return resource


NESTED = ("provision", "provision", 0)
WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("resourceType",), "Patient"),
    (("patient",), None),
    (("dateTime",), None),
    (("dateTime",), "soon"),
    (("performer",), None),
    (("organization",), None),
    (("sourceAttachment",), None),
    (("policy",), [{"authority": "https://corridor.example"}]),
    (("policy",), None),
    (("scope",), {"coding": [{"code": "research"}]}),
    (("scope",), {"text": "privacy"}),
    (("verification",), [{"verified": True}]),
    (("modifierExtension",), [{"url": "https://corridor.example/x", "valueBoolean": True}]),
    (("implicitRules",), "https://corridor.example/rules"),
    (("extension",), [{"url": WITHDRAWN, "valueBoolean": True}]),
    (("provision",), None),
    (("provision", "type"), "permit"),
    (("provision", "type"), None),
    (("provision", "purpose"), [{"system": ACT_REASON, "code": "TREAT"}]),
    (("provision", "securityLabel"), [HIV]),
    (("provision", "class"), [{"code": "x"}]),
    (("provision", "code"), [{"text": "x"}]),
    (("provision", "action"), [{"text": "x"}]),
    (("provision", "data"), [{"meaning": "instance", "reference": {"reference": "Observation/1"}}]),
    ((*NESTED, "class"), [{"code": "x"}]),
    ((*NESTED, "code"), [{"text": "x"}]),
    ((*NESTED, "action"), [{"text": "x"}]),
    ((*NESTED, "data"), [{"meaning": "instance", "reference": {"reference": "Observation/1"}}]),
    ((*NESTED, "provision"), [{"type": "permit"}]),
    ((*NESTED, "modifierExtension"), [{"url": "https://corridor.example/x", "valueBoolean": True}]),
    ((*NESTED, "type"), None),
    ((*NESTED, "purpose"), None),
    ((*NESTED, "purpose"), [{"code": "TREAT"}]),
    ((*NESTED, "purpose"), [{"system": ACT_REASON}]),
    ((*NESTED, "purpose"), [{"system": "https://corridor.example/other", "code": "TREAT"}]),
    ((*NESTED, "purpose"), [{"system": ACT_REASON, "code": "HPAYMT"}]),
    ((*NESTED, "extension"), [{"url": HOLDER, "valueString": "PE"}]),
    ((*NESTED, "extension"), [{"url": HOLDER, "valueCode": "Peru"}]),
    ((*NESTED, "actor", 0, "role"), {"coding": [{"code": "CST"}]}),
    ((*NESTED, "actor", 0, "reference"), {"reference": "Practitioner/1"}),
    ((*NESTED, "actor", 0, "reference"), {"identifier": {"system": "urn:iso:std:iso:3166", "value": "Peru"}}),
    ((*NESTED, "actor", 0, "reference"), {"identifier": {"system": "https://pe.example/clinics", "value": "17"}}),
    ((*NESTED, "actor", 0, "reference"), {"type": "Organization", "identifier": {"value": "17"}}),
    ((*NESTED, "actor", 0, "reference"), {"type": "Organization", "identifier": {"system": "urn:x|y", "value": "17"}}),
    ((*NESTED, "actor", 0, "reference"), {"type": "Group", "identifier": {"system": "urn:x", "value": "17"}}),
    ((*NESTED, "actor", 0, "reference"), {"type": "PractitionerRole", "identifier": {"system": "urn:x", "value": "a"}}),
    (
        (*NESTED, "actor", 0, "reference"),
        {"type": "PractitionerRole", "identifier": {"system": ROLE_SYSTEM, "value": "police"}},
    ),
    *(((*NESTED, "purpose"), [{"system": ACT_REASON, "code": code}]) for code in sorted(FORBIDDEN)),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_what_does_not_fit_is_refused_at_the_door(path: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(InvalidError):
        read(altered(path, value))


@pytest.mark.parametrize("element", ["class", "code"])
@pytest.mark.parametrize("at", [("provision",), NESTED])
def test_class_and_code_are_refused_with_what_to_write_instead(at: tuple[str | int, ...], element: str) -> None:
    with pytest.raises(InvalidError, match=category.SYSTEM) as caught:
        read(altered((*at, element), [{"code": "x"}] if element == "class" else [{"text": "x"}]))
    assert caught.value.expression[0].endswith(f"provision.{element}") or f"[0].{element}" in caught.value.expression[0]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_what_cannot_be_read_counts_as_a_denial_of_everything(path: tuple[str | int, ...], value: Any) -> None:
    lenient = read_or_deny(altered(path, value), id="c1", at=GIVEN)
    assert lenient.status_active
    assert lenient.provisions == (Provision(permit=False),)
    assert lenient.period == ALWAYS


def test_an_unreadable_consent_that_has_ended_denies_no_longer() -> None:
    resource = altered((*NESTED, "class"), [{"code": "x"}]) | {"status": "inactive"}
    assert not read_or_deny(resource, id="c1", at=GIVEN).status_active


def test_a_readable_consent_is_not_a_denial() -> None:
    assert read_or_deny(written(), id="c1", at=GIVEN) == CONSENT


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "coding", "url", "system"]), inner)
    ),
    max_leaves=4,
)


@given(st.sampled_from([path for path, _ in WRONG]), json_values)
def test_no_value_anywhere_breaks_the_reader(path: tuple[str | int, ...], value: Any) -> None:
    resource = written()
    node: Any = resource
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = deepcopy(value)
    read_or_deny(resource, id="c1", at=GIVEN)


@pytest.mark.parametrize("scope", ["adr", "research", "treatment"])
def test_a_consent_that_is_not_about_sharing_is_kept_and_read_as_a_denial(scope: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/consentscope"
    resource = {"resourceType": "Consent", "status": "active", "scope": {"coding": [{"system": system, "code": scope}]}}
    assert read_written(resource) is None
    kept = read_or_deny(resource, id="c1", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert [each.permit for each in kept.provisions] == [False]


def test_a_sharing_consent_that_cannot_be_read_is_refused_when_it_is_written() -> None:
    with pytest.raises(InvalidError):
        read_written(
            {"resourceType": "Consent", "status": "active", "scope": {"coding": [{"code": "patient-privacy"}]}}
        )


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "0001-01-01"])
def test_a_period_may_end_at_the_edge_of_the_calendar(end: str) -> None:
    resource = written()
    resource["provision"]["period"] = {"end": end}
    assert read(resource).period.end
