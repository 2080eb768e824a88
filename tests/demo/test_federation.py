import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from time import sleep

import pytest

from corridor.apps.settings import hub_settings, node_settings
from demo.ceremony import hold_ceremony
from demo.federation import Federation, StartError, federation, fresh_folder
from demo.parties import HUB, NODES, free_ports, lay_out

ROOT = Path(__file__).parents[2]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def over() -> int:
    """The number of a process that is over."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_every_configuration_is_one_that_the_settings_accept(tmp_path: Path) -> None:
    parties = lay_out(tmp_path)
    assert list(parties) == [HUB, *NODES]
    assert hub_settings(parties[HUB].config).public_url == parties[HUB].url
    for code in NODES:
        settings = node_settings(parties[code].config)
        assert (settings.country, settings.port) == (code, parties[code].port)
        assert settings.database == f"sqlite:///{parties[code].folder}/node.sqlite"
        assert Path(settings.federation).resolve() == tmp_path / "federation.json"


def test_a_port_that_somebody_uses_is_not_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert listener.getsockname()[1] not in free_ports(6)


def test_all_ports_differ() -> None:
    assert len(set(free_ports(6))) == 6


def test_two_demos_at_once_are_given_different_ports() -> None:
    asks = "from demo.parties import free_ports; print(*free_ports(6), flush=True); input()"
    words = (sys.executable, "-c", asks)
    with ExitStack() as running:
        demos = [
            running.enter_context(
                subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(4)
        ]
        given = [int(port) for demo in demos for port in (demo.stdout or sys.stdin).readline().split()]
        assert len(set(given)) == len(given) == 24
        for demo in demos:
            demo.communicate("\n")


def test_a_run_gets_an_empty_folder_of_its_own(tmp_path: Path) -> None:
    first, second = fresh_folder(tmp_path), fresh_folder(tmp_path)
    assert first != second
    assert first.is_dir()
    assert (tmp_path / "latest").resolve() == second


def test_what_a_dead_run_left_is_removed_and_its_servers_are_stopped(tmp_path: Path, over: int) -> None:
    old = tmp_path / f"run-{over}-0" / "ve"
    old.mkdir(parents=True)
    server = subprocess.Popen([*SLEEPER, str(old / "node.toml")])
    (old / "pid").write_text(str(server.pid))
    while os.fsencode(old) not in Path(f"/proc/{server.pid}/cmdline").read_bytes():
        sleep(0.01)  # just after the fork the new command line is not there yet
    fresh_folder(tmp_path)
    assert server.wait(10) != 0
    assert not old.exists()


def test_a_process_that_serves_something_else_is_left_alone(tmp_path: Path, over: int) -> None:
    old = tmp_path / f"run-{over}-0" / "ve"
    old.mkdir(parents=True)
    stranger = subprocess.Popen(SLEEPER)
    (old / "pid").write_text(str(stranger.pid))
    fresh_folder(tmp_path)
    assert stranger.poll() is None
    stranger.terminate()
    stranger.wait()


def test_the_files_of_a_run_that_is_alive_are_kept(tmp_path: Path) -> None:
    alive = tmp_path / f"run-{os.getppid()}-0"
    alive.mkdir()
    fresh_folder(tmp_path)
    assert alive.exists()


def test_the_ceremony_gives_every_country_a_share_and_one_directory(tmp_path: Path) -> None:
    parties = lay_out(tmp_path)
    hold_ceremony(list(parties.values()))
    assert (tmp_path / "federation.json").is_file()
    assert len({(parties[code].keys / "public-1-0.json").read_bytes() for code in NODES}) == 1
    assert len({(parties[code].keys / "share-1-0.json").read_bytes() for code in NODES}) == len(NODES)


def test_a_party_that_does_not_come_up_is_told_with_its_last_words(tmp_path: Path) -> None:
    parties = lay_out(tmp_path)
    parties["PE"].config.write_text("[node]\n", encoding="utf-8")
    running = Federation(tmp_path, parties)
    running.start("PE")
    with pytest.raises(StartError, match="Nodo Perú"):
        running.wait("PE")
    running.stop_all()


def test_hub_and_five_countries_answer_and_are_gone_afterwards(tmp_path: Path) -> None:
    told: list[str] = []
    with federation(say=told.append, var=tmp_path) as running:
        processes = list(running.processes.values())
        assert len(processes) == 6
        running.stop("EC")
        assert "EC" not in running.processes
    assert all(process.poll() is not None for process in processes)
    assert told
