"""Wires health links, packages and the document base of the region."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from corridor.apps.node_acts import NodeActs, source_of
from corridor.apps.node_link_trust import Trusted, open_trust, receiver
from corridor.apps.node_rooms import NodeRooms
from corridor.apps.spoken import spoken
from corridor.domain.consent import Consent
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.link import LinkKind
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.record import Draft, Record
from corridor.fhir.categories import categories
from corridor.fhir.consent import render
from corridor.fhir.draft import draft
from corridor.fhir.leaving import ACTORS, leaving
from corridor.fhir.origin import tells_who
from corridor.fhir.outcome import outcome
from corridor.fhir.parse import parse
from corridor.flows.fetch_link import fetch_link
from corridor.flows.make_link import LinkDesk, make_link
from corridor.flows.open_link import open_link
from corridor.flows.permit_summary import ShareDesk, permit_summary
from corridor.flows.read_link import ReadLinkDesk
from corridor.flows.record_knock import OpenDesk
from corridor.flows.record_link_care import RevokeDesk
from corridor.flows.share_summary import share_summary
from corridor.flows.summarise_patient import SummaryDesk
from corridor.keys.issuer import did_document, open_issuer
from corridor.keys.link_seals import LinkSeals
from corridor.keys.qr import qr_png, qr_svg
from corridor.keys.receiver_signatures import sign_as_receiver
from corridor.node import link_making, mhd
from corridor.node import links as doors
from corridor.node.floor import in_step
from corridor.node.found import FHIR_JSON
from corridor.node.signed import answer
from corridor.remote.foreign_links import HttpForeignLinks
from corridor.storage.node.compartment import SqlCompartments
from corridor.storage.node.health_links import SqlLinks

_OF_EVERY_SUMMARY = ACTORS | {"Patient"}
"""What a summary needs whatever it tells; a Medication goes along only with what refers to it."""

_NO_CONSENT = frozenset({"origin"})
"""Of what says who somebody is or where from: a category that no consent has."""


@dataclass(frozen=True, slots=True)
class LinkWork:
    """The acts around health links, ready for doors and pages."""

    make: LinkDesk
    open: OpenDesk
    revoke: RevokeDesk
    read: ReadLinkDesk
    share: ShareDesk
    did: dict[str, object]
    trusted: Trusted


def wire_links(rooms: NodeRooms, acts: NodeActs) -> LinkWork:
    """The acts around health links; the node's key for them is made at its first start.

    Raises:
        InvalidError: a trust list or the key file is wrong.
    """
    storage, clock, settings = rooms.storage, rooms.clock, rooms.settings
    issuer = open_issuer(Path(settings.keys), rooms.home)
    did = did_document(issuer, settings.public_url)
    trusted = open_trust(rooms, did)
    links, seals = SqlLinks(storage.database), LinkSeals(rooms.home, issuer, trusted.keys)
    summaries = SummaryDesk(storage.records, SqlCompartments(storage.records.lanes), storage.audit, clock)
    make = LinkDesk(
        home=rooms.home,
        public_url=settings.public_url,
        links=links,
        seals=seals,
        units=storage.units,
        summaries=summaries,
        budgets=storage.budgets,
        audit=storage.audit,
        clock=clock,
        document=partial(_document, acts=acts, home=rooms.home),
        categories=_categories,
        draft=partial(_draft, home=rooms.home),
    )
    return LinkWork(
        make=make,
        open=OpenDesk(links, seals, storage.units, storage.budgets, storage.audit, clock),
        revoke=RevokeDesk(links, storage.units, storage.audit, clock),
        read=ReadLinkDesk(settings.name, seals, _foreign(rooms), storage.budgets, storage.audit, clock),
        share=ShareDesk(rooms.home, storage.units, summaries, storage.audit, clock, _categories),
        did=did,
        trusted=trusted,
    )


def _foreign(rooms: NodeRooms) -> HttpForeignLinks:
    return HttpForeignLinks(
        rooms.lines.transport,
        rooms.lines.directory,
        listed=rooms.settings.link_origins,
        sign=lambda request, now: sign_as_receiver(request, keyid=rooms.home, key=rooms.keys.signing.current, now=now),
        clock=rooms.clock,
    )


def _categories(record: Record) -> frozenset[str] | None:
    if record.resource_type in _OF_EVERY_SUMMARY:
        return None
    resource = parse(record.body or b"{}")
    other = record.resource_type == "RelatedPerson"
    return _NO_CONSENT if other or tells_who(resource) else categories(resource)


def _document(records: Sequence[Record], language: str, *, acts: NodeActs, home: Country) -> bytes:
    """The summary that leaves the country, whoever carries it; `$summary` at home gives the record as it stands."""
    return acts.reading.summary(leaving(records, home), language)


def _draft(consent: Consent, patient_id: str, *, home: Country) -> Draft:
    resource = render(consent, patient={"reference": f"Patient/{patient_id}"}, custodian=home)
    return draft(orjson.dumps(resource), resource_type="Consent", id=consent.id, source=source_of(home))


def link_routes(rooms: NodeRooms, acts: NodeActs, work: LinkWork) -> list[BaseRoute]:
    """Every door of health links and of the document base; none but the last wants to know a stranger."""
    wired = _doors(rooms, work)
    vhl = partial(link_making.generate_vhl, national=acts.national, doors=wired)
    shl = partial(link_making.generate_shl, national=acts.national, doors=wired)
    manifest, direct, file = (doors.opened(each, wired) for each in (doors.manifest, doors.direct, _file(LinkKind.SHL)))
    return [
        *spoken("/fhir/Patient/$generate-vhl", GET=vhl, POST=vhl),
        *spoken("/fhir/Patient/{id}/$generate-vhl", GET=vhl, POST=vhl),
        *spoken("/fhir/Patient/{id}/$generate-shl", POST=shl),
        *spoken("/l/{folder}", POST=manifest, GET=direct, OPTIONS=doors.preflight),
        *spoken("/l/{folder}/{ticket}", GET=file, OPTIONS=doors.preflight),
        *spoken("/vhl/List/_search", POST=partial(doors.folder, doors=wired)),
        *spoken("/vhl/files/{folder}/{ticket}", GET=partial(_file(LinkKind.VHL), doors=wired)),
        *_trust_routes(work),
        *_document_routes(rooms, acts, work),
    ]


def _doors(rooms: NodeRooms, work: LinkWork) -> doors.LinkDoors:
    step = rooms.settings.empty_answer_milliseconds
    return doors.LinkDoors(
        public_url=rooms.settings.public_url,
        make_link=partial(make_link, desk=work.make),
        open_link=in_step(partial(open_link, desk=work.open), step),
        fetch_link=in_step(partial(fetch_link, desk=work.open), step),
        content=work.make.links.content,
        who=partial(receiver, rooms=rooms, trusted=work.trusted),
        picture=_picture,
        now=rooms.clock.now,
    )


def _file(kind: LinkKind) -> Callable[..., Awaitable[Response]]:
    return partial(doors.file, kind=kind)


def _picture(text: str, media_type: str) -> bytes:
    draw = qr_png if media_type == "image/png" else qr_svg
    return draw(text, certificate=text.startswith("HC1:"))


_DID = {"content-type": "application/did+json", "cache-control": "no-store"}


def _trust_routes(work: LinkWork) -> list[BaseRoute]:
    """The node's own key for links, for everybody."""
    content = orjson.dumps(work.did)

    async def for_all(_request: Request) -> Response:
        return Response(content, 200, {**_DID, "access-control-allow-origin": "*"})

    return [Route("/.well-known/did.json", for_all, methods=["GET"])]


