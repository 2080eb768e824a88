"""Every request has an id and one line; what nobody foresaw says nothing of what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from corridor.apps.http import RequestLine, install_errors
from corridor.apps.spoken import spoken
from corridor.domain.errors import LoginError, NotFoundError
from corridor.domain.log import FAILED, REQUEST, LogEvent

PERSONAL = "Urdaneta"


async def fine(request: Request) -> Response:
    """Tells the id that the request was given."""
    return PlainTextResponse(request.scope["request_id"])


async def broken(request: Request) -> Response:
    """An accident whose text holds what was sent."""
    raise ValueError(f"{PERSONAL}: {request.url}")


async def torn(_request: Request) -> Response:
    """An accident in the middle of an answer."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError(PERSONAL)

    return StreamingResponse(parts())


async def missing(_request: Request) -> Response:
    """An error of the house."""
    raise NotFoundError("There is no such resource.", ("Patient",))


async def secret(_request: Request) -> Response:
    """An error of the house."""
    raise LoginError("Sign in first.")


class Lines:
    """Keeps what would be written."""

    def __init__(self) -> None:
        self.kept: list[tuple[LogEvent, dict[str, Any]]] = []

    def write(self, event: LogEvent, **fields: Any) -> None:
        """Keep a line."""
        assert fields.keys() <= event.fields
        self.kept.append((event, fields))

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Lines about requests."""
        return [fields for event, fields in self.kept if event is REQUEST]


@pytest.fixture
def lines() -> Lines:
    """What the log would hold."""
    return Lines()


@pytest.fixture
async def client(lines: Lines) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with all kinds of doors."""
    doors = {"/fine": fine, "/broken": broken, "/torn": torn, "/missing": missing, "/secret": secret}
    app = Starlette(
        routes=[*(Route(path, door) for path, door in doors.items()), *spoken("/s/{id}", GET=fine, PUT=fine)]
    )
    app.add_middleware(RequestLine, write=lines.write)
    install_errors(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://node.example") as client:
        yield client


async def test_a_line_names_the_door_and_never_the_address(client: httpx.AsyncClient, lines: Lines) -> None:
    await client.get(f"/fine?family={PERSONAL}")
    await client.get(f"/s/{PERSONAL}")
    await client.get(f"/nowhere/{PERSONAL}?birthdate=1991-04-17")
    await client.patch(f"/s/{PERSONAL}")
    assert [(each["route"].rpartition(".")[2], each["status"]) for each in lines.requests] == [
        ("fine", 200), ("fine", 200), ("-", 404), ("not_spoken", 405),
    ]  # fmt: skip
    assert PERSONAL not in str(lines.kept)
    assert "1991" not in str(lines.kept)
    assert all(each["milliseconds"] >= 0 for each in lines.requests)


async def test_an_id_is_taken_if_it_is_one_and_made_if_not(client: httpx.AsyncClient, lines: Lines) -> None:
    answer = await client.get("/fine", headers={"x-request-id": "lab.77_a-b"})
    assert answer.text == answer.headers["x-request-id"] == lines.requests[-1]["request_id"] == "lab.77_a-b"
    for wrong in ("", "a b", "x" * 65, "<script>", "\u00e4"):
        answer = await client.get("/fine", headers={"x-request-id": wrong.encode("latin-1")})
        assert len(answer.text) == 16
        assert answer.text == answer.headers["x-request-id"] == lines.requests[-1]["request_id"]


async def test_what_nobody_foresaw_says_nothing(
    client: httpx.AsyncClient, lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await client.get(f"/broken?family={PERSONAL}", headers={"x-request-id": "r-1"})
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("application/fhir+json")
    (issue,) = answer.json()["issue"]
    assert (issue["code"], "r-1" in issue["diagnostics"]) == ("exception", True)
    assert PERSONAL not in answer.text + str(lines.kept) + "".join(capfd.readouterr())
    ((event, fields),) = [each for each in lines.kept if each[0] is not REQUEST]
    assert event is FAILED
    assert fields["error"].startswith("ValueError")
    assert fields["route"].endswith("broken")
    assert lines.requests[-1]["status"] == 500


async def test_an_answer_that_breaks_off_says_nothing_either(client: httpx.AsyncClient, lines: Lines) -> None:
    answer = await client.get("/torn")
    assert PERSONAL not in answer.text + str(lines.kept)
    assert [event.id for event, _ in lines.kept] == ["failed", "request"]


async def test_errors_of_the_house_are_told_in_fhir(client: httpx.AsyncClient) -> None:
    answer = await client.get("/missing")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert answer.json()["issue"] == [
        {
            "severity": "error",
            "code": "not-found",
            "diagnostics": "There is no such resource.",
            "expression": ["Patient"],
        }
    ]
    answer = await client.get("/secret")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_an_address_tells_all_of_its_methods(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/s/x")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, PUT")
    assert (await client.head("/s/x")).status_code == 200
    assert (await client.get("/nowhere")).json()["issue"][0]["code"] == "not-found"
