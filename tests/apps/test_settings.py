"""A configuration file is right, or the node does not start and says why in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor.apps.settings import hub_settings, node_settings
from corridor.domain.errors import InvalidError

NODE = {
    "country": '"PE"',
    "name": '"Nodo Perú"',
    "public_url": '"https://pe.example/"',
    "database": '"sqlite:///node.sqlite"',
    "keys": '"keys"',
    "federation": '"../federation.json"',
}
HUB = {name: NODE[name] for name in ("public_url", "database", "keys", "federation")}


def written(folder: Path, table: str, settings: dict[str, str]) -> Path:
    """A configuration file."""
    path = folder / "corridor.toml"
    path.write_text("\n".join([f"[{table}]", *(f"{name} = {value}" for name, value in settings.items())]), "utf-8")
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = node_settings(written(tmp_path, "node", NODE))
    assert settings.database == f"sqlite:///{tmp_path}/node.sqlite"
    assert settings.keys == str(tmp_path / "keys")
    assert Path(settings.federation).resolve() == tmp_path.parent / "federation.json"
    assert settings.public_url == "https://pe.example"
    assert (settings.host, settings.port, settings.zone) == ("127.0.0.1", 8080, "UTC")
    assert hub_settings(written(tmp_path, "hub", HUB)).database == settings.database


@pytest.mark.parametrize("database", ["sqlite:////var/corridor/node.sqlite", "postgresql://node@db/corridor"])
def test_a_whole_address_of_a_database_stays(tmp_path: Path, database: str) -> None:
    assert node_settings(written(tmp_path, "node", NODE | {"database": f'"{database}"'})).database == database


@pytest.mark.parametrize(("name", "value"), [
    ("country", '"Peru"'), ("country", '"pe"'), ("country", "51"), ("zone", '"America/Nowhere"'),
    ("zone", '"../../etc"'),
    ("zone", '""'), ("public_url", '"pe.example"'), ("public_url", '"ftp://pe.example"'), ("port", "0"),
    ("port", "70000"),
    ("port", '"8080"'), ("deadline_seconds", "0"), ("max_body_bytes", "-1"), ("worker_seconds", "0.0"), ("name", '""'),
    ("cors_origins", '"*"'), ("cors_origins", '["app.example"]'), ("cors_origins", '["https://app.example/"]'),
    ("evaluations_per_hour", "0"), ("empty_answer_milliseconds", "-1"), ("database", '""'), ("datbase", '"x"'),
])  # fmt: skip
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InvalidError) as caught:
        node_settings(written(tmp_path, "node", NODE | {name: value}))
    assert str(tmp_path / "corridor.toml") in caught.value.message


@pytest.mark.parametrize("name", NODE)
def test_a_missing_setting_is_named(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "node", {each: value for each, value in NODE.items() if each != name})
    with pytest.raises(InvalidError, match=name):
        node_settings(path)


@pytest.mark.parametrize("content", [b"", b"[nodo]", b"[node", b"\xff\xfe", b"[node]\n[node]", b"[hub]\n", b"node = 3"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "corridor.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidError):
        node_settings(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for read in (node_settings, hub_settings):
        with pytest.raises(InvalidError, match="cannot be read"):
            read(tmp_path / "nowhere.toml")
    with pytest.raises(InvalidError, match="cannot be read"):
        node_settings(tmp_path)
