"""The national base's operations: `$match`, `$pull-history` and `$withdraw-consent`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, NotFoundError
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.bundle import instant
from corridor.fhir.history import bundle
from corridor.fhir.operations import matches, read_match, read_nothing, read_pull
from corridor.fhir.outcome import plain_outcome
from corridor.flows.attest_presence import Vouching
from corridor.flows.match_patient import Match
from corridor.node.asked import pairs_of_address
from corridor.node.national import (
    National,
    asking,
    check_format,
    check_media_type,
    fhir_reply,
    read_body,
    read_limited,
)
from corridor.node.read import is_id

_PARAMETERS_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Operations:
    """The acts behind the operations, wired in.

    Attributes:
        home: this node's country, for papers that name no issuer.
        match_patient: `match_patient` with its desk.
        withdraw_consent: `withdraw_consent` with its desk.
        attest: a clinician's word that the person is there, confirmed by their password.
        sources: address of each country's exchange base.
    """

    home: Country
    match_patient: Callable[..., Awaitable[tuple[Match, ...]]]
    withdraw_consent: Callable[[Asking, str], Awaitable[datetime]]
    attest: Callable[[Asking, str, Vouching], Awaitable[object]]
    sources: Callable[[], Mapping[Country, str]]


def _patient_id(request: Request) -> str:
    logical_id: str = request.path_params["id"]
    if not is_id(logical_id):
        raise NotFoundError("There is no such person here.")
    return logical_id


async def match(request: Request, *, national: National, operations: Operations) -> Response:
    """Patients of the national register who may be meant; never anyone of another country.

    Source: https://hl7.org/fhir/R4/patient-operation-match.html; IHE PDQm ITI-119.
    """
    check_format(request)
    who = await asking(request, national)
    beside = pairs_of_address(request.scope["query_string"])
    wanted = read_match(await read_body(request, national), home=operations.home, beside=beside)
    found = await operations.match_patient(who, wanted.asked, only_certain=wanted.only_certain, count=wanted.count)
    return fhir_reply(matches(((each.record, each.grade, each.score) for each in found), national.base_url))


async def pull(request: Request, *, national: National, operations: Operations) -> Response:
    """A person's history from every other country, and who was silent.

    Source: OperationDefinition pull-history in `profiles/`.
    """
    check_format(request)
    who = await asking(request, national)
    _check_address(request)
    wanted = read_pull(await _input(request))
    patient_id = _patient_id(request)
    if wanted.attested:
        vouching = Vouching(wanted.attested, wanted.password.value.decode())
        with suppress(NotFoundError):  # the pull says so itself
            await operations.attest(who, patient_id, vouching)
    history = await national.pull_history(
        who,
        patient_id,
        purpose_code=wanted.purpose,
        deadline_seconds=wanted.deadline_seconds or national.deadline_seconds,
    )
    return fhir_reply(bundle(history, operations.sources()))


async def _input(request: Request) -> bytes:
    """The Parameters of an operation that may go without."""
    body = await read_limited(request, _PARAMETERS_BYTES)
    if body.strip():
        check_media_type(request)
    return body


def _check_address(request: Request) -> None:
    """Let pass an address without parameters: a purpose that is written there must not be passed over."""
    if not ANSWER_FORM.issuperset(request.query_params):
        raise InvalidError("This operation is given its parameters in its body.", ("Parameters.parameter",))


async def withdraw(request: Request, *, national: National, operations: Operations) -> Response:
    """Take back every consent that the person gave so far, here and everywhere.

    Source: OperationDefinition withdraw-consent in `profiles/`.
    """
    check_format(request)
    who = await asking(request, national)
    _check_address(request)
    read_nothing(await _input(request))
    at = await operations.withdraw_consent(who, _patient_id(request))
    text = f"Every consent given until {instant(at)} is withdrawn here; the other countries are being told."
    return fhir_reply(plain_outcome("informational", text, severity="information"))
