"""A SMART Health Link of a running node is opened by a viewer that others wrote."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.conformance.serving import Served

JS = Path(__file__).parent / "js_links"
PASSCODE = "maiz morado"


def given(node: Served, patient: str) -> str:
    """A link that the clinician's page gave."""
    page = f"{node.url}/personas/{patient}/enlaces"
    headers = {"cookie": f"pe-session={node.tokens['clinician']}"}
    token = re.search(r'name="token" value="([^"]+)"', node.client.get(page, headers=headers).text)
    assert token
    form = {"token": token[1], "way": "shl", "days": "1", "language": "es", "passcode": PASSCODE, "heard": "yes"}
    shown = node.client.post(page, data=form, headers=headers).text
    link = re.search(r'id="link">([^<]+)<', shown)
    assert link, shown
    return html.unescape(link[1])


def opened(link: str, *words: str) -> dict[str, Any]:
    """What the viewer found."""
    command = ("node", "open.mjs", link, *words)
    ran = subprocess.run(command, cwd=JS, capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_another_viewer_opens_the_link_embedded_and_by_its_location(node: Served) -> None:
    patient = node.make(node.sample("Patient"))
    link = given(node, patient)
    for words in ((PASSCODE,), (PASSCODE, "10")):
        found = opened(link, *words)
        assert (found["type"], found["status"]) == ("document", "finalized")
        assert found["types"][0] == "Composition"
        assert "Patient" in found["types"]


def test_another_viewer_understands_that_the_passcode_is_wrong_and_that_there_is_no_such_link(node: Served) -> None:
    patient = node.make(node.sample("Patient"))
    link = given(node, patient)
    assert opened(link, "maiz blanco") == {"error": "SHLInvalidPasscodeError"}
    assert opened(link) == {"error": "SHLInvalidPasscodeError"}
    assert node.request("POST", f"Patient/{patient}/$withdraw-consent", role="clinician").status_code == 200
    assert opened(link, PASSCODE)["error"] == "SHLManifestNotFoundError"
