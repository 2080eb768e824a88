"""The national base's `$ihe-pix`, and which identifier domains it knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.errors import NotFoundError
from corridor.domain.record import Record
from corridor.fhir.cross_reference import (
    COUNTRY_SYSTEM,
    Wanted,
    corresponding,
    identifiers,
    read_parameters,
    read_query,
    survivor,
)
from corridor.fhir.outcome import plain_outcome
from corridor.fhir.search import read_search
from corridor.node.asked import pairs_of_address
from corridor.node.national import National, asking, check_format, check_media_type, fhir_reply, read_limited
from corridor.node.read import is_id

_PARAMETERS_BYTES = 64 * 1024
_MOST = 10
_REFUSALS = {
    "source": (404, "not-found", "sourceIdentifier Patient Identifier not found"),
    "authority": (400, "code-invalid", "sourceIdentifier Assigning Authority not found"),
    "target": (403, "code-invalid", "targetSystem not found"),
}
"""Source: IHE PIXm 2:3.83.4.2.2, cases 3 to 5."""


@dataclass(frozen=True, slots=True)
class CrossReference:
    """What the door needs beside the base.

    Attributes:
        countries: other countries of the federation.
        abroad: (country, pseudonym) of the people abroad to whom a person here is tied; nobody else's.
    """

    countries: Callable[[], Sequence[str]]
    abroad: Callable[[str], Awaitable[Sequence[tuple[str, str]]]]


async def ihe_pix(request: Request, *, national: National, reference: CrossReference) -> Response:
    """Identifiers of the person whom an identifier stands for; pseudonyms of other countries only where asked for.

    Source: IHE PIXm ITI-83.
    """
    check_format(request)
    who = await asking(request, national)
    wanted = await _wanted(request)
    refused = await _unknown_target(who, wanted, national=national, reference=reference)
    if refused:
        return _refusal(refused)
    found = await _people(who, wanted, national)
    if not found:
        known = wanted.system == national.base_url or await knows(who, wanted.system, national)
        return _refusal("source" if known else "authority")
    return fhir_reply(await _answer(wanted, found, national=national, reference=reference))


async def knows(who: Asking, system: str, national: National) -> bool:
    """Whether anybody of the register has an identifier of that system."""
    return bool(await _search(who, ("identifier", f"{_escaped(system)}|"), national, asked="identifier-domain"))


async def check_domains(who: Asking, pairs: Sequence[tuple[str, str]], national: National) -> None:
    """Let pass a search of Patients whose wanted identifier domains are known.

    Raises:
        NotFoundError: one of `identifier=system|` is not.

    Source: IHE PDQm ITI-78, 2:3.78.4.2.2.4.
    """
    for name, value in pairs:
        domain = value[:-1] if name == "identifier" and value.endswith("|") and "," not in value else ""
        if domain and not await knows(who, domain, national):
            raise NotFoundError("targetSystem not found")


async def _wanted(request: Request) -> Wanted:
    pairs = pairs_of_address(request.scope["query_string"])
    if request.method != "POST":
        return read_query(pairs)
    check_media_type(request)
    return read_parameters(await read_limited(request, _PARAMETERS_BYTES), beside=pairs)


async def _unknown_target(who: Asking, wanted: Wanted, *, national: National, reference: CrossReference) -> str:
    abroad = {COUNTRY_SYSTEM + each for each in reference.countries()}
    for target in wanted.targets:
        if target != national.base_url and target not in abroad and not await knows(who, target, national):
            return "target"
    return ""


async def _people(who: Asking, wanted: Wanted, national: National) -> list[Record]:
    """Whom the identifier stands for, and who replaced them."""
    asked = f"$ihe-pix?sourceIdentifier={national.hide(f'{wanted.system}|{wanted.value}')}"
    if wanted.system == national.base_url:
        own_id = wanted.value.removeprefix("Patient/")
        first = ("_id", own_id)
        if not is_id(own_id):
            return []
    else:
        first = ("identifier", f"{_escaped(wanted.system)}|{_escaped(wanted.value)}")
    found = await _search(who, first, national, asked=asked)
    replaced = [survivor(each.body or b"{}") for each in found]
    for name, _, value in (each.partition("=") for each in replaced if each):
        found += await _search(who, (name, _escaped_token(value)), national, asked=asked)
    once = {each.id: each for each in found}
    return [*once.values()]


async def _search(who: Asking, pair: tuple[str, str], national: National, *, asked: str) -> list[Record]:
    wanted = read_search("Patient", [pair, ("_count", str(_MOST))], strict=True, zone=national.zone)
    return [*(await national.search_records(who, wanted.query, asked=asked)).records]


async def _answer(wanted: Wanted, found: Sequence[Record], *, national: National, reference: CrossReference) -> bytes:
    living = [each for each in found if each.body is not None and not survivor(each.body)]
    source = wanted.system, wanted.value
    pairs = [pair for each in living for pair in identifiers(each.body or b"{}") if pair != source]
    if wanted.targets:
        pairs = [pair for pair in pairs if pair[0] in wanted.targets]
        for each in living:
            tied = [(COUNTRY_SYSTEM + country, name) for country, name in await reference.abroad(each.id)]
            pairs += [pair for pair in tied if pair[0] in wanted.targets]
    here = [f"{national.base_url}/Patient/{each.id}" for each in living]
    shown = not wanted.targets or national.base_url in wanted.targets
    own = f"{national.base_url}/{wanted.value}" if wanted.system == national.base_url else ""
    return corresponding(dict.fromkeys(pairs), [each for each in here if shown and each != own])


def _refusal(which: str) -> Response:
    status, code, text = _REFUSALS[which]
    return fhir_reply(plain_outcome(code, text), status=status)


def _escaped_token(text: str) -> str:
    system, bar, value = text.partition("|")
    return f"{_escaped(system)}{bar}{_escaped(value)}"


def _escaped(text: str) -> str:
    """Source: https://hl7.org/fhir/R4/search.html#escaping."""
    escaped = text.replace("\\", "\\\\")
    for mark in ",|$":
        escaped = escaped.replace(mark, f"\\{mark}")
    return escaped
