"""Pyrofile's API test pack, and what it thinks of everything that a search returns."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pyrofile_validator import (
    ApiScanOptions,
    ApiTestOptions,
    load_builtin_api_test_plan,
    run_api_tests,
    scan_api,
)
from pyrofile_validator.api_testing import ApiScenarioResult

from corridor.fhir.schema import HELD
from tests.conformance.deviations import judge
from tests.conformance.serving import Served

LEARNED = tuple(name for name in HELD if name != "AuditEvent")
"""Types that the programme reads; the log is the auditor's."""

_PLACE = re.compile(r"\[\d+]")
_BUILT = Path(__file__).parents[2] / "profiles" / "built"
OWN = tuple(json.loads(each.read_bytes())["url"] for each in _BUILT.glob("StructureDefinition-*.json"))
"""Our published definitions: the scan cannot be given any and knows none; other tests here judge by them."""


def test_the_base_r4_pack_passes_for_every_type(node: Served) -> None:
    complaints = {}
    for resource_type in LEARNED:
        inputs = {"resourceType": resource_type, "resourceId": node.ids[resource_type.lower()], "versionId": "1"}
        options = ApiTestOptions(auth=node.headers, inputs=inputs)
        report = run_api_tests(node.base, load_builtin_api_test_plan("base-r4"), options=options)
        for each in report.scenarios:
            if each.status.value != "PASS":
                complaints[f"{resource_type} {each.id}"] = _why(each)
    judge("pyrofile base-r4", complaints)


def _why(result: ApiScenarioResult) -> str:
    failed = [f"{each.kind}: {each.actual}" for each in result.assertions if each.status.value != "PASS"]
    errors = result.validation_report.errors if result.validation_report else []
    return "; ".join([result.skip_reason or "", *failed, *(each.message for each in errors)])


def test_everything_that_a_search_returns_is_valid_in_its_bundle(node: Served) -> None:
    began = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    complaints = {}
    for resource_type in HELD:
        role = "auditor" if resource_type == "AuditEvent" else "programme"
        recent = {"AuditEvent": {"date": f"ge{began}"}}  # what the scan itself leaves in the log, and no more
        options = ApiScanOptions(
            resource_types=(resource_type,), auth=partial(node.headers, role), search_params=recent, max_pages=100
        )
        report = scan_api(node.base, options=options)
        assert report.api_scan is not None
        assert report.api_scan.complete, (resource_type, report.api_scan.stop_reason)
        assert report.api_scan.resources_fetched > 0, resource_type
        unknown = [each for each in report.errors if not _is_own_extension(each.code, each.message)]
        complaints |= {f"{each.code} {_PLACE.sub('', each.path or '')}": each.message for each in unknown}
    judge("pyrofile scan", complaints)


def _is_own_extension(code: str, message: str) -> bool:
    return code == "extension.unknown" and any(f" {url} " in message for url in OWN)
