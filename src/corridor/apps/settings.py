"""What an operator writes in a configuration file, checked before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from corridor.domain.errors import InvalidError

File = TypeVar("File")
Settings = TypeVar("Settings", "NodeSettings", "HubSettings")


class NodeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A country node's `[node]` table; paths are relative to the file that holds it.

    Attributes:
        database: `sqlite:///FILE` or `postgresql://…`.
        keys: folder of the node's key files.
        federation: pinned directory of the federation, as `corridor federation write` makes it.
        zone: IANA time zone in which dates without a zone are read.
        deadline_seconds: default time for a pull.
        evaluations_per_hour: blinded elements that this holder evaluates for one asker in an hour.
        empty_answer_milliseconds: no empty answer leaves the exchange earlier than this.
        worker_seconds: pause between two looks at the outbox.
    """

    country: str
    name: str
    public_url: str
    database: str
    keys: str
    federation: str
    host: str = "127.0.0.1"
    port: int = 8080
    zone: str = "UTC"
    deadline_seconds: float = 5.0
    evaluations_per_hour: int = 20_000
    empty_answer_milliseconds: int = 60
    max_body_bytes: int = 16 * 1024 * 1024
    worker_seconds: float = 1.0


class HubSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's `[hub]` table; paths are relative to the file that holds it."""

    public_url: str
    database: str
    keys: str
    federation: str
    host: str = "127.0.0.1"
    port: int = 8080
    max_body_bytes: int = 4 * 1024 * 1024


class _NodeFile(msgspec.Struct, forbid_unknown_fields=True):
    node: NodeSettings


class _HubFile(msgspec.Struct, forbid_unknown_fields=True):
    hub: HubSettings


def node_settings(path: Path) -> NodeSettings:
    """A node's settings, with its paths made absolute.

    Raises:
        InvalidError: the file is missing, is not TOML, or a setting is missing, unknown or of the wrong kind.
    """
    return _absolute(_read(path, _NodeFile).node, path.resolve().parent)


def hub_settings(path: Path) -> HubSettings:
    """The hub's settings, with its paths made absolute; errors as for a node."""
    return _absolute(_read(path, _HubFile).hub, path.resolve().parent)


def _read(path: Path, kind: type[File]) -> File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except OSError:
        raise InvalidError(f"The configuration file {path} cannot be read.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InvalidError(f"The configuration file {path} is wrong: {error}.") from None


def _absolute(settings: Settings, folder: Path) -> Settings:
    database = settings.database
    if database.startswith("sqlite:///") and not database.startswith("sqlite:////"):
        database = f"sqlite:///{folder / database.removeprefix('sqlite:///')}"
    return msgspec.structs.replace(
        settings,
        database=database,
        keys=str(folder / settings.keys),
        federation=str(folder / settings.federation),
        public_url=settings.public_url.rstrip("/"),
    )
