"""Trains the dictionary that stored bodies are compressed with: published examples, invented people, audit events.

Run `python -m bench.train_dictionary NUMBER`: it writes `src/corridor/storage/node/bodies-NUMBER.dictionary`. A number
that was ever released is never trained again: rows name the dictionary they need, and old ones stay in the package.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import zstandard

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.principal import Role
from corridor.domain.trace import new_trace
from corridor.fhir.audit_event import render
from corridor.fhir.draft import draft
from corridor.fhir.stamp import stamp
from demo.bundles import resources as person_resources
from demo.people import people

LEVEL = 3
DICTIONARY_BYTES = 112 * 1024
SEED = 1
AT = datetime(2026, 11, 22, 10, 30, 0, 123456, tzinfo=UTC)
LARGEST = 6_000
"""Longer bodies are narratives and documents, which teach nothing about the others."""


def resources(folder: Path) -> Iterator[dict[str, Any]]:
    """Every resource of the folder; Bundles are opened."""
    for path in sorted(folder.rglob("*.json")):
        try:
            content = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError:
            continue
        entries = content.get("entry", ()) if isinstance(content, dict) else ()
        for each in [content, *[entry.get("resource") for entry in entries]]:
            if isinstance(each, dict) and each.get("resourceType") not in {None, "Bundle"}:
                yield each


def as_stored(resource: dict[str, Any]) -> bytes:
    """The resource as this node would store it, as far as a dictionary cares."""
    kept = {name: value for name, value in resource.items() if name not in {"resourceType", "id", "meta", "text"}}
    stamp = {"versionId": "1", "lastUpdated": "2026-11-22T10:30:00.123456Z"}
    head = {"resourceType": resource["resourceType"], "id": resource.get("id", ""), "meta": stamp}
    return orjson.dumps(head | kept)


def invented() -> Iterator[bytes]:
    """Bodies and projections of invented people, as a node stores them."""
    for person in people(SEED, count=40):
        for registration in person.registrations:
            for resource in person_resources(person, registration):
                made = draft(
                    orjson.dumps(resource),
                    resource_type=resource["resourceType"],
                    id=resource["id"],
                    source=f"urn:corridor:{registration.country.lower()}",
                )
                yield stamp(made.head, made.tail, version=1, at=AT)
                if made.projection:
                    yield made.projection.template


def audit_events() -> Iterator[bytes]:
    """Audit events of every kind, national and between countries, with one patient and with none."""
    for number, kind in product(range(200), AuditKind):
        abroad = number % 2 == 1
        fact = AuditFact(
            kind=kind,
            outcome=AuditOutcome.SUCCESS,
            at=AT,
            trace=new_trace(),
            request_id=str(uuid4()),
            agent=uuid4().hex,
            role=Role.CLINICIAN.value if abroad else Role.PROGRAMME.value,
            asker=Country("PE") if abroad else None,
            holder=Country("CO") if abroad else None,
            purpose="TREAT" if abroad else "",
            patient_ids=(str(uuid4()),) if number % 3 else (),
            resource=f"Observation/{uuid4()}",
        )
        yield render(fact, id=str(uuid4()), node=Country("PE"))


def main() -> None:
    """Write the dictionary of the given number."""
    number = int(sys.argv[1])
    samples = [as_stored(each) for each in resources(Path("demo/examples"))]
    samples += [*invented(), *audit_events()]
    fitting: list[bytes | bytearray | memoryview[int]] = [each for each in samples if len(each) <= LARGEST]
    trained = zstandard.train_dictionary(DICTIONARY_BYTES, fitting, dict_id=number, level=LEVEL)
    Path(f"src/corridor/storage/node/bodies-{number}.dictionary").write_bytes(trained.as_bytes())
    packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=trained)
    sizes = sum(map(len, fitting)), sum(len(packer.compress(each)) for each in fitting)
    print(f"{len(fitting)} bodies, {sizes[0]} bytes, compressed {sizes[1]}")


if __name__ == "__main__":
    main()
