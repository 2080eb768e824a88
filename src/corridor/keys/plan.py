"""What a ceremony is to do, agreed on before: a new key, or new shares of the key that there is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from corridor.domain.country import Country
from corridor.domain.directory import TokenKey
from corridor.domain.errors import InvalidError
from corridor.domain.identity.group import scalar_of
from corridor.domain.identity.sharing import HOLDERS_MAX, check_terms, lagrange
from corridor.keys.cards import Card, Key

Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Index = Annotated[int, msgspec.Meta(ge=1, le=HOLDERS_MAX)]


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One country's part: the index it will hold, 0 for none, and the one it deals from, 0 where it deals nothing."""

    card: Card
    holds: Annotated[int, msgspec.Meta(ge=0, le=HOLDERS_MAX)]
    deals: Annotated[int, msgspec.Meta(ge=0, le=HOLDERS_MAX)]


class PlanFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan as it is written down; `id` tells two ceremonies of the same terms apart."""

    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    epoch: Number
    generation: Number
    threshold: Index
    seats: tuple[Seat, ...]
    known: dict[str, Key]
    group_key: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that makes sense.

    Attributes:
        generation: 0 makes a new key; any other number makes new shares of the key that there is.
        seats: everybody who takes part, by country.
        known: of new shares, the public share that each dealer deals on.
        group_key: of new shares, the public key that must come out again.
        digest: what this plan is, in 32 bytes; nothing that is signed for another plan counts in this one.

    Raises:
        InvalidError: from `read_plan` alone.
    """

    epoch: int
    generation: int
    threshold: int
    seats: Mapping[Country, Seat]
    known: Mapping[int, bytes]
    group_key: bytes
    digest: bytes

    @property
    def renews(self) -> bool:
        """Whether the key stays and only its shares are made anew."""
        return bool(self.generation)

    @property
    def dealers(self) -> dict[Country, int]:
        """Who deals, and from which index."""
        return {country: seat.deals for country, seat in self.seats.items() if seat.deals}

    @property
    def holders(self) -> dict[Country, int]:
        """Who will hold a share, and of which index."""
        return {country: seat.holds for country, seat in self.seats.items() if seat.holds}

    def weights(self) -> dict[int, bytes]:
        """What each dealer's part counts: all of a new key, its share of a key that stays."""
        numbers = list(self.dealers.values())
        return lagrange(numbers) if self.renews else dict.fromkeys(numbers, scalar_of(1))


def write_plan(file: PlanFile) -> bytes:
    """The plan as JSON; `read_plan` reads it."""
    return msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n"


def read_plan(content: bytes) -> Plan:
    """The plan of a file.

    Raises:
        InvalidError: it is none, or it cannot be carried out.
    """
    try:
        file = msgspec.json.decode(content, type=PlanFile)
        known = {int(index): bytes.fromhex(key) for index, key in file.known.items()}
        group_key = bytes.fromhex(file.group_key)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise InvalidError("The plan of the ceremony is malformed.") from None
    seats = {Country(seat.card.country): seat for seat in file.seats}
    digest = hashlib.sha256(b"corridor/plan/v1\0" + msgspec.json.encode(file)).digest()
    plan = Plan(file.epoch, file.generation, file.threshold, seats, known, group_key, digest)
    _check(plan, file)
    return plan


def _check(plan: Plan, file: PlanFile) -> None:
    check_terms(plan.threshold, len(plan.holders))
    for numbers in (plan.holders.values(), plan.dealers.values()):
        if len(set(numbers)) != len(numbers):
            raise InvalidError("Two countries of the plan have one number.")
    if len(plan.seats) != len(file.seats):
        raise InvalidError("A country stands twice in the plan.")
    if plan.renews != bool(plan.known) or (plan.renews and set(plan.known) != set(plan.dealers.values())):
        raise InvalidError("The plan does not say which shares are dealt on.")
    if not plan.renews and plan.holders != plan.dealers:
        raise InvalidError("A new key is dealt by all who will hold it.")


def check_against(plan: Plan, key: TokenKey, signing_keys: Mapping[Country, bytes]) -> None:
    """Let pass a plan for new shares that rests on the key and the members that this node knows.

    Raises:
        InvalidError: it rests on another key, too few deal, or a member's signing key is another one.
    """
    dealt = {country: key.holder(country) for country in plan.dealers}
    right = all(
        held is not None and (held.index, held.share_key) == (plan.dealers[country], plan.known.get(held.index))
        for country, held in dealt.items()
    )
    follows = (plan.epoch, plan.generation, plan.group_key) == (key.epoch, key.generation + 1, key.group_key)
    if not right or not follows or len(dealt) < key.threshold:
        raise InvalidError("The plan rests on another key than this node's directory, or too few deal.")
    for country, seat in plan.seats.items():
        if signing_keys.get(country, bytes.fromhex(seat.card.signing_key)).hex() != seat.card.signing_key:
            raise InvalidError(f"The card of {country} has another signing key than this node's directory.")


def new_key_plan(id: str, cards: Sequence[Card], *, epoch: int, threshold: int) -> PlanFile:
    """A plan for a new key, held and dealt by everybody whose card is given."""
    seats = tuple(Seat(card, number, number) for number, card in enumerate(cards, 1))
    return PlanFile(id, epoch, 0, threshold, seats, {}, "")


def new_shares_plan(
    id: str, cards: Sequence[Card], key: TokenKey, *, holders: Sequence[Country], dealers: Sequence[Country]
) -> PlanFile:
    """A plan for new shares of a key: whoever holds one keeps the number, newcomers get the next ones.

    Raises:
        InvalidError: a dealer holds no share, or a card is missing.
    """
    known = {each.country: each for each in key.holders}
    if not set(dealers) <= known.keys() or not {*holders, *dealers} <= {Country(card.country) for card in cards}:
        raise InvalidError("Only holders of a share can deal it on, and everybody who takes part needs a card.")
    newcomers = [each for each in sorted(holders) if each not in known]
    highest = max(each.index for each in key.holders)
    numbers = {each.country: each.index for each in key.holders}
    numbers |= {each: highest + place for place, each in enumerate(newcomers, 1)}
    seats = tuple(
        Seat(card, numbers[at] if at in holders else 0, known[at].index if at in dealers else 0)
        for card in cards
        if (at := Country(card.country)) in {*holders, *dealers}
    )
    dealt = {str(known[each].index): known[each].share_key.hex() for each in dealers}
    return PlanFile(id, key.epoch, key.generation + 1, key.threshold, seats, dealt, key.group_key.hex())
