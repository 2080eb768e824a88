"""The pinned directory and its renewal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from corridor.domain.directory import Federation
from corridor.domain.errors import InvalidError
from corridor.domain.log import DIRECTORY_STALE
from corridor.domain.message import SignedResponse
from corridor.hub.acts import HubActs
from corridor.hub.routes import routes
from corridor.remote.calls import Calls
from corridor.remote.directory import HttpDirectory, parse_federation, read_federation, render_federation
from tests.fakes.signed import HUB_URL, AsgiLine, SignedParties


async def _nothing(*_: object, **__: object) -> None:
    raise AssertionError


class Renewal:
    """A node with a pinned file, and a hub that publishes something."""

    def __init__(self, folder: Path) -> None:
        self.parties = SignedParties()
        self.published = render_federation(self.parties.known)
        self.path = folder / "federation.json"
        self.path.write_bytes(self.published)
        hub = HubActs(
            gate=self.parties.gate("hub"),
            max_body_bytes=1000,
            directory=lambda: self.published,
            register_persons=_nothing,
            remove_persons=_nothing,
            resolve_identity=_nothing,
            redeem_handle=_nothing,
            receive_report=_nothing,
            seen_size=_nothing,
        )
        self.line = AsgiLine({HUB_URL: Starlette(routes=routes(hub))})
        calls = Calls(self.line, self.parties.signatures("PE"), self.parties.clock)
        self.directory = HttpDirectory(self.path, calls=calls, log=self.parties.log)

    def publish(self, **changes: object) -> Federation:
        """Let the hub publish another version."""
        changed = replace(self.parties.known, **changes)
        self.published = render_federation(changed)
        return changed


@pytest.fixture
def renewal(tmp_path: Path) -> Renewal:
    return Renewal(tmp_path)


def test_a_directory_is_written_and_read_back_the_same() -> None:
    known = SignedParties().known
    assert parse_federation(render_federation(known)) == known
    assert render_federation(known) == render_federation(parse_federation(render_federation(known)))


async def test_a_higher_version_that_the_hub_signed_is_pinned(renewal: Renewal) -> None:
    newer = renewal.publish(version=2, epoch=7)
    assert await renewal.directory.refresh()
    assert renewal.directory.federation() == newer
    assert read_federation(renewal.path) == newer
    assert not await renewal.directory.refresh()


@pytest.mark.parametrize("version", [0, 1])
async def test_an_older_or_the_same_version_changes_nothing(renewal: Renewal, version: int) -> None:
    known = renewal.parties.known
    renewal.publish(version=version, epoch=7)
    assert not await renewal.directory.refresh()
    assert renewal.directory.federation() == known
    assert read_federation(renewal.path) == known


async def test_the_hub_cannot_hand_its_place_to_another_key(renewal: Renewal) -> None:
    renewal.publish(version=2, hub_key=bytes(32))
    assert not await renewal.directory.refresh()
    assert renewal.directory.federation() == renewal.parties.known
    assert [event for event, _ in renewal.parties.log.lines] == [DIRECTORY_STALE]


async def test_what_the_hub_did_not_sign_changes_nothing(renewal: Renewal) -> None:
    newer = render_federation(renewal.publish(version=2))
    renewal.publish(version=1)
    renewal.line.change = lambda response: SignedResponse(200, response.headers, newer)
    assert not await renewal.directory.refresh()
    assert renewal.directory.federation() == renewal.parties.known


@pytest.mark.parametrize("published", [b"", b"{}", b"garbage"])
async def test_what_is_no_directory_changes_nothing(renewal: Renewal, published: bytes) -> None:
    renewal.published = published
    assert not await renewal.directory.refresh()
    assert renewal.directory.federation() == renewal.parties.known


async def test_a_hub_that_is_away_changes_nothing(renewal: Renewal) -> None:
    renewal.line._apps = {}
    assert not await renewal.directory.refresh()
    assert [event for event, _ in renewal.parties.log.lines] == [DIRECTORY_STALE]


async def test_the_hub_itself_has_nobody_to_ask(renewal: Renewal) -> None:
    assert not await HttpDirectory(renewal.path).refresh()


def test_directories_that_do_not_fit_together_are_refused() -> None:
    known = SignedParties().known
    first, *others = known.members
    for wrong in (
        replace(known, members=(*others, first)),
        replace(known, members=(first, *known.members)),
        replace(known, members=(replace(first, share_index=2), *others)),
        replace(known, members=(replace(first, share_key=b""), *others)),
        replace(known, members=(replace(first, signing_key=b"short"), *others)),
        replace(known, members=(replace(first, base_url="https://ve.example/"), *others)),
        replace(known, members=(replace(first, base_url="javascript:x"), *others)),
        replace(known, members=(first,)),
        replace(known, threshold=6),
        replace(known, threshold=1),
        replace(known, hub_key=b""),
    ):
        with pytest.raises(InvalidError):
            parse_federation(render_federation(wrong))


@given(st.binary(max_size=100))
def test_no_bytes_whatever_are_anything_but_a_clear_error(content: bytes) -> None:
    with pytest.raises(InvalidError):
        parse_federation(content)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidError):
        read_federation(tmp_path / "none.json")
