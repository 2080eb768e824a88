"""The national base's operations that only read: `$everything`, `$lastn` and `$summary`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import InvalidError, NotFoundError, PreconditionError
from corridor.domain.record import Record
from corridor.fhir.bundle import Links, searchset
from corridor.fhir.lac_summary import BUNDLE as LACPASS
from corridor.fhir.lac_summary import lac_summary
from corridor.fhir.reading_operations import everything_input, lastn_input, pairs_of, summary_input
from corridor.fhir.search import read_search
from corridor.fhir.summary_words import LANGUAGES
from corridor.flows.ports.records import Page
from corridor.node.asked import encoded, for_log, pairs_of_address
from corridor.node.national import National, asking, check_format, check_media_type, fhir_reply, read_limited
from corridor.node.read import is_id

_PARAMETERS_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ReadingOperations:
    """The acts behind these operations, wired in.

    Attributes:
        summary: makes the document of records in a language.
    """

    read_everything: Callable[..., Awaitable[Page]]
    list_latest: Callable[..., Awaitable[tuple[Record, ...]]]
    summarise_patient: Callable[[Asking, str], Awaitable[tuple[Record, ...]]]
    summary: Callable[[tuple[Record, ...], str], bytes]


async def everything(request: Request, *, national: National, reading: ReadingOperations) -> Response:
    """One page of what the node holds about a patient.

    Source: https://hl7.org/fhir/R4/patient-operation-everything.html
    """
    who, pairs = await begin(request, national)
    wanted = everything_input(pairs, zone=national.zone)
    patient_id = _patient_id(request)
    count = str(wanted.count)  # a larger page than the largest is told as it is used
    kept = [(name, count if name == "_count" else value) for name, value in pairs if name != "_cursor"]
    asked = f"$everything?{encoded(kept)}"
    page = await reading.read_everything(who, patient_id, wanted=wanted, asked=asked)
    here = f"{national.base_url}/Patient/{patient_id}/$everything"
    links = Links(national.base_url, _url(here, kept), _next(here, kept, page.after))
    return fhir_reply(searchset((*page.records, *page.included), links, total=_total(wanted, page)))


def _total(wanted: CompartmentQuery, page: Page) -> int | None:
    """The total is known where one page holds it all."""
    return None if wanted.after or page.after else len(page.records) + len(page.included)


async def lastn(request: Request, *, national: National, reading: ReadingOperations) -> Response:
    """The newest observations of each code.

    Source: https://hl7.org/fhir/R4/observation-operation-lastn.html
    """
    who, pairs = await begin(request, national)
    query, most = lastn_input(pairs, zone=national.zone, base=national.base_url)
    asked = f"$lastn?{for_log(pairs, national.hide)}"
    found = await reading.list_latest(who, query, most=most, asked=asked)
    links = Links(national.base_url, _url(f"{national.base_url}/Observation/$lastn", pairs))
    return fhir_reply(searchset(found, links, total=len(found)))


async def summary(request: Request, *, national: National, reading: ReadingOperations) -> Response:
    """A patient's record as an International Patient Summary.

    Source: HL7 IPS 2.0.1, operation `summary`; with LACPASS's profile, lac-bundle.
    """
    who, pairs = await begin(request, national)
    identifier = summary_input(pairs)
    patient_id = await patient_of(request, who, identifier, national=national)
    records = await reading.summarise_patient(who, patient_id)
    document = reading.summary(records, language(request))
    for_lacpass = dict(pairs).get("profile", "").partition("|")[0] == LACPASS
    return fhir_reply(lac_summary(document, national.home) if for_lacpass else document)


async def patient_of(request: Request, who: Asking, identifier: str, *, national: National) -> str:
    """Id of the patient that an operation is about: of its address, or of the one who has an identifier.

    Raises:
        InvalidError: neither names anybody, or both do.
        NotFoundError: there is no such patient.
        PreconditionError: several have the identifier.
    """
    if "id" not in request.path_params:
        return await _identified(who, identifier, national)
    if identifier:
        raise InvalidError("The address names the patient already: leave the identifier out.", ("identifier",))
    return _patient_id(request)


async def _identified(who: Asking, identifier: str, national: National) -> str:
    if not identifier:
        raise InvalidError("Name the patient by identifier.", ("identifier",))
    wanted = read_search("Patient", [("identifier", identifier), ("_count", "2")], strict=True)
    page = await national.search_records(who, wanted.query, asked=for_log(wanted.understood, national.hide))
    if len(page.records) > 1:
        raise PreconditionError("Several patients have this identifier.", ("identifier",))
    if not page.records:
        raise NotFoundError("There is no such patient.")
    return page.records[0].id


async def begin(request: Request, national: National) -> tuple[Asking, list[tuple[str, str]]]:
    """Who asks, and what: the pairs of the address and, by POST, those of a Parameters resource."""
    check_format(request)
    who = await asking(request, national)
    pairs = pairs_of_address(request.scope["query_string"])
    if request.method == "POST":
        body = await read_limited(request, _PARAMETERS_BYTES)
        if body.strip():
            check_media_type(request)
            pairs += pairs_of(body)
    return who, pairs


def _patient_id(request: Request) -> str:
    logical_id: str = request.path_params["id"]
    if not is_id(logical_id):
        raise NotFoundError("There is no such patient.")
    return logical_id


def language(request: Request) -> str:
    """The language wanted most of those that summaries are written in, or Spanish.

    Source: RFC 9110 section 12.5.4
    """
    wishes = [each.partition(";") for each in request.headers.get("accept-language", "").lower().split(",")]
    weighed = [(_weight(rest), name.strip()[:2]) for name, _, rest in wishes]
    spoken = [each for each in weighed if each[0] and each[1] in LANGUAGES]
    return max(spoken, key=lambda each: each[0], default=(1.0, LANGUAGES[0]))[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 1.0


def _url(here: str, pairs: list[tuple[str, str]]) -> str:
    return f"{here}?{encoded(pairs)}" if pairs else here


def _next(here: str, pairs: list[tuple[str, str]], after: str) -> str:
    return _url(here, [*pairs, ("_cursor", after)]) if after else ""
