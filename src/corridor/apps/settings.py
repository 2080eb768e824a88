"""What an operator writes in a configuration file, checked before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from corridor.apps.master_settings import MasterKeySettings
from corridor.apps.mutual_settings import MutualSettings
from corridor.apps.people_settings import COORDINATORS, KeyOrigin, PeopleSettings, Text
from corridor.domain.country import country
from corridor.domain.country_facts import CountryFacts
from corridor.domain.errors import InvalidError
from corridor.domain.limits import Limits, limits_of
from corridor.domain.principal import Role
from corridor.remote.manifest import FactsRow

File = TypeVar("File")
Settings = TypeVar("Settings", "NodeSettings", "HubSettings")
Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Amount = Annotated[int, msgspec.Meta(ge=1)]
Address = Annotated[str, msgspec.Meta(pattern="^https?://[^/]")]
Origin = Annotated[str, msgspec.Meta(pattern=r"^(\*|https?://[a-z0-9.\-]+(:[0-9]{1,5})?)$")]


class NodeSettings(PeopleSettings, frozen=True, forbid_unknown_fields=True):
    """A country node's `[node]` table; paths are relative to the file that holds it.

    Attributes:
        database: `sqlite:///FILE` or `postgresql://…`.
        keys: folder of the node's key files.
        federation: pinned manifest of the federation.
        zone: IANA time zone in which dates without a zone are read.
        deadline_seconds: default time for a pull.
        evaluations_per_hour: blinded elements that this holder evaluates for one asker in an hour.
        empty_answer_milliseconds: no empty answer leaves the exchange earlier than this.
        worker_seconds: pause between two looks at the outbox.
        manifest_seconds: how often the hub is asked for a newer manifest.
        bulk_folder: in which the files of exports and uploads lie until they are forgotten.
        bulk_hours: how long that is, from the end of the job.
        bulk_jobs: exports and imports that may run at once.
        import_folder: from which `$import` may take files by address; empty for none.
        max_import_bytes: of one upload.
        subscribers: origins (`https://host`) of this country's systems that may be told of changes.
        subscribers_abroad: origins across a border, which may be told that something changed and nothing of what.
        link_origins: nodes outside of the federation whose health links may be opened here, such as `https://host`.
        link_trust: files with the keys of those who sign health links and cards: DID documents or JWK sets.
        regional_gateway: answer the region's unauthenticated broadcasts, always with nobody.
        formulary: file that says what this country can give (`corridor formulary check`); empty for none, and then
            what can be given is unknown.
        rule_reviews: file of the reviews by this node's clinicians (`corridor rules check`); empty for none, and then
            rules that nobody read in a document stay off.
        client_key_origins: from which the published keys of registered systems may be fetched, such as
            `https://keys.example`.
        presence_accepted: kinds of proof that a person is there which this country believes another: `card`, `code` and
            `attested`, a clinician's word.
        text_gateway: address that sends short messages to telephones (`POST {"to", "text"}`); empty for none.
        text_gateway_token: file of its bearer token, read by nobody else.
        text_file: in development, the file that messages are written to instead.
        limits: budgets of an hour by name (`domain/limits.py`), where they are not the usual ones.
        data_keys: file of the data keys of people; outside of the database and of its backups.
        master_key: what wraps them.
        mutual_tls: the door for the other parties; None in development and on one machine alone.
        cors_origins: whose pages may use the base from a browser, such as `https://app.example`; `*` for all.
    """

    country: Text
    name: Text
    public_url: Address
    database: Text
    keys: Text
    federation: Text
    host: str = "127.0.0.1"
    port: Port = 8080
    zone: str = "UTC"
    deadline_seconds: Seconds = 5.0
    evaluations_per_hour: Amount = 20_000
    empty_answer_milliseconds: Annotated[int, msgspec.Meta(ge=0)] = 60
    max_body_bytes: Amount = 16 * 1024 * 1024
    worker_seconds: Seconds = 1.0
    manifest_seconds: Seconds = 10.0
    bulk_folder: Text = "bulk"
    bulk_hours: Amount = 24
    bulk_jobs: Amount = 4
    import_folder: str = ""
    max_import_bytes: Amount = 4 * 1024 * 1024 * 1024
    subscribers: tuple[Address, ...] = ()
    subscribers_abroad: tuple[Address, ...] = ()
    link_origins: tuple[Address, ...] = ()
    link_trust: tuple[Text, ...] = ()
    regional_gateway: bool = False
    cors_origins: tuple[Origin, ...] = ()
    client_key_origins: tuple[KeyOrigin, ...] = ()
    formulary: str = ""
    rule_reviews: str = ""
    data_keys: Text = "data-keys.db"
    master_key: MasterKeySettings = MasterKeySettings()
    limits: dict[str, Amount] = msgspec.field(default_factory=dict)
    presence_accepted: tuple[Literal["card", "code", "attested"], ...] = ("card", "code", "attested")
    text_gateway: Address | Literal[""] = ""
    text_gateway_token: str = ""
    text_file: str = ""
    mutual_tls: MutualSettings | None = None

    @property
    def hourly(self) -> Limits:
        """The budgets of an hour, those that were not written as usual."""
        return limits_of(self.limits)


class HubSettings(PeopleSettings, frozen=True, forbid_unknown_fields=True):
    """The hub's `[hub]` table; paths are relative to the file that holds it."""

    public_url: Address
    database: Text
    keys: Text
    federation: Text
    host: str = "127.0.0.1"
    port: Port = 8080
    max_body_bytes: Amount = 4 * 1024 * 1024
    mutual_tls: MutualSettings | None = None

    @property
    def roles_here(self) -> frozenset[Role]:
        """Roles that people can have here."""
        return COORDINATORS


