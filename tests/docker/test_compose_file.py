"""The compose file starts what the settings and the command line know."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from corridor.apps.settings import hub_settings, node_settings
from tests.docker.image import REPOSITORY

FOLDER = REPOSITORY / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PARTIES = ("hub", "ve", "co", "ec", "pe", "cl")
WORD = "/etc/corridor/database.password"
CORRIDOR = Path(sys.executable).parent / "corridor"


def test_there_are_a_hub_and_five_countries_each_with_a_database_of_its_own() -> None:
    expected = {f"{party}{part}" for party in PARTIES for part in ("", "-database", "-migrate")}
    assert set(SERVICES) == expected
    keys = {f"{party}-data-keys" for party in PARTIES if party != "hub"}
    assert set(COMPOSE["volumes"]) == {f"{party}-rows" for party in PARTIES} | keys


def test_data_keys_lie_in_a_volume_that_no_database_has() -> None:
    for party in PARTIES[1:]:
        assert f"{party}-data-keys:/var/lib/corridor" in SERVICES[party]["volumes"]
        assert all("data-keys" not in each for each in SERVICES[f"{party}-database"]["volumes"])


def test_every_dependency_and_named_volume_exists() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"]


def test_migrations_are_done_before_a_party_starts() -> None:
    for party in PARTIES:
        assert SERVICES[party]["depends_on"][f"{party}-migrate"]["condition"] == "service_completed_successfully"
        assert SERVICES[f"{party}-migrate"]["depends_on"][f"{party}-database"]["condition"] == "service_healthy"


def test_no_two_parties_share_a_port_and_none_listens_beyond_this_machine() -> None:
    ports = [port for party in PARTIES for port in SERVICES[party]["ports"]]
    assert len(set(ports)) == len(PARTIES)
    assert all(re.fullmatch(r"127\.0\.0\.1:81\d\d:8080", port) for port in ports)


def test_no_password_is_written_in_the_files() -> None:
    for file in (FOLDER / "compose.yaml", *FOLDER.glob("config/*.toml")):
        for found in re.findall(r"PASSWORD: *(.*)", file.read_text(encoding="utf-8")):
            assert re.match(r"\$\{CORRIDOR_(SUPERUSER|OWNER|DATABASE)_PASSWORD:\?", found)
        assert not re.search(r"://\w+:[^@\n]+@", file.read_text(encoding="utf-8"))


def test_what_serves_and_what_migrates_have_roles_of_their_own_and_no_word_in_their_environment() -> None:
    for party in PARTIES:
        for name, role, word in ((party, "corridor", "application"), (f"{party}-migrate", "corridor_owner", "owner")):
            assert SERVICES[name]["environment"] == {"PGUSER": role, "PGPASSFILE": WORD}
            assert f"./passwords/{word}:{WORD}:ro" in SERVICES[name]["volumes"]
        database = SERVICES[f"{party}-database"]
        assert database["environment"]["POSTGRES_USER"] == "postgres"
        assert "./roles.sh:/docker-entrypoint-initdb.d/roles.sh:ro" in database["volumes"]


def test_containers_run_without_privileges_on_a_read_only_root() -> None:
    for party in PARTIES:
        service = SERVICES[party]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("party", PARTIES)
def test_each_configuration_is_one_that_the_settings_accept(party: str) -> None:
    file = FOLDER / "config" / f"{party}.toml"
    settings = hub_settings(file) if party == "hub" else node_settings(file)
    assert settings.public_url == f"http://{party}:8080"
    assert settings.mutual_tls
    assert (settings.mutual_tls.url, settings.mutual_tls.port) == (f"https://{party}:8443", 8443)
    assert settings.database == f"postgresql://{party}-database/corridor"
    assert settings.host == "0.0.0.0"  # noqa: S104 - inside a container the published port decides who can reach it


@pytest.mark.parametrize("party", PARTIES)
def test_the_mounts_hold_what_the_configuration_names(party: str) -> None:
    kind = "hub" if party == "hub" else "node"
    targets = {volume.split(":")[1] for volume in SERVICES[party]["volumes"]}
    state = set() if party == "hub" else {"/var/lib/corridor"}
    assert targets == state | {
        f"/etc/corridor/{kind}.toml",
        "/etc/corridor/federation.json",
        "/etc/corridor/keys",
        WORD,
    }
    assert SERVICES[party]["command"] == [kind, "serve", "--config", f"/etc/corridor/{kind}.toml"]


def test_the_command_line_accepts_every_command() -> None:
    commands = {tuple(service["command"]) for service in SERVICES.values() if "command" in service}
    for command in {words[: words.index("--config")] for words in commands}:
        shown = subprocess.run([CORRIDOR, *command, "--help"], capture_output=True, text=True, check=False)
        assert shown.returncode == 0, shown.stderr
        assert "--config" in shown.stdout
