"""Trains the dictionary that stored bodies are compressed with, from the published examples in `demo/examples`.

Run `python -m bench.train_dictionary NUMBER`: it writes `src/corridor/storage/node/bodies-NUMBER.dictionary`. A number
that was ever released is never trained again: rows name the dictionary they need, and old ones stay in the package.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import zstandard

LEVEL = 3
DICTIONARY_BYTES = 64 * 1024
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


def main() -> None:
    """Write the dictionary of the given number."""
    number = int(sys.argv[1])
    samples = [as_stored(each) for each in resources(Path("demo/examples"))]
    fitting: list[bytes | bytearray | memoryview[int]] = [each for each in samples if len(each) <= LARGEST]
    trained = zstandard.train_dictionary(DICTIONARY_BYTES, fitting, dict_id=number, level=LEVEL)
    Path(f"src/corridor/storage/node/bodies-{number}.dictionary").write_bytes(trained.as_bytes())
    packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=trained)
    sizes = sum(map(len, fitting)), sum(len(packer.compress(each)) for each in fitting)
    print(f"{len(fitting)} bodies, {sizes[0]} bytes, compressed {sizes[1]}")


if __name__ == "__main__":
    main()