class _NodeFile(msgspec.Struct, forbid_unknown_fields=True):
    node: NodeSettings
    country: FactsRow = msgspec.field(default_factory=FactsRow)


class _HubFile(msgspec.Struct, forbid_unknown_fields=True):
    hub: HubSettings


def node_settings(path: Path) -> NodeSettings:
    """A node's settings, with its paths made absolute.

    Raises:
        InvalidError: the file is missing, is not TOML, or a setting is missing, unknown or of the wrong kind.
    """
    settings = _read(path, _NodeFile).node
    _check_place(settings, path)
    folder = path.resolve().parent
    trust = tuple(str(folder / each) for each in settings.link_trust)
    settings = msgspec.structs.replace(settings, bulk_folder=str(folder / settings.bulk_folder), link_trust=trust)
    for name in ("import_folder", "formulary", "rule_reviews", "data_keys", "text_gateway_token", "text_file"):
        if written := getattr(settings, name):
            settings = msgspec.structs.replace(settings, **{name: str(folder / written)})
    master = settings.master_key.placed(folder, settings.keys)
    settings = msgspec.structs.replace(settings, master_key=master)
    return _absolute(settings, folder)


def country_facts(path: Path) -> CountryFacts:
    """What a node's configuration file says of its country: names, languages, papers, policy; errors as for a node."""
    return _read(path, _NodeFile).country.facts()


def hub_settings(path: Path) -> HubSettings:
    """The hub's settings, with its paths made absolute; errors as for a node."""
    return _absolute(_read(path, _HubFile).hub, path.resolve().parent)


def settings_of(path: Path) -> NodeSettings | HubSettings:
    """The settings of a file, be it a node's or the hub's.

    Raises:
        InvalidError: the file cannot be read, or a setting is wrong.
    """
    try:
        is_hub = "hub" in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise InvalidError(f"The configuration file {path} cannot be read.") from None
    return hub_settings(path) if is_hub else node_settings(path)


def _check_place(settings: NodeSettings, path: Path) -> None:
    try:
        country(settings.country)
        limits_of(settings.limits)
        ZoneInfo(settings.zone)
    except InvalidError as error:
        raise InvalidError(f"The configuration file {path} is wrong: {error.message}") from None
    except (OSError, ValueError, LookupError):
        raise InvalidError(f"The configuration file {path} is wrong: there is no time zone {settings.zone}.") from None


def _read(path: Path, kind: type[File]) -> File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except OSError:
        raise InvalidError(f"The configuration file {path} cannot be read.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InvalidError(f"The configuration file {path} is wrong: {error}.") from None


def _absolute(settings: Settings, folder: Path) -> Settings:
    if wrong := settings.wrong_roles():
        raise InvalidError(f"The identity provider would give roles that nobody has here: {wrong}.")
    database = settings.database
    if database.startswith("sqlite:///") and not database.startswith("sqlite:////"):
        database = f"sqlite:///{folder / database.removeprefix('sqlite:///')}"
    return msgspec.structs.replace(
        settings,
        identity_provider=settings.provider_in(folder),
        database=database,
        keys=str(folder / settings.keys),
        federation=str(folder / settings.federation),
        public_url=settings.public_url.rstrip("/"),
    )
