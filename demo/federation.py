"""A whole federation on one machine: keys, ceremony, a hub and five countries as processes of their own.

Each run has a folder of its own under `var/demo`, on ports that nobody uses, so two runs never touch each other. What a
run that was killed left behind is stopped and removed by the next one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import httpx

from demo.ceremony import hold_ceremony, migrate
from demo.parties import HUB, Party, Settings, lay_out

VAR = Path(__file__).parents[1] / "var" / "demo"
CORRIDOR = Path(sys.executable).parent / "corridor"
START_SECONDS = 45.0
STOP_SECONDS = 10.0


class StartError(RuntimeError):
    """A hub or a country did not come up; the message ends with what it said last."""


@dataclass(slots=True)
class Federation:
    """The parties of one run and those of their processes that are alive.

    Attributes:
        folder: the run's folder; each party's configuration, keys, rows and log lie in a folder of its own in it.
        parties: by `hub` or the country's code in capitals.
    """

    folder: Path
    parties: dict[str, Party]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, key: str) -> None:
        """Start one party's process; `wait` tells when it answers."""
        party = self.parties[key]
        with party.log.open("ab") as log:
            self.processes[key] = subprocess.Popen(  # noqa: S603 - our own command with our own files
                [CORRIDOR, party.kind, "serve", "--config", party.config],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        (party.folder / "pid").write_text(str(self.processes[key].pid), encoding="ascii")

    def wait(self, key: str) -> None:
        """Return when the party answers.

        Raises:
            StartError: it ended, or said nothing for 45 seconds.
        """
        party, until = self.parties[key], monotonic() + START_SECONDS
        while not _answers(party.url):
            if self.processes[key].poll() is not None or monotonic() > until:
                said = party.log.read_text(encoding="utf-8", errors="replace")[-800:]
                raise StartError(f"{party.name} did not come up. It said last:\n{said}")
            sleep(0.05)

    def stop(self, key: str) -> None:
        """Stop one party and wait until it is gone; a party that does not run is left alone."""
        process = self.processes.pop(key, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self) -> None:
        """Stop every party, countries first and the hub last."""
        for key in sorted(self.processes, key=lambda key: key == HUB):
            self.stop(key)


def _say_nothing(_line: str) -> None:
    """Progress that nobody wants to read."""


@contextmanager
def federation(
    *, say: Callable[[str], None] = _say_nothing, var: Path = VAR, settings: Mapping[str, Settings] | None = None
) -> Iterator[Federation]:
    """A federation that answers; everything is stopped when the block ends, its files stay until the next run.

    Args:
        say: told in plain words what is being done.
        var: folder in which the run gets a folder of its own; `latest` in it points there.
        settings: by party, what its configuration says otherwise.

    Raises:
        StartError: a party did not come up.
    """
    folder = fresh_folder(var)
    parties = lay_out(folder, settings)
    say("Making keys and holding the ceremony of the five countries")
    hold_ceremony(list(parties.values()))
    say("Making the databases")
    migrate(list(parties.values()))
    running = Federation(folder, parties)
    try:
        say("Starting the hub and the five countries")
        for key in parties:
            running.start(key)
        for key in parties:
            running.wait(key)
        yield running
    finally:
        running.stop_all()


def fresh_folder(var: Path) -> Path:
    """An empty folder for this run; those of runs that are over are removed, with processes that they left."""
    var.mkdir(parents=True, exist_ok=True)
    for old in var.glob("run-*"):
        if not _alive(int(old.name.removeprefix("run-").partition("-")[0])):
            _sweep(old)
    turn = next(turn for turn in range(1000) if not (var / f"run-{os.getpid()}-{turn}").exists())
    folder = var / f"run-{os.getpid()}-{turn}"
    folder.mkdir()
    latest = var / "latest"
    latest.unlink(missing_ok=True)
    latest.symlink_to(folder.name)
    return folder


def _sweep(folder: Path) -> None:
    for file in folder.glob("*/pid"):
        pid = int(file.read_text(encoding="ascii"))
        with suppress(OSError):
            # A number may have been given to another process since: only one that serves this folder is stopped.
            if os.fsencode(folder) in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=2)
    except httpx.HTTPError:
        return False
    return True
