"""A Dockerfile read and carried out in a fresh folder that stands for the image's root."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCKERFILE = REPOSITORY / "docker" / "Dockerfile"
MADE = ("/wheels", "/opt/corridor", "/state", "/build", "/var/lib/corridor")
"""Folders of the image that the steps make; each becomes one of the same name under the fresh root."""

OUTSIDE = ("pip_", "http_proxy", "https_proxy", "no_proxy", "ssl_cert", "requests_ca_bundle")
"""Beginnings of the variables by which this machine reaches its package index; an engine passes them to a build."""


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction and the number of the stage it belongs to, from 1."""

    stage: int
    word: str
    text: str


def steps(content: str) -> list[Step]:
    """Every instruction in order, with continued lines joined and comments left out."""
    lines = [line for line in content.splitlines() if not line.lstrip().startswith("#")]
    found: list[Step] = []
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, text = line.strip().partition(" ")
            stage = (found[-1].stage if found else 0) + (word == "FROM")
            found.append(Step(stage, word, text.strip()))
    return found


@dataclass(slots=True)
class FreshRoot:
    """A folder in which the steps are carried out, as the image's root."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give the root a Python with pip, as the official image has."""
        subprocess.run([sys.executable, "-m", "venv", str(self.root / "usr")], check=True)

    def carry_out(self, step: Step) -> None:
        """Do what the instruction says; instructions that only describe the image change nothing."""
        match step.word:
            case "FROM":
                self.environment, self.folder = {"HOME": os.environ.get("HOME", "/")}, "/"
            case "ENV":
                self._set(step.text)
            case "WORKDIR":
                self.folder = step.text
                self.path(step.text).mkdir(parents=True, exist_ok=True)
            case "COPY":
                self._copy(step.text)
            case "RUN":
                self.ran.append(step.text)
                self.run(self._moved(step.text))

    def path(self, name: str) -> Path:
        """Where a path of the image lies here."""
        return self.root / os.path.normpath(os.path.join("/", self.folder, name)).lstrip("/")  # noqa: PTH118 - image path

    def run(self, command: str) -> str:
        """Run a shell command as a step would, with the image's Python first, and return what it printed."""
        network = {name: value for name, value in os.environ.items() if name.lower().startswith(OUTSIDE)}
        done = subprocess.run(
            ["/bin/sh", "-ec", command],
            cwd=self.path("."),
            env=network | {"PATH": self._first_path()} | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _first_path(self) -> str:
        return f"{self.root}/usr/bin:/usr/bin:/bin"

    def _set(self, text: str) -> None:
        path = self.environment.get("PATH", self._first_path())
        for pair in shlex.split(text):
            name, value = pair.split("=", 1)
            if name != "PIP_NO_CACHE_DIR":  # a warm cache outside the image may serve the wheels
                self.environment[name] = self._moved(value).replace("$PATH", path)

    def _moved(self, command: str) -> str:
        for made in MADE:
            command = re.sub(rf"(?<![\w/.-]){re.escape(made)}(?![\w-])", str(self.root) + made, command)
        return command

    def _copy(self, text: str) -> None:
        words = shlex.split(text)
        options = [word for word in words if word.startswith("--")]
        *sources, target = [word for word in words if not word.startswith("--")]
        between_stages = any(option.startswith("--from=") for option in options)
        for source in sources:
            origin = self.root / source.lstrip("/") if between_stages else REPOSITORY / source
            assert origin.exists(), f"COPY {source}: there is no such file"
            place = self.path(target)
            if origin.is_dir():
                if origin != place:
                    shutil.copytree(origin, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(origin, place)
