from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.provenance import Provenance

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.fhir.provenance import render, signature_of

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
PE = Country("PE")


def signed() -> dict[str, Any]:
    resource = render(id="s", targets=["Consent/c"], agent=PE, recorded_at=AT, jws="a..b")
    copied: dict[str, Any] = orjson.loads(orjson.dumps(resource))
    return copied


def test_it_names_the_country_that_stands_behind_its_targets() -> None:
    targets = ["urn:uuid:1", "Observation/2"]
    resource = render(id="x", targets=targets, agent=PE, recorded_at=AT, entity="https://lima.example")
    Provenance.model_validate(resource)
    assert [target["reference"] for target in resource["target"]] == targets
    assert resource["agent"][0]["who"]["identifier"] == {"system": "urn:iso:std:iso:3166", "value": "PE"}
    assert resource["recorded"] == "2026-03-01T12:30:00.000000Z"
    assert "signature" not in resource


def test_a_signature_reads_back_with_its_signer() -> None:
    resource = signed()
    Provenance.model_validate(resource)
    assert resource["signature"][0]["sigFormat"] == "application/jose"
    assert resource["signature"][0]["type"][0]["code"] == "1.2.840.10065.1.12.1.1"
    assert signature_of(resource) == (PE, "a..b")


@pytest.mark.parametrize(
    "change",
    [
        {"signature": []},
        {"agent": []},
        {"agent": [{"who": {"identifier": {"system": "urn:iso:std:iso:3166", "value": "VE"}}}]},
        {"agent": [{"who": {"reference": "Organization/1"}}]},
        {"signature": [signed()["signature"][0] | {"data": "!"}]},
        {"signature": [signed()["signature"][0] | {"data": "w6k="}]},
        {"signature": [signed()["signature"][0] | {"sigFormat": "application/pdf"}]},
        {"signature": [signed()["signature"][0] | {"type": [{"code": "other"}]}]},
        {"signature": signed()["signature"] * 2},
    ],
)
def test_a_signature_of_another_kind_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CorridorError):
        signature_of(signed() | change)
