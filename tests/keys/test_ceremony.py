"""Holders make a key that none of them has, deal on their shares, and whoever cheats is named."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from corridor.domain.country import Country
from corridor.domain.directory import TokenKey
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.identity.features import Feature
from corridor.domain.identity.tokens import begin, check_partial, finish
from corridor.keys.cards import Card
from corridor.keys.ceremony import Standing, advance
from corridor.keys.ceremony_dealing import Seated, private_files
from corridor.keys.ceremony_notes import NoteKind, Party, _signed
from corridor.keys.ceremony_table import CeremonyTable
from corridor.keys.journal import KeyJournal
from corridor.keys.plan import check_against, new_key_plan, new_shares_plan, read_plan, write_plan
from corridor.keys.public_part import is_certified, read_public
from corridor.keys.shares import FolderShares

CODES = tuple(map(Country, ("BR", "CL", "CO", "EC", "PE", "VE")))
FIVE = CODES[1:]
SEALING = {code: X25519PrivateKey.generate() for code in CODES}
SIGNING = {code: Ed25519PrivateKey.generate() for code in CODES}
CARDS = {
    code: Card(
        code,
        f"Node {code}",
        f"https://{code.lower()}.example",
        SIGNING[code].public_key().public_bytes_raw().hex(),
        SEALING[code].public_key().public_bytes_raw().hex(),
        "00" * 32,
    )
    for code in CODES
}
ID = "a" * 32
Change = Callable[[dict[str, Any]], None]


class Hall:
    """Six countries with a key folder each, and as many tables as are needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for code in CODES:
            (folder / code).mkdir()

    def lay(self, name: str, plan: bytes) -> CeremonyTable:
        """A table with a plan on it."""
        (self.folder / name).mkdir()
        table = CeremonyTable(self.folder / name)
        table.write("plan.json", plan)
        return table

    def seat(self, table: CeremonyTable, code: Country) -> Seated:
        """A country at a table."""
        return Seated(Party(table.plan(), code, SIGNING[code]), table, self.folder / code, SEALING[code])

    def turn(self, table: CeremonyTable, codes: Iterable[Country] = FIVE) -> dict[Country, Standing]:
        """Each does what it can, once."""
        return {code: advance(self.seat(table, code)) for code in codes}

    def hold(self, table: CeremonyTable, codes: Iterable[Country] = FIVE) -> TokenKey:
        """A ceremony from beginning to end; the key that all of them came to."""
        for _ in range(3):
            standing = self.turn(table, [*codes])
        (part,) = {each.part.to_json() for each in standing.values() if each.part}
        return read_public(part).key

    def new_key(self, epoch: int = 1) -> TokenKey:
        """A key of five holders."""
        return self.hold(self.lay(f"key-{epoch}", new_plan(epoch=epoch)))

    def token(self, key: TokenKey, codes: Iterable[Country]) -> bytes:
        """Somebody's token, made by three holders who prove what they do."""
        elements, state = begin((Feature(1, "someone"),))
        partials = {}
        for code in codes:
            holder, share = key.holder(code), FolderShares(self.folder / code).of(key.epoch, key.generation)
            assert holder is not None
            assert share is not None
            partials[holder.index], proof = share.evaluate(elements)
            check_partial(holder.share_key, elements, partials[holder.index], proof=proof)
        return finish(state, partials, threshold=key.threshold)[0].value

    def tokens(self, key: TokenKey) -> set[bytes]:
        """Somebody's tokens, made by every three."""
        return {self.token(key, three) for three in combinations([each.country for each in key.holders], 3)}


def new_plan(epoch: int = 1) -> bytes:
    return write_plan(new_key_plan(ID, [CARDS[code] for code in FIVE], epoch=epoch, threshold=3))


def renewal(key: TokenKey, *, holders: Iterable[Country], dealers: Iterable[Country]) -> bytes:
    cards = [CARDS[code] for code in CODES]
    return write_plan(new_shares_plan(ID, cards, key, holders=[*holders], dealers=[*dealers]))


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path)


