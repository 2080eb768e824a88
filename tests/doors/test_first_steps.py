"""What the front page tells a newcomer to type works as it stands."""

from __future__ import annotations

import shlex
from base64 import b64encode

from corridor.web.conformance.steps import first_steps
from tests.doors.running import BASE, PASSWORD, PUBLIC, Node, Reply


def typed(node: Node, command: str, **values: str) -> Reply:
    """The request that curl makes of a command, once the shell has put values into it."""
    for name, value in values.items():
        command = command.replace(f"${name}", value)
    program, *words = shlex.split(command)
    assert program == "curl"
    headers, body, address = {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name.lower()] = value
        elif word == "-u":
            headers["authorization"] = "Basic " + b64encode(words.pop(0).encode()).decode()
        elif word == "-d":
            body = words.pop(0).encode()
            headers.setdefault("content-type", "application/x-www-form-urlencoded")
        else:
            address = word
    return node.send("POST" if body else "GET", address.removeprefix(PUBLIC), body, headers)


def test_every_step_of_the_front_page_works(node: Node) -> None:
    steps = {each.key: each.command for each in first_steps(BASE, f"{PUBLIC}/auth/token")}
    assert typed(node, steps.pop("statement")).status == 200
    token = typed(node, steps.pop("token"), ACCOUNT="programme", PASSWORD=PASSWORD).json["access_token"]
    for key, command in steps.items():
        answer = typed(node, command, TOKEN=token)
        assert answer.status == (201 if key == "create" else 200), (key, answer.body)
    assert typed(node, steps["search"], TOKEN=token).ids
