"""What a person denied, as it travels along with what they permitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from corridor.domain.consent import Ask, Consent, Provision


def denials(consents: Iterable[Consent], ask: Ask) -> Iterator[Provision]:
    """What the person denies, each for as long as its document says; of other countries nothing is told."""
    for consent in consents:
        for provision in consent.provisions if consent.status_active else ():
            period = provision.period.common(consent.period)
            beside = provision.organisations or provision.roles or provision.persons
            asker = beside or not provision.countries or ask.asker in provision.countries
            holder = not provision.holders or ask.holder in provision.holders
            if period and asker and holder and not provision.permit:
                yield replace(provision, period=period)
