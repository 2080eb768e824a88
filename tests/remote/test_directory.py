"""The pinned directory and its renewal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from corridor.domain.country import Country
from corridor.domain.directory import Departure, Federation, Former, Signer, TokenKey
from corridor.domain.errors import ForbiddenError, InvalidError
from corridor.domain.log import DIRECTORY_STALE, MANIFEST_ENDS
from corridor.domain.message import SignedResponse
from corridor.hub.acts import HubActs
from corridor.hub.routes import routes
from corridor.keys.manifest import digest, sign_manifest, signed_by
from corridor.remote.calls import Calls
from corridor.remote.directory import HttpDirectory, Trust
from corridor.remote.manifest import parse_federation, read_federation, render_federation
from tests.fakes.signed import HUB_URL, AsgiLine, SignedParties


async def _nothing(*_: object, **__: object) -> None:
    raise AssertionError


SIGNERS = ("CL", "CO", "EC", "PE", "VE", "defensoria", "onusida")


class Renewal:
    """A node with a pinned file, a hub that publishes something, and those who sign the manifest."""

    def __init__(self, folder: Path) -> None:
        self.parties = SignedParties()
        self.own = {name: Ed25519PrivateKey.generate() for name in SIGNERS}
        signers = tuple(Signer(name, key.public_key().public_bytes_raw()) for name, key in self.own.items())
        until = self.parties.clock.now() + timedelta(days=30)
        self.first = replace(self.parties.known, signers=signers, quorum=4, policy_quorum=5, policy="1", until=until)
        self.published = self.signed(self.first)
        self.path, self.kept = folder / "federation.json", folder / "manifest.json"
        self.path.write_bytes(self.published)
        self.told: list[int] = []
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
        self.directory = self.begin()

    def begin(self, certified: Callable[[TokenKey], bool] | None = None) -> HttpDirectory:
        """The process starts."""
        calls = Calls(self.line, self.parties.signatures("PE"), self.parties.clock)

        def told(_: Federation, new: Federation, __: str) -> None:
            self.told.append(new.version)

        trust = Trust(signed_by, digest, kept=self.kept, certified=certified, told=told)
        return HttpDirectory(self.path, trust, clock=self.parties.clock, calls=calls, log=self.parties.log)

    def signed(self, federation: Federation, by: Iterable[str] = SIGNERS[:4]) -> bytes:
        """A manifest with signatures."""
        note = render_federation(federation)
        for name in by:
            note = sign_manifest(note, name=name, key=self.own[name])
        return note

    def publish(self, *, by: Iterable[str] = SIGNERS[:4], **changes: object) -> Federation:
        """Let the hub publish another version."""
        following = {"version": 2, "previous": digest(self.path.read_bytes()), **changes}
        changed = replace(self.first, **following)
        self.published = self.signed(changed, by)
        return changed

    async def is_refused(self) -> bool:
        """Whether what is published changes nothing, here and in the file, and is told of."""
        before = self.directory.federation(), self.path.read_bytes()
        taken = await self.directory.refresh()
        same = before == (self.directory.federation(), self.path.read_bytes())
        return not taken and same and [event for event, _ in self.parties.log.lines][-1:] == [DIRECTORY_STALE]


@pytest.fixture
def renewal(tmp_path: Path) -> Renewal:
    return Renewal(tmp_path)


def test_a_directory_is_written_and_read_back_the_same(renewal: Renewal) -> None:
    for known in (renewal.parties.known, renewal.first):
        assert parse_federation(render_federation(known)) == known
        assert render_federation(known) == render_federation(parse_federation(render_federation(known)))
    assert parse_federation(renewal.published) == renewal.first


async def test_a_higher_version_that_a_quorum_signed_is_taken_while_the_process_runs(renewal: Renewal) -> None:
    newer = renewal.publish(epoch=7)
    assert await renewal.directory.refresh()
    assert renewal.directory.federation() == newer
    assert renewal.path.read_bytes() == renewal.kept.read_bytes() == renewal.published
    assert renewal.told == [2]
    assert not await renewal.directory.refresh()


async def test_a_version_that_another_process_of_the_node_took_is_taken_and_not_put_on_record_again(
    renewal: Renewal,
) -> None:
    beside, newer = renewal.begin(), renewal.publish(epoch=7)
    assert not beside.look()
    assert await renewal.directory.refresh()
    assert beside.look()
    assert beside.federation() == newer
    assert renewal.told == [2]


async def test_a_file_in_the_place_of_the_pinned_one_is_taken_too(renewal: Renewal) -> None:
    newer = renewal.publish(epoch=7)
    assert not renewal.directory.look()
    renewal.path.write_bytes(renewal.published)
    assert renewal.directory.look()
    assert renewal.directory.federation() == newer


async def test_a_manifest_with_too_few_signatures_changes_nothing(renewal: Renewal) -> None:
    renewal.publish(by=SIGNERS[:3])
    assert await renewal.is_refused()


async def test_one_signer_who_signs_twice_counts_once(renewal: Renewal) -> None:
    renewal.publish(by=SIGNERS[:3])
    lines = renewal.published.rpartition(b"\n\n")[2]
    renewal.published += lines
    assert signed_by(renewal.published, renewal.first.signers) == set(SIGNERS[:3])
    forged = sign_manifest(renewal.published, name="VE", key=renewal.own["PE"])
    renewal.published = forged
    assert await renewal.is_refused()


async def test_a_signature_under_another_manifest_does_not_count(renewal: Renewal) -> None:
    renewal.publish(by=SIGNERS[:4], epoch=9)
    lines = renewal.published.rpartition(b"\n\n")[2]
    changed = renewal.publish(by=())
    renewal.published = render_federation(changed) + b"\n" + lines
    assert await renewal.is_refused()


async def test_an_address_that_was_altered_after_signing_changes_nothing(renewal: Renewal) -> None:
    renewal.publish()
    renewal.published = renewal.published.replace(b"https://ve.example", b"https://vf.example")
    assert parse_federation(renewal.published)
    assert await renewal.is_refused()


async def test_nobody_becomes_a_country_that_exists_without_its_signature(renewal: Renewal) -> None:
    *others, venezuela = renewal.first.members
    stranger = replace(venezuela, signing_key=bytes(32))
    renewal.publish(by=[name for name in SIGNERS if name != "VE"], members=(*others, stranger))
    assert await renewal.is_refused()
    renewal.publish(by=SIGNERS[1:5], members=(*others, stranger))
    assert await renewal.directory.refresh()


async def test_another_policy_needs_one_more(renewal: Renewal) -> None:
    renewal.publish(policy="2")
    assert await renewal.is_refused()
    renewal.publish(policy="2", by=SIGNERS[:5])
    assert await renewal.directory.refresh()


async def test_signers_who_name_others_cannot_leave_them_out(renewal: Renewal) -> None:
    """The new signers must stand behind a version too, and the quorum stays more than half."""
    new = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    renewal.publish(signers=(Signer("OPS", new),), quorum=1, policy_quorum=1)
    assert await renewal.is_refused()
    renewal.publish(quorum=3, policy_quorum=4)
    assert await renewal.is_refused()


@pytest.mark.parametrize("version", [0, 1])
async def test_an_older_version_changes_nothing(renewal: Renewal, version: int) -> None:
    renewal.publish(version=version, epoch=7)
    before = renewal.directory.federation()
    assert not await renewal.directory.refresh()
    assert renewal.directory.federation() == before


async def test_an_older_file_does_not_bring_back_what_was_left_behind(renewal: Renewal) -> None:
    old = renewal.path.read_bytes()
    newer = renewal.publish(epoch=7)
    assert await renewal.directory.refresh()
    renewal.path.write_bytes(old)
    assert not renewal.directory.look()
    assert renewal.begin().federation() == newer
    assert renewal.path.read_bytes() == renewal.published


async def test_a_version_that_does_not_follow_changes_nothing(renewal: Renewal) -> None:
    renewal.publish(previous="0" * 64)
    assert await renewal.is_refused()
    renewal.path.write_bytes(renewal.published)
    with pytest.raises(ForbiddenError, match="does not follow"):
        renewal.begin()


def test_a_first_manifest_without_its_quorum_is_refused(renewal: Renewal) -> None:
    renewal.path.write_bytes(renewal.signed(renewal.first, SIGNERS[:3]))
    renewal.kept.unlink()
    with pytest.raises(ForbiddenError, match="signed by 3"):
        renewal.begin()


async def test_a_manifest_ends_and_then_nobody_takes_part(renewal: Renewal) -> None:
    renewal.parties.clock.advance(days=30)
    ended = renewal.directory.federation()
    assert ended.members == ()
    assert {former.departure for former in ended.former} == {Departure.LAPSED}
    assert ended.member(Country("VE")) is None
    renewal.publish(until=renewal.parties.clock.now() + timedelta(days=500))
    assert await renewal.is_refused()
    renewal.publish(until=renewal.parties.clock.now() + timedelta(days=30))
    assert await renewal.directory.refresh()
    assert len(renewal.directory.federation().members) == 5


async def test_operators_are_told_once_a_day_before_a_manifest_ends(renewal: Renewal) -> None:
    for days in (22, 1, 0, 1, 5, 2):
        renewal.parties.clock.advance(days=days)
        assert not renewal.directory.look()
    told = [fields["days"] for event, fields in renewal.parties.log.lines if event is MANIFEST_ENDS]
    assert told == [6, 1, 0]


async def test_a_holder_can_be_expelled_at_once_and_its_share_replaced_by_nobody(renewal: Renewal) -> None:
    renewal.directory = renewal.begin(certified=lambda _: False)
    *others, venezuela = renewal.first.members
    former = (Former(venezuela.country, Departure.EXPELLED, 2),)
    moved = replace(others[0], share_key=venezuela.share_key)
    renewal.publish(members=(moved, *others[1:]), former=former)
    assert await renewal.is_refused()
    renewal.publish(members=tuple(others), former=former)
    assert await renewal.directory.refresh()
    assert len(renewal.directory.federation().key.holders) == 4


async def test_the_keys_of_one_country_end_alone(renewal: Renewal) -> None:
    chile, *others = renewal.first.members
    at = renewal.parties.clock.now() + timedelta(days=2)
    renewal.publish(members=(replace(chile, keys_until=at), *others))
    assert await renewal.directory.refresh()
    assert len(renewal.directory.federation().members) == 5
    renewal.parties.clock.advance(days=2)
    assert [one.country for one in renewal.directory.federation().former] == ["CL"]
    assert len(renewal.directory.federation().members) == 4


async def test_a_manifest_without_signers_is_never_replaced_by_the_hub(renewal: Renewal) -> None:
    renewal.kept.unlink()
    renewal.path.write_bytes(render_federation(renewal.parties.known))
    renewal.directory = renewal.begin()
    renewal.published = render_federation(replace(renewal.parties.known, version=2))
    assert await renewal.is_refused()
    renewal.path.write_bytes(renewal.published)
    assert renewal.directory.look()


async def test_what_the_hub_did_not_sign_changes_nothing(renewal: Renewal) -> None:
    renewal.publish()
    newer = renewal.published
    renewal.line.change = lambda response: SignedResponse(200, response.headers, newer + b"\n")
    assert await renewal.is_refused()


@pytest.mark.parametrize("published", [b"", b"{}", b"garbage"])
async def test_what_is_no_directory_changes_nothing(renewal: Renewal, published: bytes) -> None:
    renewal.published = published
    assert await renewal.is_refused()


async def test_a_hub_that_is_away_changes_nothing(renewal: Renewal) -> None:
    renewal.line._apps = {}
    assert await renewal.is_refused()


async def test_the_hub_itself_has_nobody_to_ask(renewal: Renewal) -> None:
    trust = Trust(signed_by, digest)
    assert not await HttpDirectory(renewal.path, trust, clock=renewal.parties.clock).refresh()


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
