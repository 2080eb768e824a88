"""A code to a telephone: from the clinician's page over a real node to a gateway, and what is seen when it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corridor.apps.node_presence import NodePresence
from corridor.apps.node_rooms import open_rooms
from corridor.domain.errors import InvalidError
from demo.parties import Party
from tests.databases import Databases
from tests.doors.running import Node, running_node, settings_of
from tests.doors.test_pages_wiring import Browser

TOKEN = "shown-to-the-gateway-alone"  # made up
NUMBER = "+51987654321"
UNSENT = "No se pudo preguntar de esa forma. Use otra."


@dataclass
class Gateway:
    """A gateway on loopback: what it was sent, and what it says."""

    status: int = 202
    sent: list[dict[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        gateway = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that the library calls
                gateway.tokens.add(self.headers["authorization"])
                gateway.sent.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                body = json.dumps(gateway.sent[-1]).encode()
                self.send_response(gateway.status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Hear nobody any more."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/messages"

    @property
    def code(self) -> str:
        """The code of the last message."""
        return self.sent[-1]["text"].partition(" ")[0]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.close()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def node(lima: Party, databases: Databases, gateway: Gateway, token: Path) -> Iterator[Node]:
    """A node that sends its codes to the gateway."""
    url = databases.migrated("sqlite", "node")
    with running_node(lima, url, text_gateway=gateway.address, text_gateway_token=str(token)) as running:
        yield running


def test_a_code_reaches_the_telephone_and_a_failure_is_said_without_telling_anything(
    node: Node, gateway: Gateway, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = {"system": "phone", "value": "987 654 321"}
    patient = node.make({"resourceType": "Patient", "name": [{"family": "Ccori"}], "telecom": [phone]})
    here, browser = f"/personas/{patient}/presencia", Browser(node)
    browser.enter("clinician")

    asked = browser.send(here, {"way": "code"})
    assert asked.status == 200
    assert gateway.tokens == {f"Bearer {TOKEN}"}
    assert [each["to"] for each in gateway.sent] == [NUMBER]
    challenge = asked.body.decode().partition('name="challenge" value="')[2].partition('"')[0]
    right = {"challenge": challenge, "answer": gateway.code, "line": "", "card": ""}
    assert browser.send(f"{here}/respuesta", right).headers["location"] == f"/personas/{patient}"

    pages = [asked.body]
    for status in (401, 503):
        gateway.status = status
        pages.append(failed(browser, here))
    gateway.close()
    pages.append(failed(browser, here))

    codes = [each["text"].partition(" ")[0] for each in gateway.sent]
    assert len(set(codes)) == 3
    log = "".join(capfd.readouterr()) + json.dumps(audited(node, patient), ensure_ascii=False)
    for secret in (*codes, TOKEN, NUMBER, "987 654 321"):
        assert secret not in log
        assert not [page for page in pages if secret.encode() in page]
    reasons = [each["outcomeDesc"] for each in audited(node, patient) if "unsent" in str(each.get("outcomeDesc"))]
    assert len(reasons) == 3


def failed(browser: Browser, here: str) -> bytes:
    """The page that a clinician sees whose message nobody took: the other ways are still on it."""
    page = browser.send(here, {"way": "code"})
    assert page.status == 409
    assert UNSENT in unescape(page.body.decode())
    assert f"{here}/constancia" in page.body.decode()
    return page.body


def audited(node: Node, patient: str) -> list[dict[str, Any]]:
    entries = node.get(f"AuditEvent?patient={patient}&_count=100", role="auditor").json["entry"]
    return [each["resource"] for each in entries]


@pytest.mark.parametrize(
    ("written", "mode", "address", "why"),
    [
        (TOKEN, 0o644, "https://sms.example", "read by others"),
        ("", 0o600, "https://sms.example", "none that a header"),
        ("two words", 0o600, "https://sms.example", "none that a header"),
        ("line\r\nx-evil: 1", 0o600, "https://sms.example", "none that a header"),
        ("señal", 0o600, "https://sms.example", "none that a header"),
        (None, 0o600, "https://sms.example", "cannot be read"),
        (TOKEN, 0o600, "http://sms.example", "without TLS"),
        (TOKEN, 0o600, "", "in development alone"),
    ],
)
async def test_a_node_in_earnest_does_not_start_with_a_gateway_that_leaks(
    *, lima: Party, databases: Databases, token: Path, written: str | None, mode: int, address: str, why: str
) -> None:
    lay(token, written, mode)
    settings = msgspec.structs.replace(
        settings_of(lima.config, databases.migrated("sqlite", "node")),
        development=False,
        text_gateway=address,
        text_gateway_token=str(token),
        text_file="" if address else str(token),
    )
    rooms = await open_rooms(settings)
    try:
        with pytest.raises(InvalidError, match=why) as caught:
            NodePresence(rooms).desk()
        assert TOKEN not in str(caught.value)
    finally:
        await rooms.close()


def lay(token: Path, written: str | None, mode: int) -> None:
    """Put the token in its file, or take the file away."""
    token.write_text(written or "")
    token.chmod(mode)
    if written is None:
        token.unlink()
