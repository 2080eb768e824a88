"""An ask as a file, and a decision as JSON: what `corridor consent decide` reads and prints; docs/consent.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from corridor.domain.category import Category
from corridor.domain.consent import Ask, Decision, Grant, Permit, Spoken, Withdrawal
from corridor.domain.country import country
from corridor.domain.errors import InvalidError
from corridor.domain.period import Period
from corridor.fhir.consent_file import Fault
from corridor.fhir.provision import read_period
from corridor.fhir.search_values import interval, last_instant


class AskWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The file; `purpose` is one code, dates are written as FHIR writes them."""

    asker: str
    holder: str
    purpose: str = ""
    categories: tuple[str, ...] = ()
    organisation: str = ""
    role: str = ""
    person: str = ""
    data_from: str | None = None
    data_to: str | None = None
    withdrawals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a file asks: the ask, and the withdrawals that are known of the person."""

    ask: Ask
    withdrawals: tuple[Withdrawal, ...]


def read_ask(content: bytes) -> Question:
    """The question that a file puts.

    Raises:
        InvalidError: not JSON, a field that is missing, misspelt or of another type, or a date that is none.
    """
    try:
        words = msgspec.json.decode(content, type=AskWords)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"The ask cannot be read: {error}") from None
    ask = Ask(
        asker=country(words.asker),
        holder=country(words.holder),
        purpose=words.purpose,
        categories=frozenset(_category(each) for each in words.categories),
        organisation=words.organisation,
        role=words.role,
        person=words.person,
        data_period=_period(words),
    )
    return Question(ask, tuple(Withdrawal(_last_moment(each)) for each in words.withdrawals))


def read_instant(text: str) -> datetime:
    """An instant with its zone, as FHIR writes it.

    Raises:
        InvalidError: anything else.
    """
    if "T" not in text or not (text.endswith("Z") or text[-6:-5] in {"+", "-"}):
        raise InvalidError("An instant has a date, a time and a zone, such as 2026-03-01T12:00:00Z.")
    return interval(text)[0]


def _last_moment(text: str) -> datetime:
    """Of a withdrawal that is known to the second, the last instant that it may have been at."""
    read_instant(text)
    return last_instant(text)


def _category(code: str) -> Category:
    """A category that nobody knows stands for itself: no provision names it, and so it is never permitted."""
    return Category(code) if code in set(Category) else code  # type: ignore[return-value]  # see the docstring


def _period(words: AskWords) -> Period:
    found = read_period({"start": words.data_from, "end": words.data_to})
    if found.start and found.end and found.end < found.start:
        raise InvalidError("The wanted dates end before they begin.")
    return found


def decision_json(decision: Decision, faults: tuple[Fault, ...] = ()) -> dict[str, Any]:
    """The decision as it is printed; every key is always there."""
    permit = decision if isinstance(decision, Permit) else None
    return {
        "decision": "permit" if permit else "deny",
        "reason": "permitted" if isinstance(decision, Permit) else str(decision.reason),
        "categories": [str(grant.category) for grant in permit.grants] if permit else [],
        "provisions": [_spoken(each) for each in decision.provisions],
        "filters": [each for grant in permit.grants for each in _filters(grant)] if permit else [],
        "until": _instant(permit.until) if permit else None,
        "unreadable": [{"consent": each.id, "why": each.message, "at": each.expression} for each in faults],
    }


def _spoken(spoken: Spoken) -> dict[str, Any]:
    kind = "permit" if spoken.permit else "deny"
    return {"consent": spoken.consent_id, "provision": spoken.index, "type": kind}


def _filters(grant: Grant) -> list[dict[str, Any]]:
    spans = [("permit", span) for span in grant.permitted] + [("forbid", span) for span in grant.denied]
    rows = [
        {
            "type": kind,
            "category": str(grant.category),
            "dataFrom": _instant(span.start),
            "dataTo": _instant(span.end),
        }
        for kind, span in spans
    ]
    return sorted(rows, key=lambda row: (row["type"] == "forbid", row["dataFrom"] or "", row["dataTo"] or "~"))


def _instant(at: datetime | None) -> str | None:
    """UTC; a fraction of a second only where there is one."""
    return at.isoformat().replace("+00:00", "Z") if at else None
