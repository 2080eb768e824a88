"""Resources of Bundles that somebody else made, malformed ones among them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from corridor.fhir.unbundle import unbundle


@pytest.mark.parametrize("method", [["GET"], {"a": 1}, None, 1], ids=["a list", "an object", "null", "a number"])
def test_a_method_that_is_no_text_reads_nothing(method: Any) -> None:
    patient = {"resourceType": "Patient", "id": "p1"}
    entry = {"resource": patient, "request": {"method": method, "url": "Patient/p1"}}
    (found,) = unbundle(orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry]}))
    assert (found.id, found.error) == ("p1", None)
