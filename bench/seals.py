"""The keys that every database of a run is sealed with, as a node's own are."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from corridor.keys.files import KeyUse, create_key
from corridor.keys.master_file import FileMasterKey
from corridor.storage.node.data_keys import DataKeys
from corridor.storage.node.key_ring import KeyRing

KEYS_VARIABLE = "CORRIDOR_BENCH_KEYS"
"""Environment variable that tells a process of the run where the keys of the run are."""


@cache
def key_folder() -> Path:
    """Where the keys are for as long as the run."""
    if KEYS_VARIABLE in os.environ:
        return Path(os.environ[KEYS_VARIABLE])
    folder = Path(tempfile.mkdtemp(prefix="corridor-bench-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    create_key(folder / "master.key", KeyUse.MASTER)
    return folder


@cache
def ring() -> KeyRing:
    """What rows are sealed with."""
    folder = key_folder()
    return KeyRing(DataKeys(folder / "data-keys.db"), FileMasterKey(folder / "master.key"))


def key_lines() -> str:
    """Lines of a node's configuration, at its end, that name these keys."""
    folder = key_folder()
    return f'data_keys = "{folder / "data-keys.db"}"\n[node.master_key]\nfile = "{folder / "master.key"}"\n'
