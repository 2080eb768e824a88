"""A consent in the forms of others: FAST Consent, and the WHO's SmartConsent. PCF Advanced stays the one truth.

Neither form says as much as the truth does. What cannot be said is left out of permits and kept in denials, so that
whoever reads the other form learns of no more than the person permits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from corridor.domain import purpose as purposes
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.period import ALWAYS
from corridor.fhir.consent import render
from corridor.fhir.parse import Resource
from corridor.fhir.provision import render_period, render_provision

FAST = "http://hl7.org/fhir/us/consent-management/StructureDefinition/FASTConsent"
SMART = "http://smart.who.int/ph4h/StructureDefinition/SmartConsent"

_UUID_SYSTEM = "urn:ietf:rfc:3986"
_OWN = ("extension", "securityLabel")
"""What the plain forms of a provision have not."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One record that goes along with the consent.

    Attributes:
        reference: as it is named in the document that both stand in.
        effective: its clinical date; None where it has none.
    """

    reference: str
    category: Category
    effective: datetime | None = None


def render_fast(consent: Consent, *, patient: Resource, custodian: Country) -> Resource:
    """The consent as HL7 FAST Consent Management exchanges it: with an identifier, and without an organization.

    Args:
        consent: readable.
        patient: Reference to whom it is about, by identifier.
        custodian: the country that keeps it.

    Raises:
        InvalidError: nobody could read it, so that nobody can say it otherwise.

    Source: HL7 FAST Consent Management 1.0.0-ballot, FASTConsent.
    """
    told = _told(consent, custodian)
    resource = render(told, patient=patient, custodian=custodian)
    del resource["organization"]
    identifier = {"system": _UUID_SYSTEM, "value": f"urn:uuid:{consent.id}"}
    return resource | {"meta": {"profile": [FAST]}, "identifier": [identifier]}


def render_smart(consent: Consent, shared: Sequence[Shared], *, patient: Resource, custodian: Country) -> Resource:
    """The consent as it goes into a WHO SMART IPS document: without labels, for the records that go along with it.

    Each permit names the records that it permits; one that permits none of them is not there. A denial names the
    records that it denies, and without categories denies everything.

    Args:
        consent: readable.
        shared: the records of the document.
        patient: Reference to whom it is about.
        custodian: the country that keeps it.

    Raises:
        InvalidError: nobody could read it, or it permits nothing of what is shared.

    Source: WHO smart-ph4h 0.1.0, SmartConsent (IHE PCF Intermediate with `purpose` 1..* and `period` 1..1).
    """
    told = _told(consent, custodian)
    nested = [each for one in told.provisions for each in _smart(one, told, shared)]
    permitted = sorted({code for one in told.provisions if one.permit for code in one.purposes})
    if not any(each["type"] == "permit" for each in nested):
        raise InvalidError("The consent permits nothing of what would be shared.", ("Consent.provision",))
    period = replace(told.period, start=told.period.start or told.given_at)
    root = {
        "type": "deny",
        **render_period("period", period),
        "purpose": [{"system": purposes.system(code), "code": code} for code in permitted],
        "provision": nested,
    }
    return render(told, patient=patient, custodian=custodian) | {"meta": {"profile": [SMART]}, "provision": root}


def _told(consent: Consent, custodian: Country) -> Consent:
    """The consent by what others understand: our own extensions are applied, and are gone."""
    if not consent.readable:
        raise InvalidError("A consent that nobody could read has no other form.", ("Consent",))
    mine = [each for each in consent.provisions if not each.holders or custodian in each.holders]
    over = consent.withdrawn_at is not None
    kept = [replace(each, holders=frozenset()) for each in mine if not (each.permit and over)]
    refusal = (Provision(permit=False),)  # a consent without provisions would say less than nothing
    return replace(consent, withdrawn_at=None, provisions=tuple(kept) or refusal)


def _smart(provision: Provision, consent: Consent, shared: Sequence[Shared]) -> Iterator[Resource]:
    everything = not provision.permit and not provision.categories
    meant = [each for each in shared if _is_meant(provision, each, consent)]
    if not meant and not everything:
        return
    node = {name: value for name, value in render_provision(provision).items() if name not in _OWN}
    if not everything:
        node["data"] = [{"meaning": "instance", "reference": {"reference": each.reference}} for each in meant]
    yield node


def _is_meant(provision: Provision, record: Shared, consent: Consent) -> bool:
    """Whether a provision is about a record; a permit is not where a denial of the same document might be."""
    if record.category not in provision.categories:
        return False
    if not provision.permit:
        return True
    dated = record.effective is not None and provision.data_period.holds(record.effective)
    return (dated or provision.data_period == ALWAYS) and not _is_denied(record, consent.provisions)


def _is_denied(record: Shared, provisions: Iterable[Provision]) -> bool:
    return any(not each.permit and record.category in each.categories for each in provisions)
