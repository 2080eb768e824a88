"""A country registers persons as blind tokens, or has them forgotten."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.country import Country
from corridor.domain.matching_request import PersonEntry
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.wire import DoneWords, RegisterWords, RemoveWords, read_words
from corridor.hub.acts import HubActs, json_body, signed, told


async def register(request: Request, *, acts: HubActs) -> Response:
    """Add or replace persons of the country that signed.

    Source: IDENTITY section 2, register.
    """

    async def act(home: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(json_body(message), RegisterWords)
        persons = [PersonEntry(person.handle, person.tokens, person.flags) for person in words.persons]
        await acts.register_persons(home, persons, epoch=words.epoch)
        return told(DoneWords())

    return await signed(request, act, acts)


async def remove(request: Request, *, acts: HubActs) -> Response:
    """Forget persons of the country that signed.

    Source: IDENTITY section 2, life.
    """

    async def act(home: Country, message: SignedRequest) -> SignedResponse:
        await acts.remove_persons(home, read_words(json_body(message), RemoveWords).handles)
        return told(DoneWords())

    return await signed(request, act, acts)