def test_any_three_of_five_make_the_same_tokens_and_nobody_has_the_key(hall: Hall) -> None:
    key = hall.new_key()
    assert len(hall.tokens(key)) == 1
    for code in FIVE:
        names = sorted(path.name for path in (hall.folder / code).iterdir() if not path.name.startswith("act-"))
        assert names == ["public-1-0.json", "share-1-0.json"]
        assert is_certified(hall.folder / code, key)


def test_the_transcript_waits_for_the_log_of_every_party(hall: Hall) -> None:
    key = hall.new_key()
    acts = [KeyJournal(hall.folder / code).pending() for code in FIVE]
    assert [[act.act for act in pending] for pending in acts] == [["key-ceremony"]] * 5
    assert len({pending[0].details for pending in acts}) == 1
    told = json.loads(acts[0][0].details)
    assert told["group_key"] == key.group_key.hex()
    assert {len(commitments) for commitments in told["commitments"].values()} == {3}


def test_new_shares_make_the_same_tokens_and_do_not_mix_with_old_ones(hall: Hall) -> None:
    key = hall.new_key()
    before = hall.tokens(key)
    new = hall.hold(hall.lay("refresh", renewal(key, holders=FIVE, dealers=FIVE)))
    assert (new.epoch, new.generation, new.group_key) == (1, 1, key.group_key)
    assert hall.tokens(new) == before
    assert not {each.share_key for each in key.holders} & {each.share_key for each in new.holders}
    with pytest.raises(InvalidError):
        hall.token(TokenKey(1, 0, 3, new.group_key, (*key.holders[:2], *new.holders[2:])), FIVE[1:4])


def test_a_holder_comes_and_one_that_is_away_for_good_goes(hall: Hall) -> None:
    key = hall.new_key()
    before = hall.tokens(key)
    staying = FIVE[1:]
    new = hall.hold(hall.lay("move", renewal(key, holders=(*staying, CODES[0]), dealers=staying)), (*staying, CODES[0]))
    assert [str(each.country) for each in new.holders] == ["BR", "CO", "EC", "PE", "VE"]
    assert hall.tokens(new) == before
    assert FolderShares(hall.folder / "CL").of(1, 1) is None


def test_a_new_key_makes_other_tokens(hall: Hall) -> None:
    assert hall.tokens(hall.new_key(1)).isdisjoint(hall.tokens(hall.new_key(2)))


@pytest.mark.parametrize("stop", range(4))
def test_a_party_that_is_stopped_anywhere_goes_on_where_it_was(hall: Hall, stop: int) -> None:
    table = hall.lay("table", new_plan())
    peru = Country("PE")
    others = [code for code in FIVE if code != peru]
    for step in range(3):
        for at, code in enumerate(FIVE):
            # What a stop between two writes leaves: nothing of this party's on the table yet, or all of it.
            if code == peru and stop == 2 * step + (at > 0):
                for path in table.folder.glob("*-PE.json"):
                    path.unlink()
            advance(hall.seat(table, code))
    hall.turn(table, others)
    assert len(hall.tokens(read_public((table.folder / "public.json").read_bytes()).key)) == 1


def test_nobody_takes_a_share_before_all_have_confirmed(hall: Hall) -> None:
    table = hall.lay("table", new_plan())
    hall.turn(table)
    hall.turn(table, FIVE[1:])
    assert all(FolderShares(hall.folder / code).of(1, 0) is None for code in FIVE)
    assert hall.turn(table, FIVE[1:2])[FIVE[1]].awaited == (FIVE[0],)


