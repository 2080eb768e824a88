"""Wires how it is shown that a person is there."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import exists, select

from corridor.apps.node_rooms import NodeRooms
from corridor.domain.asking import Asking
from corridor.domain.errors import InvalidError
from corridor.domain.presence import Challenge, Proof, ProofKind
from corridor.domain.secret import Secret
from corridor.fhir.telephone import telephone
from corridor.flows.answer_challenge import answer_challenge
from corridor.flows.attest_presence import Vouching, attest_presence
from corridor.flows.challenge_presence import challenge_presence
from corridor.flows.make_card import make_card
from corridor.flows.ports.text_messages import TextMessages
from corridor.flows.record_presence import PresenceDesk
from corridor.flows.revoke_card import revoke_card
from corridor.flows.show_presence import show_presence
from corridor.flows.sign_in import ATTEMPTS_PER_HOUR, LENGTH
from corridor.keys.qr import qr_svg
from corridor.remote.text_messages import FileTextMessages, HttpTextMessages
from corridor.storage.node.staff_tables import staff
from corridor.storage.node.tables import session
from corridor.storage.times import from_micros
from corridor.web.clinician.presence_acts import MESSAGE, PresenceActs
from corridor.web.clinician.routes import ROOM
from corridor.web.language import Language, words

FRESH = timedelta(minutes=5)
"""A sign-in at an identity provider is as good as a password for so long."""

_BEARER = re.compile(rb"[!-~]+")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class NodePresence:
    """The acts of showing that somebody is there.

    Args:
        rooms: of the node.
    """

    rooms: NodeRooms

    def acts(self) -> PresenceActs:
        """What the clinician's pages call."""
        desk = self.desk()

        async def challenge(asking: Asking, patient_id: str, kind: ProofKind, *, language: str) -> Challenge:
            return await challenge_presence(asking, patient_id, kind, desk=desk, language=language)

        return PresenceActs(
            standing=partial(show_presence, desk=desk),
            challenge=challenge,
            answer=partial(answer_challenge, desk=desk),
            attest=self.attest,
            make_card=partial(make_card, desk=desk),
            revoke_card=partial(revoke_card, desk=desk),
            picture=qr_svg,
            asks_password=self.rooms.settings.passwords,
        )

    async def attest(self, asking: Asking, patient_id: str, vouching: Vouching) -> Proof:
        """A clinician's word, confirmed."""
        confirm = partial(self._confirm, asking, vouching)
        return await attest_presence(asking, patient_id, vouching.stated, confirm=confirm, desk=self.desk())

    async def _confirm(self, asking: Asking, vouching: Vouching) -> bool:
        if self.rooms.settings.passwords and vouching.password:
            return await self._is_password(asking.principal.account, vouching.password)
        return bool(vouching.session) and await self._is_fresh(asking.principal.pseudonym, vouching.session)

    async def _is_password(self, account: str, password: str) -> bool:
        storage, now = self.rooms.storage, self.rooms.clock.now()
        most = ATTEMPTS_PER_HOUR + self.rooms.settings.hourly.attestations
        await storage.budgets.spend(f"confirm/{account[:64]}", 1, limit=most, at=now)
        return await storage.accounts.verify(account, password) is not None

    async def _is_fresh(self, pseudonym: str, digest: str) -> bool:
        """Whether a sign-in at the country's identity provider was made just now; an account has a password to show."""
        of_provider = exists().where(staff.c.pseudonym == pseudonym)
        wanted = select(session.c.until).where(session.c.digest == bytes.fromhex(digest), of_provider)
        async with self.rooms.storage.database.read() as connection:
            until = (await connection.execute(wanted)).scalar_one_or_none()
        return until is not None and self.rooms.clock.now() - (from_micros(until) - LENGTH) <= FRESH

    def desk(self) -> PresenceDesk:
        """The ports."""
        storage, home, pseudonyms = self.rooms.storage, self.rooms.home, self.rooms.keys.pseudonyms
        return PresenceDesk(
            units=storage.units,
            budgets=storage.budgets,
            clock=self.rooms.clock,
            limits=self.rooms.settings.hourly,
            hide=lambda text: pseudonyms.pseudonym(home, f"presence/{text}"),
            telephone=partial(telephone, home=home),
            messages=_messages(self.rooms),
            wording={each.value: words(each, ROOM)(MESSAGE, code="{code}") for each in Language},
        )


def _messages(rooms: NodeRooms) -> TextMessages | None:
    """The sender of codes; None where the operator named none.

    Raises:
        InvalidError: the gateway has no TLS, its token is none, cannot be read or can be read by others; or a file in
            its place, in earnest.
    """
    settings = rooms.settings
    if settings.text_gateway:
        if not (settings.development or settings.text_gateway.startswith("https://")):
            raise InvalidError("The gateway for messages is reached without TLS: that is for development alone.")
        return HttpTextMessages(rooms.lines.transport, settings.text_gateway, _token(Path(settings.text_gateway_token)))
    if not settings.text_file:
        return None
    if not settings.development:
        raise InvalidError("Messages go to a file in development alone: name a gateway.")
    return FileTextMessages(Path(settings.text_file))


def _token(path: Path) -> Secret:
    try:
        if path.stat().st_mode & _OTHERS:
            raise InvalidError("The token of the gateway for messages can be read by others.")
        token = path.read_bytes().strip()
    except OSError:
        raise InvalidError("The token of the gateway for messages cannot be read.") from None
    if not _BEARER.fullmatch(token):
        raise InvalidError("The token of the gateway for messages is none that a header can carry.")
    return Secret(token)
