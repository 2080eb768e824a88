"""A country searches for a person, and gets one handle per other country."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.country import Country
from corridor.domain.matching_request import Search
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.wire import LocatedWords, LocateWords, read_words
from corridor.hub.acts import HubActs, json_body, signed, told


async def locate(request: Request, *, acts: HubActs) -> Response:
    """Handles, real or decoy, in the order of their countries.

    Source: IDENTITY section 2, stage 1.
    """

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(json_body(message), LocateWords)
        envelopes = tuple((Country(country), words.envelopes[country]) for country in sorted(words.envelopes))
        search = Search(words.epoch, words.tokens, words.flags, envelopes, words.purpose)
        handles = await acts.resolve_identity(asker, search)
        return told(LocatedWords({str(country): handle for country, handle in handles.items()}))

    return await signed(request, act, acts)
