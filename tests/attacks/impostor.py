"""A process in the place of one country, with that country's real keys, that misbehaves as it is told.

Usage: `python -m tests.attacks.impostor BEHAVIOUR PORT PUBLIC_URL COUNTRY KEYS`
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from corridor.domain.message import SignedRequest, SignedResponse
from corridor.fhir.exchange import MATCH_GRADE
from corridor.keys.files import signing_key
from corridor.keys.signatures import Signatures
from tests.attacks.crooked_holder import evaluated

_FHIR = {"content-type": "application/fhir+json; charset=utf-8"}
_SIGNED: Mapping[str, bytes] = {
    "signed-garbage": b"\x00\xff not a Bundle",
    "signed-html": b"<html>504</html>",
    "signed-deep": b"[" * 50_000,
    "signed-other-bundle": b'{"resourceType":"Bundle","type":"transaction","entry":[]}',
}
_RAW: Mapping[str, bytes] = {
    "garbage": b"\x16\x03\x01 this is no HTTP at all\r\n\r\n",
    "error": b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\nboom",
    "half": b'HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{"resourceType":"Bundle","type":"searchset","entry":[{"fu',
    "redirect": b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    "unsigned": b'HTTP/1.1 200 OK\r\ncontent-length: 46\r\n\r\n{"resourceType":"Bundle","type":"searchset"}  ',
    "endless": b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
    "closing": b"",
}


def person(patient: str, drug: str) -> list[dict[str, object]]:
    """A Patient with one medicine."""
    source = {"source": "https://corridor.example/country/EC"}
    return [
        {"resourceType": "Patient", "id": patient, "meta": source},
        {"resourceType": drug, "id": patient, "meta": source, "subject": {"reference": f"Patient/{patient}"}},
    ]


def bundle(*resources: dict[str, object]) -> bytes:
    """An answer that holds these, the first as the one that is sure."""
    sure = {"mode": "match", "score": 1.0, "extension": [{"url": MATCH_GRADE, "valueCode": "certain"}]}
    entries = [
        {
            "fullUrl": f"http://x/exchange/{each['resourceType']}/{each['id']}",
            "resource": each,
            "search": {"mode": "include"} if place else sure,
        }
        for place, each in enumerate(resources)
    ]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()


def signed_body(behaviour: str, request: SignedRequest, *, keys: Path) -> bytes:
    """What is signed."""
    if behaviour.startswith("holder-"):
        return evaluated(behaviour, request.body, keys=keys) if request.url.endswith("/oprf/evaluate") else b"{}"
    if behaviour == "signed-two-people":
        return bundle(*person("a" * 32, "Observation"), *person("b" * 32, "Observation"))
    if behaviour == "signed-foreign-type":
        return bundle(*person("a" * 32, "Practitioner"))
    return _SIGNED[behaviour]


class Impostor:
    """The country's door, in the hands of somebody else."""

    def __init__(self, behaviour: str, url: str, *, signatures: Signatures, keys: Path) -> None:
        self._behaviour, self._url, self._signatures, self._keys = behaviour, url, signatures, keys

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Misbehave once."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request = await self._request(head, reader)
        if self._behaviour == "silent":
            await asyncio.sleep(600)
        elif self._behaviour == "dripping":
            await self._drip(writer)
        elif self._behaviour in _RAW:
            writer.write(_RAW[self._behaviour])
        else:
            writer.write(self._signed(request))
        await writer.drain()
        writer.close()

    async def _request(self, head: str, reader: asyncio.StreamReader) -> SignedRequest:
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return SignedRequest(method, self._url + target, headers, body)

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        for _ in range(3000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.2)

    def _signed(self, request: SignedRequest) -> bytes:
        body = signed_body(self._behaviour, request, keys=self._keys)
        response = SignedResponse(200, _FHIR, body)
        added = self._signatures.sign_response(response, request, now=datetime.now(UTC))
        headers = {**_FHIR, **added, "content-length": str(len(body))}
        lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1") + body


async def main(behaviour: str, port: int, url: str, *, country: str, keys: Path) -> None:
    """Stand in the country's place until the process is ended."""
    signatures = Signatures(country, signing_key(keys / "signing.key"))
    impostor = Impostor(behaviour, url, signatures=signatures, keys=keys)
    server = await asyncio.start_server(impostor.serve, "127.0.0.1", port)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], country=sys.argv[4], keys=Path(sys.argv[5])))
