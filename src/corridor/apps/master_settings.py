"""What an operator writes about the master key."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

MASTER_FILE = "master.key"
"""Name of the master key in the key folder, where no other place is set."""


class MasterKeySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the key is that wraps the data keys of people: the `[node.master_key]` table.

    Attributes:
        kind: `file`; `pkcs11` for a hardware module; `kms` for a cloud's key service.
        file: the key itself, or, of another kind, what opens it: the PIN of the module's token, or the service's
            bearer token. Readable by its owner alone.
        module: library of the hardware module.
        token: its token's label.
        label: the key's label in the module, or its name at the service.
        url: of the service.
    """

    kind: Literal["file", "pkcs11", "kms"] = "file"
    file: str = ""
    module: str = ""
    token: str = ""
    label: str = "corridor"
    url: str = ""

    def placed(self, folder: Path, keys: str) -> MasterKeySettings:
        """The same with its file made absolute.

        Args:
            folder: of the configuration file.
            keys: the node's key folder, as it is configured.
        """
        return msgspec.structs.replace(self, file=str(folder / (self.file or f"{keys}/{MASTER_FILE}")))
