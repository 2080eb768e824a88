"""Seals for tests: data keys in a fresh file under a master key of their own."""

from __future__ import annotations

from pathlib import Path

from corridor.keys.files import KeyUse, create_key
from corridor.keys.master_file import FileMasterKey
from corridor.storage.node.data_keys import DataKeys
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.sealed_files import SealedReader
from corridor.storage.seals import Seals


def read_sealed(path: Path, seals: Seals) -> bytes:
    """What stands in a file of a job."""
    with SealedReader(path, seals) as reader:
        return reader.read()


def ring_in(folder: Path) -> KeyRing:
    """A key ring whose files lie in a folder; the same one again where they are there already."""
    path = folder / "master.key"
    if not path.exists():
        create_key(path, KeyUse.MASTER)
    return KeyRing(DataKeys(folder / "data-keys.db"), FileMasterKey(path))
