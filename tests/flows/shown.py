"""What an asking country sends to a holder, made step by step so that a test can bend one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from corridor.domain.consent import Consent
from corridor.domain.country import Country
from corridor.domain.identity.demographics import Demographics
from corridor.domain.matching_request import Redeemed
from corridor.domain.purpose import Purpose
from corridor.domain.trace import new_trace
from corridor.flows.ports.peers import HistoryRequest
from tests.fakes.federation import FakeFederation
from tests.fakes.hub import standing_for

HER = Demographics(("Yusneidi", "Carolina"), ("Urdaneta", "Barboza"), (1991, 4, 17), "female")
"""The woman whom `patient()` describes."""


@dataclass(frozen=True)
class Asked:
    """A question of Peru to Venezuela; `consent` None sends no statement at all."""

    federation: FakeFederation
    consent: Consent | None
    described: Demographics = HER
    candidates: Sequence[str] = ("v1",)
    purpose: Purpose = Purpose.TREAT
    sealed_for: Purpose = Purpose.TREAT

    def handle(self) -> str:
        """A handle as the hub makes it."""
        venezuela = self.federation["VE"]
        envelope = self.federation["PE"].serving.envelopes.seal(
            Country("VE"), self.described, purpose=self.sealed_for.value
        )
        handles = tuple(venezuela.node.shelf.state.handles[each] for each in self.candidates)
        until = self.federation.clock.now() + timedelta(minutes=2)
        return self.federation.hub.handles.issue(Country("VE"), standing_for(Redeemed(handles, envelope)), until=until)

    def request(self) -> HistoryRequest:
        """The whole request."""
        handle = self.handle()
        statements = self.federation.statements("PE")
        statement = statements.write(self.consent, handle=handle) if self.consent else b""
        until = self.federation.clock.now() + timedelta(seconds=5)
        return HistoryRequest(handle, self.purpose, statement, "ab" * 16, new_trace(), until, "card")

    def signed_by(self, code: str) -> HistoryRequest:
        """The request with the signature of another country under the statement."""
        request = self.request()
        if self.consent is None:
            return request
        statement = self.federation.statements(code).write(self.consent, handle=request.handle)
        return replace(request, statement=statement)
