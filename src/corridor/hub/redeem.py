"""A home node learns what a handle stands for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.country import Country
from corridor.domain.matching_request import Redeemed
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.wire import RedeemedWords, RedeemWords, read_words
from corridor.hub.acts import HubActs, json_body, signed, told

ANSWER_BYTES = 4096
"""An ordinary envelope with three candidates fits; the answer to a decoy is as long."""

_DECOY = Redeemed((), b"")


async def redeem(request: Request, *, acts: HubActs) -> Response:
    """Candidates and envelope, or neither, in answers of one length.

    Source: IDENTITY section 2, stage 2.
    """

    async def act(home: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(json_body(message), RedeemWords)
        found = await acts.redeem_handle(home, words.handle) or _DECOY
        return told(RedeemedWords(found.candidates, found.envelope), fill_bytes=ANSWER_BYTES)

    return await signed(request, act, acts)
