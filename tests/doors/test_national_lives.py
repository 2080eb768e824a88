"""Whatever is done to a few resources in whatever order, the base and a plain list of versions agree."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.doors.running import Node, Reply

NAMES = st.sampled_from(["life-a", "life-b", "life-c"])
TEXTS = st.sampled_from(["Uno", "Dos", "Muñoz"])
Version = str | None
"""The name of the place at one version, or None where that version says deleted."""

OK, CREATED, NO_CONTENT, NOT_FOUND, GONE, FAILED = 200, 201, 204, 404, 410, 412


class Lives(RuleBasedStateMachine):
    """A base beside a model of it: for each id the versions that it had."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node
        self.versions: dict[str, list[Version]] = {}
        self.log: list[tuple[str, int]] = []
        for name in ("life-a", "life-b", "life-c"):
            self._remember(name)

    def _remember(self, name: str) -> None:
        """What an earlier run left: the model goes on from there."""
        answer = self.node.get(f"Location/{name}/_history?_count=500")
        entries = answer.json.get("entry", []) if answer.status == OK else []
        self.versions[name] = [each.get("resource", {}).get("name") for each in reversed(entries)]

    def _lives(self, name: str) -> bool:
        return bool(self.versions[name]) and self.versions[name][-1] is not None

    def _wrote(self, name: str, text: Version) -> int:
        self.versions[name].append(text)
        self.log.append((name, len(self.versions[name])))
        return len(self.versions[name])

    def _check_written(self, answer: Reply, name: str, text: str) -> None:
        expected = OK if self._lives(name) else CREATED
        number = self._wrote(name, text)
        assert (answer.status, answer.headers["etag"]) == (expected, f'W/"{number}"')
        assert (answer.json["name"], answer.json["meta"]["versionId"]) == (text, str(number))

    @rule(name=NAMES, text=TEXTS)
    def update(self, name: str, text: str) -> None:
        """Write the next version, whatever is there."""
        self._check_written(self.node.ask("PUT", f"/fhir/Location/{name}", place(name, text)), name, text)

    @rule(name=NAMES, text=TEXTS, held=st.integers(0, 6))
    def update_a_version(self, name: str, text: str, held: int) -> None:
        """Write the next version if a certain one is current."""
        answer = self.node.ask("PUT", f"/fhir/Location/{name}", place(name, text), if_match=f'W/"{held}"')
        if held and held == len(self.versions[name]):
            self._check_written(answer, name, text)
        else:
            assert answer.status == FAILED

    @rule(name=NAMES, text=TEXTS)
    def update_on_condition(self, name: str, text: str) -> None:
        """Write to what a search finds, or make it."""
        answer = self.node.ask("PUT", f"/fhir/Location?_id={name}", place(name, text))
        self._check_written(answer, name, text)

    @rule(name=NAMES, text=TEXTS)
    def create_on_condition(self, name: str, text: str) -> None:
        """Where it lives, it is found and nothing is written."""
        if self._lives(name):
            resource = {"resourceType": "Location", "name": text}
            answer = self.node.ask("POST", "/fhir/Location", resource, if_none_exist=f"_id={name}")
            assert (answer.status, answer.json["name"]) == (OK, self.versions[name][-1])

    @rule(name=NAMES, conditional=st.booleans())
    def delete(self, name: str, *, conditional: bool) -> None:
        """Say that it is deleted; twice is once."""
        answer = self.node.ask("DELETE", f"/fhir/Location?_id={name}" if conditional else f"/fhir/Location/{name}")
        assert answer.status == NO_CONTENT
        if self._lives(name):
            assert answer.headers["etag"] == f'W/"{self._wrote(name, None)}"'

    @rule(first=NAMES, second=NAMES, text=TEXTS)
    def transact(self, first: str, second: str, text: str) -> None:
        """Delete one and write another, together or not at all."""
        requests = [("DELETE", first, None), ("PUT", second, place(second, text))]
        entries = [
            {"request": {"method": method, "url": f"Location/{name}"}, **({"resource": body} if body else {})}
            for method, name, body in requests
        ]
        answer = self.node.ask("POST", "/fhir", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
        assert answer.status == (400 if first == second else OK)
        if first != second:
            if self._lives(first):
                self._wrote(first, None)
            self._wrote(second, text)

    @rule(name=NAMES)
    def read(self, name: str) -> None:
        """The newest version, or that there is none."""
        answer = self.node.get(f"Location/{name}")
        if self._lives(name):
            assert (answer.status, answer.json["name"]) == (OK, self.versions[name][-1])
        else:
            assert answer.status == (GONE if self.versions[name] else NOT_FOUND)

    @rule(name=NAMES, number=st.integers(1, 8))
    def vread(self, name: str, number: int) -> None:
        """One version, as it was."""
        answer = self.node.get(f"Location/{name}/_history/{number}")
        known = self.versions[name][number - 1 : number]
        if not known:
            assert answer.status == NOT_FOUND
        elif known[0] is None:
            assert answer.status == GONE
        else:
            assert (answer.status, answer.json["name"]) == (OK, known[0])

    @rule(name=NAMES, count=st.integers(1, 4))
    def history(self, name: str, count: int) -> None:
        """Every version once, newest first, by pages of any size."""
        answer = self.node.get(f"Location/{name}/_history?_count={count}")
        if not self.versions[name]:
            assert answer.status == NOT_FOUND
            return
        entries = cast("list[dict[str, Any]]", answer.json["entry"])
        while answer.link("next"):
            answer = self.node.ask("GET", answer.link("next"))
            entries += answer.json["entry"]
        assert [each.get("resource", {}).get("name") for each in entries] == self.versions[name][::-1]
        assert answer.json["total"] == len(self.versions[name])

    @invariant()
    def the_type_shows_what_was_done_last(self) -> None:
        """The history of the type begins with the last writes, in their order."""
        if self.log:
            entries = self.node.get("Location/_history?_count=2").json["entry"]
            shown = [(each["fullUrl"].rpartition("/")[2], each["response"]["etag"]) for each in entries]
            name, number = self.log[-1]
            assert (name, f'W/"{number}"') in shown


def place(name: str, text: str) -> dict[str, Any]:
    """A place with a name."""
    return {"resourceType": "Location", "id": name, "status": "active", "name": text}


@pytest.mark.usefixtures("town")
def test_the_base_and_a_list_of_versions_agree(node: Node) -> None:
    checks = settings(
        max_examples=25,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(lambda: Lives(node), settings=checks)
