"""No key, token or password lies in the tree; what only looks like one is listed with its reason."""

import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.house.secrets_in_text import found, looks_random
from tests.house.tree import REPOSITORY, name_of, tracked

KNOWN = Path(__file__).with_name("known_secrets.toml")
OTHERS_FILES = ("demo/examples/", "src/corridor/fhir/definitions/", "src/corridor/domain/care/resistance/hivdb/")
"""Files that others published: long random texts in them are sequences, digests and pictures."""
NO_PASSWORDS = ("tests/*", "*/words/*.json")
"""Where a password is that of somebody invented, or a word that a page shows to people."""


@cache
def scanned() -> dict[tuple[str, str, str], list[int]]:
    """Lines by file, look and mark of everything in the tree that looks like a secret."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for path in tracked():
        name, text = name_of(path), path.read_text(encoding="utf-8", errors="replace")
        written = "\ufffd" not in text  # what no person wrote looks random everywhere
        for each in found(text, dense=written and not name.startswith(("tests/", *OTHERS_FILES))):
            if each.look != "password" or not any(fnmatch(name, one) for one in NO_PASSWORDS):
                lines.setdefault((name, each.look, each.mark), []).append(each.line)
    return lines


def known() -> list[dict[str, Any]]:
    """What only looks like a secret."""
    return list(tomllib.loads(KNOWN.read_text(encoding="utf-8"))["known"])


def test_nothing_in_the_tree_looks_like_a_secret_but_what_is_listed_with_a_reason() -> None:
    listed = {(each["file"], mark) for each in known() for mark in each["marks"]}
    new = [f"{file}:{at} {look} {mark}" for (file, look, mark), at in scanned().items() if (file, mark) not in listed]
    assert not new, "\n".join(new)


def test_the_list_is_no_longer_than_it_must_be_and_every_line_has_a_reason() -> None:
    there = {(file, mark) for file, _, mark in scanned()}
    gone = [(each["file"], mark) for each in known() for mark in each["marks"] if (each["file"], mark) not in there]
    assert not gone
    assert all(len(each["reason"].split()) > 3 for each in known())


def test_no_key_file_or_database_is_kept() -> None:
    kinds = {".key", ".pem", ".p12", ".pfx", ".jks", ".keystore", ".sqlite", ".db", ".env"}
    assert not [name_of(path) for path in tracked() if {path.suffix, path.name} & kinds]


@pytest.mark.parametrize(
    ("look", "text"),
    [
        ("private key", "-----BEGIN " + "OPENSSH PRIVATE KEY-----"),
        ("cloud key", "AKIA" + "A1B2C3D4E5F6G7H8"),
        ("forge token", "gh" + "p_" + "a1B2" * 9),
        ("signed token", "ey" + "JhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0." + "s1gN" * 6),
        ("private JWK", '"d"' + ': "' + "k9Xz" * 8 + '"'),
        ("address with a password", "postgresql" + "://node:" + "hunter22@db/one"),
        ("password", "hub_pass" + "word = '" + "hunter22'"),
        ("password", '"passcode"' + ': "' + 'una clave"'),
        ("password", "CLIENT_SECRET: str = " + '"x9-x9-x9"'),
        ("dense text", '"' + "9f86d081884c7d659a2feaa0c55ad015" + '"'),
    ],
)
def test_a_secret_is_told_from_other_text(look: str, text: str) -> None:
    assert [each.look for each in found(f"first line\n{text}\n", dense=True)] == [look]
    assert all(each.line == 2 for each in found(f"first line\n{text}\n", dense=True))


def test_words_of_a_language_are_not_random() -> None:
    assert not looks_random("https-corridor-example-StructureDefinition-patient")
    assert not list(found("passcode: str | None = None\npassword = typer.Option()", dense=True))


def test_the_whole_tree_is_read() -> None:
    assert (REPOSITORY / "pyproject.toml") in tracked()
    assert len(scanned()) > 10
