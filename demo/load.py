"""Published example resources through a country's own door, with a count of what was accepted, refused and why.

Single resources are put under their ids and batches go as they are. So do transactions; one that is refused as a whole
goes once more in the part that the base serves. Documents, collections and searchsets go in that part at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
from rich.console import Console
from rich.progress import track

EXAMPLES = Path(__file__).parent / "examples"
"""The published sets; ATTRIBUTION.md in it names where each comes from."""

FHIR_JSON = "application/fhir+json"
_FIRST = ("Organization", "Practitioner", "Location", "Patient", "Medication", "Specimen", "Encounter")
_UNSERVED = "not a type that this base serves"


@dataclass(slots=True)
class Report:
    """What became of the resources of one load; every resource is counted once.

    Attributes:
        accepted: resources that the node took.
        refused: resources that it did not take, or that were not sent because their type is not served.
        reasons: how many resources each reason kept out, by status, issue code and text.
        cut: how many transactions went only in part, by why the whole was refused.
    """

    accepted: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)

    def accept(self, count: int = 1) -> None:
        """Count resources that were taken."""
        self.accepted += count

    def refuse(self, reason: str, count: int = 1) -> None:
        """Count resources that were not taken, under why."""
        self.refused += count
        self.reasons[reason] += count


@dataclass(frozen=True, slots=True)
class _Door:
    client: httpx.Client
    served: frozenset[str]
    report: Report


def example_files() -> list[Path]:
    """The published example files, set by set."""
    return sorted(EXAMPLES.glob("*/*.json"))


def load(base_url: str, token: str, files: Iterable[Path]) -> Report:
    """Send every file to one country's `/fhir` base and count what happened; shows a progress bar in a terminal.

    Args:
        base_url: the base, such as `http://127.0.0.1:8101/fhir`.
        token: bearer token of an account that may write.
        files: FHIR JSON files; what others refer to is sent first.

    Raises:
        httpx.HTTPError: the node cannot be reached.
    """
    report = Report()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": FHIR_JSON, "Accept": FHIR_JSON}
    with httpx.Client(base_url=base_url.rstrip("/") + "/", headers=headers, timeout=60) as client:
        door = _Door(client, _served(client), report)
        contents = sorted((orjson.loads(file.read_bytes()) for file in files), key=_turn)
        for resource in track(contents, "Published examples", console=Console(stderr=True), transient=True):
            _send(door, resource)
    return report


def _served(client: httpx.Client) -> frozenset[str]:
    statement = client.get("metadata").raise_for_status().json()
    return frozenset(entry["type"] for rest in statement["rest"] for entry in rest["resource"])


def _turn(resource: dict[str, Any]) -> int:
    kind = resource["resourceType"]
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST) + (kind == "Bundle")


def _send(door: _Door, resource: dict[str, Any]) -> None:
    kind = resource["resourceType"]
    if kind == "Bundle":
        _send_bundle(door, resource)
    elif kind not in door.served:
        door.report.refuse(f"{kind}: {_UNSERVED}")
    else:
        path = f"{kind}/{resource['id']}"
        _count(door.report, door.client.put(path, content=orjson.dumps(resource)), 1)


def _send_bundle(door: _Door, resource: dict[str, Any]) -> None:
    if resource["type"] not in {"transaction", "batch"}:
        _send_part(door, resource)
        return
    answer = door.client.post("", content=orjson.dumps(resource))
    if resource["type"] == "batch" and answer.is_success:
        for entry in answer.json()["entry"]:
            _count_entry(door.report, entry["response"])
    elif resource["type"] == "transaction" and answer.is_client_error:
        door.report.cut[_reason(str(answer.status_code), _outcome(answer))] += 1
        _send_part(door, resource)
    else:
        _count(door.report, answer, len(resource["entry"]))


def _send_part(door: _Door, resource: dict[str, Any]) -> None:
    """Send what the base serves of a Bundle as a transaction, without links to what is not in it."""
    kinds = [entry["resource"]["resourceType"] for entry in resource["entry"]]
    for kind in kinds:
        if kind not in door.served:
            door.report.refuse(f"{kind}: {_UNSERVED}")
    part = [entry for entry, kind in zip(resource["entry"], kinds, strict=True) if kind in door.served]
    present = {entry.get("fullUrl", "") for entry in part}
    entries = [dict(_requests(entry | {"resource": _linked(entry["resource"], present)})) for entry in part]
    content = orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    _count(door.report, door.client.post("", content=content), len(entries))


def _linked(node: Any, present: set[str]) -> Any:
    """The same JSON without References whose urn names no entry that is present."""
    if isinstance(node, list):
        return [_linked(item, present) for item in node if not _lost(item, present)]
    if isinstance(node, dict):
        return {key: _linked(value, present) for key, value in node.items() if not _lost(value, present)}
    return node


def _lost(node: Any, present: set[str]) -> bool:
    target = node.get("reference") if isinstance(node, dict) else None
    return isinstance(target, str) and target.startswith("urn:") and target not in present


def _requests(entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    kind, logical_id = entry["resource"]["resourceType"], entry["resource"].get("id")
    yield "resource", entry["resource"]
    if "fullUrl" in entry:
        yield "fullUrl", entry["fullUrl"]
    yield "request", {"method": "PUT", "url": f"{kind}/{logical_id}"} if logical_id else {"method": "POST", "url": kind}


def _count(report: Report, answer: httpx.Response, resources: int) -> None:
    if answer.is_success:
        report.accept(resources)
    else:
        report.refuse(_reason(str(answer.status_code), _outcome(answer)), resources)


def _count_entry(report: Report, response: dict[str, Any]) -> None:
    if response["status"].startswith("2"):
        report.accept()
    else:
        report.refuse(_reason(response["status"][:3], response.get("outcome", {})))


def _outcome(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def _reason(status: str, outcome: dict[str, Any]) -> str:
    issue: dict[str, Any] = next(iter(outcome.get("issue", [])), {})
    text = issue.get("details", {}).get("text") or issue.get("diagnostics") or "no OperationOutcome"
    return f"{status} {issue.get('code', 'unknown')}: {re.sub(r'[A-Z][A-Za-z]+/[A-Za-z0-9.-]+', '…/…', text)}"