def rewritten(table: CeremonyTable, code: str, change: Change, *, key: Ed25519PrivateKey | None) -> None:
    """A deal with its body changed, and signed anew where a key is given."""
    path = table.folder / f"deal-{code}.json"
    note = json.loads(path.read_bytes())
    body = json.loads(base64.b64decode(note["body"]))
    change(body)
    raw = json.dumps(body).encode()
    note["body"] = base64.b64encode(raw).decode()
    if key:
        note["signature"] = base64.b64encode(key.sign(_signed(table.plan(), NoteKind.DEAL, raw))).decode()
    path.write_text(json.dumps(note))


def borrowed_commitment(body: dict[str, Any]) -> None:
    body["commitments"][0] = body["commitments"][1]


CHEATS: list[Change] = [
    borrowed_commitment,
    lambda body: body["commitments"].pop(),
    lambda body: body.update(proof=""),
    lambda body: body.update(extra=1),
    lambda body: body.clear(),
    lambda body: body["commitments"].__setitem__(0, base64.b64encode(bytes(32)).decode()),
]


@pytest.mark.parametrize("change", CHEATS)
def test_a_dealer_who_deals_what_it_does_not_know_is_named_by_everybody(hall: Hall, change: Change) -> None:
    table = hall.lay("table", new_plan())
    for code in FIVE[:4]:
        advance(hall.seat(table, code))
    advance(hall.seat(table, FIVE[4]))
    rewritten(table, "EC", change, key=SIGNING[Country("EC")])
    for code in FIVE:
        if code != "EC":
            with pytest.raises(InvalidError, match="EC"):
                advance(hall.seat(table, code))


@pytest.mark.parametrize("key", [None, SIGNING[Country("CL")]])
def test_a_deal_that_somebody_else_altered_is_refused(hall: Hall, key: Ed25519PrivateKey | None) -> None:
    table = hall.lay("table", new_plan())
    hall.turn(table, FIVE[1:])
    rewritten(table, "EC", lambda body: body.update(proof=body["commitments"][0]), key=key)
    with pytest.raises(InvalidError, match=r"EC .* altered on the way"):
        hall.turn(table, FIVE[:1])


def swapped(body: dict[str, Any]) -> None:
    body["sealed"]["PE"], body["sealed"]["CO"] = body["sealed"]["CO"], body["sealed"]["PE"]


def spoilt(hall: Hall) -> CeremonyTable:
    """A table at which Ecuador gave Peru and Colombia shares that do not open."""
    table = hall.lay("table", new_plan())
    hall.turn(table, [Country("EC")])
    rewritten(table, "EC", swapped, key=SIGNING[Country("EC")])
    shutil.copy(table.folder / "deal-EC.json", private_files(hall.seat(table, Country("EC")))[1])
    hall.turn(table, [code for code in FIVE if code != "EC"])
    return table


def test_a_complaint_is_answered_by_showing_the_share_and_the_ceremony_goes_on(hall: Hall) -> None:
    table = spoilt(hall)
    assert hall.turn(table, [Country("PE"), Country("VE")])[Country("VE")].awaited == (Country("EC"),)
    assert (table.folder / "complaint-PE-EC.json").exists()
    assert len(hall.tokens(hall.hold(table))) == 1


def test_a_complaint_that_is_answered_with_another_wrong_share_names_the_dealer_to_all(hall: Hall) -> None:
    table = spoilt(hall)
    hall.turn(table, [Country("PE")])
    body = json.dumps({"to": "PE", "share": base64.b64encode(b"\1" * 31 + b"\0").decode()}).encode()
    signature = SIGNING[Country("EC")].sign(_signed(table.plan(), NoteKind.ANSWER, body))
    note = {"kind": "answer", "by": "EC", "body": base64.b64encode(body).decode()}
    table.write("answer-EC-PE.json", json.dumps({**note, "signature": base64.b64encode(signature).decode()}).encode())
    for code in ("PE", "VE", "CL"):
        with pytest.raises(InvalidError, match="EC dealt PE a share that does not fit"):
            advance(hall.seat(table, Country(code)))
    assert all(FolderShares(hall.folder / code).of(1, 0) is None for code in FIVE)


