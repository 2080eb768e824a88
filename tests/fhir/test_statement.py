from datetime import UTC, datetime

import orjson
import pytest

from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, InvalidError, SignatureError
from corridor.fhir.statement import (
    consent_about,
    envelope,
    open_envelope,
    read_consent,
    read_withdrawal,
    signature_for,
    withdrawal_about,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)
PE = Country("PE")
HANDLE = "h" * 43
PERMIT = Provision(
    permit=True,
    countries=frozenset({PE}),
    purposes=frozenset({"TREAT"}),
    categories=frozenset({Category.REGIMEN}),
)
CONSENT = Consent(id="local-7", status_active=True, given_at=AT, provisions=(PERMIT,))


def test_a_travelling_consent_keeps_its_meaning_and_leaves_its_id_at_home() -> None:
    resource = consent_about(HANDLE, CONSENT, asker=PE)
    found = read_consent(resource, handle=HANDLE)
    assert found.provisions == CONSENT.provisions
    assert found.given_at == AT
    assert b"local-7" not in orjson.dumps(resource)


def test_two_handles_of_one_person_share_no_id() -> None:
    assert consent_about("a", CONSENT, asker=PE)["id"] != consent_about("b", CONSENT, asker=PE)["id"]


def test_a_consent_about_another_handle_is_refused() -> None:
    with pytest.raises(SignatureError):
        read_consent(consent_about(HANDLE, CONSENT, asker=PE), handle="other")


def test_a_withdrawal_reads_back_and_is_no_consent() -> None:
    resource = withdrawal_about(HANDLE, Withdrawal(AT), asker=PE)
    assert read_withdrawal(resource, handle=HANDLE) == Withdrawal(AT)
    with pytest.raises(InvalidError):
        read_consent(resource, handle=HANDLE)
    with pytest.raises(SignatureError):
        read_withdrawal(resource, handle="other")


def test_a_consent_is_no_withdrawal() -> None:
    with pytest.raises(InvalidError):
        read_withdrawal(consent_about(HANDLE, CONSENT, asker=PE), handle=HANDLE)


def test_an_envelope_holds_exactly_a_consent_and_its_provenance() -> None:
    consent = consent_about(HANDLE, CONSENT, asker=PE)
    signature = signature_for(consent, signer=PE, jws="a..b", at=AT)
    assert open_envelope(envelope(consent, signature)) == (consent, signature)


@pytest.mark.parametrize(
    "entries",
    [
        None,
        {},
        [],
        [None, None],
        ["Consent", "Provenance"],
        [{}, {}],
        [{"resource": "Consent"}, {"resource": {"resourceType": "Provenance"}}],
        [{"resource": {"resourceType": "Consent"}}, {"resource": {"resourceType": "Provenance"}}],
        [{"resource": {"resourceType": "Provenance"}}, {"resource": {"resourceType": "Consent"}}],
    ],
)
def test_anything_else_in_an_envelope_is_refused(entries: object) -> None:
    with pytest.raises(CorridorError):
        open_envelope(orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))


def test_a_provenance_of_another_resource_is_refused() -> None:
    consent = consent_about(HANDLE, CONSENT, asker=PE)
    other = signature_for(consent_about("x", CONSENT, asker=PE), signer=PE, jws="a..b", at=AT)
    with pytest.raises(InvalidError):
        open_envelope(envelope(consent, other))


@pytest.mark.parametrize("statement", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 70_000])
def test_bytes_that_are_no_envelope_are_refused(statement: bytes) -> None:
    with pytest.raises(CorridorError):
        open_envelope(statement)