def member_routes(acts: NodeActs, work: LinkWork) -> list[BaseRoute]:
    """The node's own key for links, signed for the other members."""
    content = orjson.dumps(work.did)

    async def act(_asker: Country, _message: SignedRequest) -> SignedResponse:
        return SignedResponse(200, _DID, content)

    async def for_members(request: Request) -> Response:
        return await answer(request, act, refusal=_refusal, gate=acts.gate, max_body_bytes=0)

    return [Route("/exchange/did.json", for_members, methods=["GET"])]


def _refusal(error: CorridorError) -> SignedResponse:
    status, body = outcome(error)
    return SignedResponse(status, {"content-type": FHIR_JSON, "cache-control": "no-store"}, body)


def _document_routes(rooms: NodeRooms, acts: NodeActs, work: LinkWork) -> list[BaseRoute]:
    step = rooms.settings.empty_answer_milliseconds
    base = mhd.DocumentDoors(
        base_url=f"{rooms.settings.public_url}/mhd",
        permit_summary=partial(permit_summary, desk=work.share),
        share_summary=in_step(partial(share_summary, desk=work.share), step),
        empty_milliseconds=step,
        summary=partial(_document, acts=acts, home=rooms.home),
        now=rooms.clock.now,
    )
    find = partial(mhd.find, national=acts.national, base=base)
    gateway = spoken("/gateway/fhir/DocumentReference", GET=mhd.nobody) if rooms.settings.regional_gateway else []
    return [
        *spoken("/mhd/DocumentReference", GET=find),
        *spoken("/mhd/DocumentReference/_search", POST=find),
        *spoken("/mhd/Bundle/{id}", GET=partial(mhd.fetch, national=acts.national, base=base)),
        *gateway,
    ]
