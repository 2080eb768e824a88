"""No container engine is needed: each step of the Dockerfile is carried out in a fresh root."""

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.docker.image import DOCKERFILE, REPOSITORY, FreshRoot, Step, steps

STEPS = steps(DOCKERFILE.read_text(encoding="utf-8"))
LAST = max(step.stage for step in STEPS)

pytestmark = pytest.mark.timeout(480)  # building and installing every wheel takes a while on a slow machine


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> FreshRoot:
    root = FreshRoot(tmp_path_factory.mktemp("image"))
    for step in STEPS:
        root.carry_out(step)
    return root


def _texts(word: str, stage: int = LAST) -> list[str]:
    return [step.text for step in STEPS if step.word == word and step.stage == stage]


def test_there_are_a_build_stage_and_a_final_stage_on_the_same_python() -> None:
    images = [step.text.split()[0] for step in STEPS if step.word == "FROM"]
    assert len(images) == 2
    assert images[0] == images[1]


def test_every_instruction_is_one_that_an_engine_knows() -> None:
    known = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {step.word for step in STEPS} <= known


def test_the_process_is_not_root() -> None:
    (user,) = _texts("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_nothing_is_run_in_the_final_stage_as_root() -> None:
    assert _texts("RUN") == []


def test_no_source_of_a_copy_is_kept_out_by_the_ignore_file() -> None:
    ignored = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {word for text in _texts("COPY", 1) for word in text.split()[:-1]}
    assert ignored[0] == "*"
    assert copied == kept


def test_every_step_can_be_carried_out(image: FreshRoot) -> None:
    assert image.ran == [step.text for step in STEPS if step.word == "RUN"]


def test_the_wheel_holds_profiles_and_migrations(image: FreshRoot) -> None:
    (wheel,) = image.root.glob("wheels/corridor-*.whl")
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    for folder in ("profiles", "migrations/node", "migrations/hub"):
        written = [path for path in (REPOSITORY / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
        assert written, f"{folder} is empty"
        for path in written:
            assert f"corridor/{path.relative_to(REPOSITORY).as_posix()}" in names


def test_the_wheel_brings_its_licence(image: FreshRoot) -> None:
    (wheel,) = image.root.glob("wheels/corridor-*.whl")
    with ZipFile(wheel) as archive:
        licences = {name.partition("/")[2] for name in archive.namelist() if name.endswith(("/LICENSE", "/NOTICE"))}
    assert licences == {"licenses/LICENSE", "licenses/NOTICE", "domain/care/resistance/hivdb/LICENSE"}


def test_the_entry_point_answers(image: FreshRoot) -> None:
    (entry,), (argument,) = (json.loads(*_texts(word)) for word in ("ENTRYPOINT", "CMD"))
    assert "node" in image.run(f"{entry} {argument}")


def test_the_installed_package_stands_alone(image: FreshRoot) -> None:
    place = image.run("python -c 'import corridor; print(corridor.__file__)'").strip()
    assert Path(place).is_relative_to(image.root)


def test_the_check_of_health_is_valid_python() -> None:
    (text,) = _texts("HEALTHCHECK")
    command = json.loads(text.partition("CMD ")[2])
    compile(command[2], "healthcheck", "exec")


def test_continued_lines_and_comments_are_read() -> None:
    content = "FROM a AS b\n# no\nRUN one \\\n    && two\nFROM a\nUSER 1:1\n"
    assert steps(content) == [
        Step(1, "FROM", "a AS b"),
        Step(1, "RUN", "one  && two"),
        Step(2, "FROM", "a"),
        Step(2, "USER", "1:1"),
    ]
