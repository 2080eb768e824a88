"""Schemathesis asks everything that the OpenAPI document describes, and much that it does not allow."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.serving import Served

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
SEED = "1311"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
_SELDOM = {"extension", "modifierExtension", "contained"}


@pytest.fixture
def document(node: Served, tmp_path: Path) -> Path:
    """The node's document without extensions: they hold one another without end, and values take minutes to invent."""
    described: dict[str, Any] = node.client.get(f"{node.url}/openapi.json").raise_for_status().json()
    schemas = described["components"]["schemas"]
    for schema in schemas.values():
        for name in [each for each in schema.get("properties", {}) if each.startswith("_") or each in _SELDOM]:
            del schema["properties"][name]
    schemas["Extension"] = {"type": "object"}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(described), encoding="utf-8")
    return path


@pytest.mark.timeout(400)
def test_nothing_that_is_invented_for_an_address_makes_the_node_fail(node: Served, document: Path) -> None:
    said = _run(node, document, ("--phases", "fuzzing", "--max-examples", "2"))
    assert "Fuzzing" in said


@pytest.mark.timeout(400)
def test_no_edge_of_a_reading_address_makes_the_node_fail(node: Served, document: Path) -> None:
    said = _run(node, document, ("--phases", "coverage", "--include-method", "GET"))
    assert "Coverage" in said


def _run(node: Served, document: Path, words: Sequence[str]) -> str:
    usual = ("run", document, "--url", node.base, "--checks", ",".join(CHECKS), "--seed", SEED, "--no-shrink")
    quiet = ("--suppress-health-check", "all", "--generation-database", "none", "--warnings", "off")
    header = ("-H", f"Authorization: {node.headers()['authorization']}", "--continue-on-failure", "--no-color")
    ran = subprocess.run(
        (SCHEMATHESIS, *usual, *quiet, *header, *words),
        cwd=document.parent,
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2_000:]
    assert "Time limit" not in ran.stdout
    return ran.stdout
