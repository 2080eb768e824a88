"""A country's pages as a person clicks through them."""

from __future__ import annotations

import re

import httpx

from demo.rounds import IN_PERSON
from tests.journeys.world import World


class Clicks:
    """Somebody who is signed in at a country's pages.

    Args:
        world: the federation.
        country: whose pages.
        role: of the account.
    """

    def __init__(self, world: World, country: str, role: str = "clinician") -> None:
        account = world.accounts[country, role]
        self._client = httpx.Client(base_url=world.doors[country].url, timeout=30)
        answer = self._client.post("/ingreso", data={"account": account.name, "password": account.password})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        # Plain HTTP in tests: the cookie is sent as it was set.
        self._client.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
        self._password = account.password
        self._home = answer.headers["location"]

    def open(self, path: str) -> httpx.Response:
        """Look at a page."""
        return self._client.get(path)

    def send(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form of this sign-in."""
        token = re.findall(r'name="token" value="([^"]+)"', self.open(self._home).text)[0]
        return self._client.post(path, data={**fields, "token": token})

    def vouch(self, patient_id: str) -> httpx.Response:
        """Sign that somebody is there."""
        said = {"cause": "no-card", "words": IN_PERSON, "sure": "yes", "password": self._password}
        return self.send(f"/personas/{patient_id}/presencia/constancia", **said)

    def close(self) -> None:
        """Shut the browser."""
        self._client.close()
