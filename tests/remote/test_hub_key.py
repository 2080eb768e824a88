"""The hub's signing key takes over from another, as a node meets it: known in its time, and refused at any other."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette

from corridor.domain.country import Country
from corridor.domain.directory import Federation
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.log import DIRECTORY_STALE
from corridor.domain.next_key import NextKey
from corridor.hub.acts import HubActs
from corridor.hub.routes import routes
from corridor.keys.files import KeyUse, create_key, signing_key
from corridor.keys.manifest import digest, signed_by
from corridor.keys.own_signing import OwnSigning, create_next
from corridor.keys.signatures import Signatures
from corridor.remote.calls import Calls
from corridor.remote.directory import HttpDirectory, Trust
from corridor.remote.manifest import parse_federation, render_federation
from corridor.remote.register import HttpRegister
from tests.fakes.clock import FakeClock
from tests.fakes.signed import HUB_URL, AsgiLine, SignedParties

AHEAD, OVERLAP, SKEW = timedelta(days=7), timedelta(hours=1), timedelta(seconds=60)


async def _nothing(*_: object, **__: object) -> None:
    raise AssertionError


async def _seven(_: Country) -> int:
    return 7


class Meeting:
    """A hub and a node, each with the manifest, a clock of its own, and the hub with two keys."""

    def __init__(self, folder: Path) -> None:
        self.parties, self.folder = SignedParties(), folder
        create_key(folder / "signing.key", KeyUse.SIGNING)
        self.old, self.new = signing_key(folder / "signing.key").public_key().public_bytes_raw(), create_next(folder)
        self.since = self.parties.clock.now() + AHEAD
        self.until = self.since + OVERLAP
        self.before = replace(self.parties.known, hub_key=self.old)
        self.announced = replace(self.before, hub_next=NextKey(self.new, self.since, self.until))

    async def is_heard(
        self, at: datetime, *, known: Federation | None = None, signs: bytes = b"", ahead: timedelta = timedelta()
    ) -> bool:
        """Whether a node takes what the hub signs at an instant, at each place where it speaks to the hub.

        Args:
            at: the instant, by the hub's clock.
            known: the manifest that the node has; the one with the next key if not said.
            signs: the hub's key; the one that counts if not said.
            ahead: how much further the node's clock is.
        """
        line = self._line(self._directory("hub", at, self.announced), at, signs)
        calls = Calls(line, self.parties.signatures("PE"), FakeClock(at + ahead))
        directory = self._directory("node", at + ahead, known or self.announced, calls)
        self.parties.log.lines.clear()
        assert not await directory.refresh()
        refused = [fields["reason"] for event, fields in self.parties.log.lines if event == DIRECTORY_STALE]
        wrong = [reason for reason in refused if "not signed by it" in str(reason)]
        try:
            size = await HttpRegister(calls, directory).log_size()
        except UnavailableError:
            assert wrong
            return False
        assert (size, wrong) == (7, [])
        return True

    def _directory(self, name: str, at: datetime, known: Federation, calls: Calls | None = None) -> HttpDirectory:
        path = self.folder / f"{name}.json"
        path.write_bytes(render_federation(known))
        trust = Trust(signed_by, digest)
        return HttpDirectory(path, trust, clock=FakeClock(at), calls=calls, log=self.parties.log)

    def _line(self, directory: HttpDirectory, at: datetime, signs: bytes) -> AsgiLine:
        signing = OwnSigning(self.folder, lambda: signs or directory.federation().hub_key)
        gate = replace(self.parties.gate("hub"), signatures=Signatures("hub", signing), clock=FakeClock(at))
        hub = HubActs(
            gate=gate,
            max_body_bytes=1000,
            directory=directory.note,
            register_persons=_nothing,
            remove_persons=_nothing,
            resolve_identity=_nothing,
            redeem_handle=_nothing,
            receive_report=_nothing,
            seen_size=_seven,
        )
        return AsgiLine({HUB_URL: Starlette(routes=routes(hub))})


@pytest.fixture
def meeting(tmp_path: Path) -> Meeting:
    return Meeting(tmp_path)


@pytest.mark.parametrize("ahead", [-SKEW, timedelta(), SKEW])
async def test_the_hub_is_heard_at_every_moment_by_clocks_that_differ(meeting: Meeting, ahead: timedelta) -> None:
    moment = timedelta(seconds=1)
    for turn in (meeting.since, meeting.until):
        for at in (turn - SKEW, turn - moment, turn, turn + moment, turn + SKEW):
            assert await meeting.is_heard(at, ahead=ahead)


async def test_either_key_counts_from_the_announcement_until_the_older_ends(meeting: Meeting) -> None:
    for at in (meeting.since - AHEAD, meeting.since, meeting.until - timedelta(seconds=1)):
        assert await meeting.is_heard(at, signs=meeting.old)
        assert await meeting.is_heard(at, signs=meeting.new)


async def test_the_older_key_is_refused_from_its_end_on(meeting: Meeting) -> None:
    assert not await meeting.is_heard(meeting.until, signs=meeting.old)
    done = replace(meeting.before, version=2, hub_key=meeting.new)
    assert not await meeting.is_heard(meeting.since, signs=meeting.old, known=done)
    assert await meeting.is_heard(meeting.since, signs=meeting.new, known=done)


async def test_a_key_that_no_manifest_announced_is_refused(meeting: Meeting) -> None:
    assert not await meeting.is_heard(meeting.since, signs=meeting.new, known=meeting.before)
    third = create_next(meeting.folder)
    for at in (meeting.since - AHEAD, meeting.since, meeting.until):
        assert not await meeting.is_heard(at, signs=third)


def test_a_manifest_of_before_reads_as_one_without_a_next_key(meeting: Meeting) -> None:
    rows = json.loads(render_federation(meeting.before))
    assert rows.pop("hub_next") is None
    assert parse_federation(json.dumps(rows).encode()) == meeting.before
    assert parse_federation(render_federation(meeting.announced)) == meeting.announced


def test_a_next_key_that_is_none_is_refused(meeting: Meeting) -> None:
    right = json.loads(render_federation(meeting.announced))
    following = right["hub_next"]
    for wrong in (
        {**following, "key": "short"},
        {**following, "key": right["hub_key"]},
        {**following, "since": "2026-01-01T00:00:00"},
        {**following, "until": "2020-01-01T00:00:00Z"},
        {**following, "more": 1},
        {"key": following["key"]},
        [],
    ):
        with pytest.raises(InvalidError):
            parse_federation(json.dumps({**right, "hub_next": wrong}).encode())
