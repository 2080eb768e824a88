"""When one version of the federation's manifest may follow another."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.directory import Departure, Federation, Member
from corridor.domain.errors import ForbiddenError, InvalidError
from corridor.domain.next_key import check_next, counting

LONGEST = timedelta(days=400)
"""No manifest is made for longer."""

HEARD = timedelta(seconds=20)
"""Within this every node that is up has asked the hub for a newer manifest, unless told to ask seldom."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A version of the manifest and the names of those who signed it.

    Attributes:
        digest: SHA-256 of what was signed, 64 hex digits.
        by_old: signers that the version before names.
        by_own: signers that it names itself.
    """

    federation: Federation
    digest: str
    by_old: Collection[str]
    by_own: Collection[str]


def check_whole(federation: Federation) -> None:
    """Let pass a manifest whose signers and quorum fit together.

    Raises:
        InvalidError: signers out of order or sharing a key, a quorum that two halves could reach, a country that
            both takes part and took part, a member of another purpose policy, a next key that follows nothing.
    """
    names = [signer.name for signer in federation.signers]
    if names != sorted(set(names)) or len({signer.key for signer in federation.signers}) != len(names):
        raise InvalidError("The manifest lists each signer once, in order, with a key of its own.")
    if names and not len(names) < 2 * federation.quorum <= 2 * len(names):
        raise InvalidError("The quorum of a manifest is more than half of its signers.")
    if names and not federation.quorum <= federation.policy_quorum <= len(names):
        raise InvalidError("The quorum for the policy is at least the quorum of the manifest.")
    policies = {member.facts.policy for member in federation.members} - {"", federation.policy}
    if policies:
        raise InvalidError("A member keeps to another purpose policy than the federation.")
    gone = [former.country for former in federation.former]
    if gone != sorted(set(gone)) or {member.country for member in federation.members} & set(gone):
        raise InvalidError("The manifest lists each former country once, in order, and none that takes part.")
    _check_next_keys(federation)


def _check_next_keys(federation: Federation) -> None:
    check_next(federation.hub_key, federation.hub_next)
    for member in federation.members:
        check_next(member.signing_key, member.next_signing)


def check_first(signed: Signed, now: datetime) -> None:
    """Let pass the first manifest that a process sees: its operators chose it, and its own signers stand behind it.

    Raises:
        ForbiddenError: too few of them signed, or it has ended.
    """
    federation = signed.federation
    if len(signed.by_own) < federation.quorum:
        raise ForbiddenError(_too_few(len(signed.by_own), federation.quorum))
    _check_time(federation, now)


def check_succession(old: Federation, new: Signed, *, old_digest: str, now: datetime) -> None:
    """Let pass a version that may take the place of another.

    Signed by a quorum of those whom the old version names, and of those whom it names itself; a changed policy by
    more; a country's changed keys or address also by that country.

    Raises:
        ForbiddenError: not newer, of another line of versions, signed by too few, or ended.

    Source: https://theupdateframework.github.io/specification/latest/ section 5.3; TRUST section 2.2.
    """
    federation = new.federation
    if federation.version <= old.version:
        raise ForbiddenError("This version of the manifest is not newer than the one that is known.")
    follows = federation.version > old.version + 1 or federation.previous == old_digest
    if old.signers and not follows:
        raise ForbiddenError("This manifest does not follow from the one that is known.")
    needed = old.quorum if federation.policy == old.policy else max(old.quorum, old.policy_quorum)
    if len(new.by_old) < needed:
        raise ForbiddenError(_too_few(len(new.by_old), needed))
    if len(new.by_own) < federation.quorum:
        raise ForbiddenError(_too_few(len(new.by_own), federation.quorum))
    _check_identities(old, federation, new.by_old)
    _check_time(federation, now)


def _check_identities(old: Federation, new: Federation, by: Collection[str]) -> None:
    """Nobody becomes a country that exists without that country's own signature; it has to be expelled first."""
    names = {signer.name for signer in old.signers}
    for member in new.members:
        before = old.member(member.country)
        if before and _identity(before) != _identity(member) and member.country in names and member.country not in by:
            raise ForbiddenError(f"The keys or the address of {member.country} change without its signature.")


def _identity(member: Member) -> tuple[object, ...]:
    return member.base_url, member.mutual, member.signing_key, member.next_signing, member.sealing_key, member.log_key


def check_heard(old: Federation, new: Federation, now: datetime) -> None:
    """Let pass a version that nodes can take from the hub: they know it by the version before until they have this one.

    Raises:
        ForbiddenError: the hub would sign, now or before they had the time, with a key that they do not know.
    """
    signs = {counting(new.hub_key, new.hub_next, at)[0] for at in (now, now + HEARD)}
    if not signs <= _keys_of_hub(old.standing(now)):
        raise ForbiddenError("The hub would sign with a key before nodes could know it: announce it further ahead.")


def _check_time(federation: Federation, now: datetime) -> None:
    if federation.until and not now < federation.until <= now + LONGEST:
        raise ForbiddenError("This manifest has ended, or is made for too long.")


def _too_few(found: int, needed: int) -> str:
    return f"This manifest is signed by {found} of those who may, and needs {needed}."


def changes(old: Federation, new: Federation) -> Iterator[str]:
    """What becomes different, in plain words, for whoever signs and for the log."""
    before = {member.country: member for member in old.members}
    after = {member.country: member for member in new.members}
    yield from (f"{code} joins" for code in after if code not in before)
    yield from (_departure(new, code) for code in before if code not in after)
    for code, member in after.items():
        if code in before and _identity(before[code]) != _identity(member):
            yield f"{code} has other keys or another address"
    old_keys = [(key.epoch, key.generation) for key in old.keys]
    yield from (
        f"token key {key.epoch}.{key.generation}" for key in new.keys if (key.epoch, key.generation) not in old_keys
    )
    if (old.signers, old.quorum, old.policy_quorum) != (new.signers, new.quorum, new.policy_quorum):
        yield f"signed by {new.quorum} of {len(new.signers)} from now on"
    if old.policy != new.policy:
        yield f"purpose policy {new.policy}"
    yield from _hub_changes(old, new)


def _hub_changes(old: Federation, new: Federation) -> Iterator[str]:
    if old.hub_url != new.hub_url or new.hub_key not in _keys_of_hub(old):
        yield "another hub"
    elif (old.hub_key, old.hub_next) != (new.hub_key, new.hub_next):
        yield "the hub has another signing key, now or at an hour that is named"
    if old.hub_mutual != new.hub_mutual:
        yield "the hub has other certificates, or another door for nodes"


def _keys_of_hub(federation: Federation) -> set[bytes]:
    return {federation.hub_key} | ({federation.hub_next.key} if federation.hub_next else set())


def _departure(new: Federation, code: str) -> str:
    former = next((each for each in new.former if each.country == code), None)
    return f"{code} is expelled" if former and former.departure is Departure.EXPELLED else f"{code} leaves"
