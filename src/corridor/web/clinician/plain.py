"""A consent in plain words: what I agreed to, as the person themselves would say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from corridor.domain.consent import Consent, Provision
from corridor.domain.period import Period
from corridor.web.language import Language, Words, words

_ROOM = Path(__file__).parent


def plain(consent: Consent, language: Language, zone: str = "UTC") -> tuple[str, ...]:
    """One paragraph for the document, one for each permit and denial, and one for what nobody can agree to.

    Args:
        consent: readable or not.
        language: of the person.
        zone: name of the clock by which its days are told.

    Source: IHE PCF; WHO SMART IPS, consent of the person.
    """
    t = words(language, _ROOM, zone)
    if not consent.readable:
        return t("plain.unreadable"), t("plain.never")
    said = [_provision(each, t) for each in consent.provisions]
    return (_document(consent, t), *said, t("plain.rest"), t("plain.never"))


def _document(consent: Consent, t: Words) -> str:
    parts = [t("plain.given", on=_day(consent.given_at, t)), *_period(consent.period, t, "plain.valid")]
    if consent.withdrawn_at:
        parts.append(t("plain.withdrawn", on=_day(consent.withdrawn_at, t)))
    elif not consent.status_active:
        parts.append(t("plain.inactive"))
    return " ".join(parts)


def _provision(provision: Provision, t: Words) -> str:
    head = t("plain.permit" if provision.permit else "plain.deny")
    kinds = "category" if provision.categories else ""
    parts = [
        t("plain.what", names=_names(t, kinds, provision.categories) or t("plain.everything")),
        t("plain.who", names=_receivers(provision, t) or t("plain.anybody")),
    ]
    if provision.holders:
        parts.append(t("plain.holders", names=_names(t, "country", provision.holders)))
    if provision.purposes:
        parts.append(t("plain.purpose", names=_names(t, "purpose", provision.purposes)))
    parts += [*_period(provision.period, t, "plain.during"), *_period(provision.data_period, t, "plain.dates")]
    return f"{head} {' '.join(parts)}"


def _receivers(provision: Provision, t: Words) -> str:
    named = (
        _names(t, "country", provision.countries),
        *(t("plain.organisation", name=each.partition("|")[2]) for each in sorted(provision.organisations)),
        _names(t, "plain.role", provision.roles),
        *(t("plain.person", name=each.partition("|")[2]) for each in sorted(provision.persons)),
    )
    return "; ".join(filter(None, named))


def _names(t: Words, kind: str, codes: Iterable[str]) -> str:
    return ", ".join(t.name(kind, code) for code in sorted(codes))


def _period(period: Period, t: Words, key: str) -> Iterator[str]:
    if period.start:
        yield t(f"{key}.from", on=_day(period.start, t))
    if period.end:
        yield t(f"{key}.to", on=_day(period.end, t))


def _day(at: datetime, t: Words) -> str:
    return t.day_of(at)
