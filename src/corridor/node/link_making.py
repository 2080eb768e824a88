"""Health links made by programs: `$generate-vhl` as IHE has it, and `$generate-shl` beside it."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import InvalidError
from corridor.domain.link import LinkKind, LinkTerms, MadeLink
from corridor.fhir.health_link import DIRECT, Wished, generate_input, generated
from corridor.node.links import LinkDoors
from corridor.node.national import National, fhir_reply
from corridor.node.reading import begin, language, patient_of

DEFAULT_LIFE = timedelta(days=7)


async def generate_vhl(request: Request, *, national: National, doors: LinkDoors) -> Response:
    """A verifiable health link to a patient's summary, as the picture of a QR; a consent must be on record.

    Source: IHE VHL ITI-YY3.
    """
    made, kind, _ = await _made(request, LinkKind.VHL, national=national, doors=doors)
    return fhir_reply(generated(doors.picture(made.code.value.decode(), kind), kind))


async def generate_shl(request: Request, *, national: National, doors: LinkDoors) -> Response:
    """A SMART Health Link to a patient's summary, as text and as the picture of a QR; a consent must be on record.

    It asks for a passcode, unless the flag `U` says that whoever holds it may open it.

    Source: SMART Health Links 1.0.0.
    """
    made, kind, _ = await _made(request, LinkKind.SHL, national=national, doors=doors)
    text = made.text.value.decode()
    image = doors.picture(f"{doors.public_url}/ver#{text}", kind)
    return fhir_reply(generated(image, kind, link=text, revocation=made.revocation.value.decode()))


async def _made(
    request: Request, kind: LinkKind, *, national: National, doors: LinkDoors
) -> tuple[MadeLink, str, Wished]:
    """The link, the media type of its picture, and what was asked for."""
    who, pairs = await begin(request, national)
    wished = generate_input(pairs, direct=kind is LinkKind.SHL)
    if kind is LinkKind.SHL and wished.passcode is None and wished.flag != DIRECT:
        raise InvalidError("Give a passcode, or the flag U where whoever holds the link may open it.", ("passcode",))
    patient_id = await patient_of(request, who, wished.identifier, national=national)
    terms = LinkTerms(
        kind=kind,
        until=wished.until or doors.now() + DEFAULT_LIFE,
        label=wished.label,
        passcode=wished.passcode,
        language=language(request),
        purposes=wished.purposes,
    )
    made = await doors.make_link(who, patient_id, terms)
    picture = "image/png" if "image/png" in request.headers.get("accept", "") else "image/svg+xml"
    return made, picture, wished
