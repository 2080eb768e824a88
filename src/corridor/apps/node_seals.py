"""The seals of a node, as its settings say."""

from __future__ import annotations

from pathlib import Path

from corridor.apps.master_settings import MasterKeySettings
from corridor.apps.settings import NodeSettings
from corridor.flows.ports.master_key import MasterKey
from corridor.keys.files import KeyUse, ensure_key, read_secret
from corridor.keys.master_file import FileMasterKey
from corridor.keys.master_kms import KmsMasterKey
from corridor.keys.master_pkcs11 import Pkcs11MasterKey, Slot, pkcs11_package
from corridor.storage.node.data_keys import DataKeys
from corridor.storage.node.key_ring import KeyRing


def open_ring(settings: NodeSettings) -> KeyRing:
    """The data keys of a node, and what opens them; both are made at the first start, and never after it.

    Raises:
        InvalidError: the master key is another one, or its file is open to others.
        UnavailableError: a file or the master key cannot be read or written.
    """
    keys = DataKeys(Path(settings.data_keys))
    if keys.generations():
        return KeyRing(keys, master_key(settings.master_key))
    if settings.master_key.kind == "file":
        ensure_key(Path(settings.master_key.file), KeyUse.MASTER)
    return KeyRing(keys, master_key(settings.master_key))


def open_both(settings: NodeSettings, following: MasterKeySettings) -> KeyRing:
    """The data keys of a node with the master key that they have, and the one that they shall have.

    Raises: as `open_ring`.
    """
    return KeyRing(
        DataKeys(Path(settings.data_keys)), master_key(settings.master_key), next_master=master_key(following)
    )


def master_key(asked: MasterKeySettings) -> MasterKey:
    """What wraps the data keys.

    Raises: as `open_ring`.
    """
    if asked.kind == "file":
        return FileMasterKey(Path(asked.file))
    word = read_secret(Path(asked.file))
    if asked.kind == "kms":
        return KmsMasterKey(asked.url, asked.label, word)
    return Pkcs11MasterKey(Slot(asked.module, asked.token, asked.label, word), pkcs11_package())