def test_a_complaint_of_what_was_never_dealt_names_whoever_complains(hall: Hall) -> None:
    table = spoilt(hall)
    hall.turn(table, [Country("PE")])
    rewritten(table, "EC", lambda body: body["sealed"].pop("VE"), key=SIGNING[Country("EC")])
    with pytest.raises(InvalidError, match="PE complains"):
        advance(hall.seat(table, Country("EC")))


def test_a_dealer_that_shows_two_countries_different_deals_is_named(hall: Hall) -> None:
    table = hall.lay("table", new_plan())
    hall.turn(table)
    hall.turn(table, [Country("CL")])
    rewritten(table, "EC", lambda body: body["sealed"].update(VE=body["sealed"]["PE"]), key=SIGNING[Country("EC")])
    with pytest.raises(InvalidError, match="EC showed"):
        hall.turn(table, [Country("PE")])


def test_a_dealer_that_deals_on_something_else_than_its_share_is_named(hall: Hall) -> None:
    key = hall.new_key()
    table = hall.lay("refresh", renewal(key, holders=FIVE, dealers=FIVE))
    hall.turn(table, FIVE[1:])
    (hall.folder / "CL" / "share-1-0.json").unlink()
    (hall.folder / "CL" / "share-1-0.json").write_bytes((hall.folder / "CO" / "share-1-0.json").read_bytes())
    (hall.folder / "CL" / "share-1-0.json").chmod(0o600)
    with pytest.raises(InvalidError, match="does not hold the share"):
        hall.turn(table, FIVE[:1])


def test_notes_of_one_ceremony_count_in_no_other(hall: Hall) -> None:
    first, second = hall.lay("one", new_plan()), hall.lay("two", new_plan(epoch=2))
    hall.turn(first)
    shutil.copy(first.folder / "deal-EC.json", second.folder / "deal-EC.json")
    hall.turn(second, FIVE[3:])
    with pytest.raises(InvalidError, match="EC has not signed"):
        hall.turn(second, FIVE[:3])


def test_a_plan_must_rest_on_the_key_and_the_members_that_a_node_knows(hall: Hall) -> None:
    key = hall.new_key()
    signing = {code: bytes.fromhex(CARDS[code].signing_key) for code in FIVE}
    plan = read_plan(renewal(key, holders=FIVE, dealers=FIVE))
    check_against(plan, key, signing)
    with pytest.raises(InvalidError, match="another key"):
        check_against(plan, TokenKey(1, 1, 3, key.group_key, key.holders), signing)
    with pytest.raises(InvalidError, match="too few deal"):
        check_against(read_plan(renewal(key, holders=FIVE, dealers=FIVE[:2])), key, signing)
    with pytest.raises(InvalidError, match="EC has another signing key"):
        check_against(plan, key, {**signing, Country("EC"): bytes(32)})


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[]"])
def test_a_malformed_plan_or_public_part_is_refused_in_our_own_words(content: bytes) -> None:
    with pytest.raises(InvalidError):
        read_plan(content)
    with pytest.raises(InvalidError):
        read_public(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"threshold": 3', b'"threshold": 1'),
        (b'"threshold": 3', b'"threshold": 6'),
        (b'"holds": 2', b'"holds": 1'),
        (b'"deals": 2', b'"deals": 1'),
        (b'"deals": 2', b'"deals": 0'),
        (b'"country": "EC"', b'"country": "CL"'),
        (b'"generation": 0', b'"generation": 1'),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(old: bytes, new: bytes) -> None:
    plan = new_plan()
    assert old in plan
    with pytest.raises(InvalidError):
        read_plan(plan.replace(old, new, 1))


def test_a_table_without_a_plan_is_told_in_our_own_words(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="corridor keys plan"):
        CeremonyTable(tmp_path).plan()
