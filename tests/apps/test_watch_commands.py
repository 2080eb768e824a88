"""The commands `corridor rules` and `corridor formulary`, and the page that they make."""

import json
import sys
from pathlib import Path

import pytest

from corridor.apps.cli import main
from corridor.apps.rules_table import asked_for, rules_page
from corridor.domain.care.rules.conditions import FORMS
from corridor.domain.care.rules.library import rule_book
from tests.house.tree import REPOSITORY


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Shell":
    return Shell(monkeypatch, capsys)


class Shell:
    """Types a command and reads what it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *words: str | Path) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        self._monkeypatch.setattr(sys, "argv", ["corridor", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return int(ended.value.code or 0), out, err


def test_the_page_of_rules_is_that_of_the_rules() -> None:
    assert (REPOSITORY / "docs" / "rules.md").read_text(encoding="utf-8") == rules_page(rule_book())


def test_every_condition_that_a_rule_may_ask_for_can_be_said_in_words() -> None:
    samples = {"viral_load": {"gt": 1000}, "resistance": {"class": "INSTI", "level_min": 2}}
    for form in FORMS:
        assert asked_for({form: samples.get(form, ["x"])})


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_rules_are_listed_in_each_language(language: str, shell: Shell) -> None:
    code, out, _ = shell.run("rules", "list", "--language", language)
    rule = rule_book().rules[0]
    assert code == 0
    assert rule.text.said(language) in out
    assert rule.fingerprint in out


def test_rules_are_listed_one_object_a_line(shell: Shell) -> None:
    code, out, _ = shell.run("rules", "list", "--json", "--language", "en")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["id"] for row in rows] == [rule.id for rule in rule_book().rules]
    assert set(rows[0]) == {
        "id", "enabled", "severity", "action", "text", "when", "source", "verification", "conflict", "fingerprint",
        "reviewed_by", "reviewed_on",
    }  # fmt: skip


def test_the_page_is_printed(shell: Shell) -> None:
    assert shell.run("rules", "list", "--markdown")[1] == rules_page(rule_book())


def test_a_language_that_is_not_spoken_is_refused(shell: Shell) -> None:
    code, _, err = shell.run("rules", "list", "--language", "fr")
    assert code == 1
    assert "es, en or pt" in err


def test_reviews_are_checked_from_the_shell(shell: Shell, tmp_path: Path) -> None:
    rule = next(rule for rule in rule_book().rules if rule.id == "RE01")
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    rows = 'enabled = true\nreviewed_by = "Comité"\nreviewed_on = 2026-01-02\n'
    good.write_text(f'[[review]]\nrule = "RE01"\nfingerprint = "{rule.fingerprint}"\n{rows}', encoding="utf-8")
    bad.write_text(f'[[review]]\nrule = "RE01"\nfingerprint = "x"\n{rows}', encoding="utf-8")
    code, out, _ = shell.run("rules", "check", good)
    assert code == 0
    assert "RE01 on (changed): Comité, 2026-01-02" in out
    code, out, err = shell.run("rules", "check", bad)
    assert (code, out) == (1, "")
    assert "read it again" in err
    assert '"reviewed_by": "Comité"' in shell.run("rules", "list", "--json", "--reviews", good)[1]


def test_a_formulary_is_checked_from_the_shell(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "pe.toml"
    about = 'country = "PE"\nsource = "s"\nreporter = "r"\nstatement = "stated"\n'
    days = "dated = 2020-01-01\nvalid_until = 2020-12-31\n"
    out_of_stock = '[[stock_out]]\ndrugs = "TLD"\nreported = 2020-02-01\nsource = "almacén"\n'
    path.write_text(f'[formulary]\n{about}{days}[[presentation]]\ndrugs = "TLD"\n{out_of_stock}', encoding="utf-8")
    code, out, _ = shell.run("formulary", "check", path)
    assert code == 0
    assert "TDF + 3TC + DTG" in out
    assert "has expired" in out
    assert "Out of stock: TDF + 3TC + DTG, 2020-02-01 to ?" in out
    told = json.loads(shell.run("formulary", "check", path, "--json")[1])
    assert told["presentations"][0]["components"] == ["3TC", "DTG", "TDF"]
    assert told["expired"]
    code, _, err = shell.run("formulary", "check", path, "--country", "CL")
    assert code == 1
    assert "list of PE" in err


def test_a_file_that_is_not_there_is_one_plain_sentence(shell: Shell, tmp_path: Path) -> None:
    for command in ("rules", "formulary"):
        code, out, err = shell.run(command, "check", tmp_path / "none.toml")
        assert (code, out) == (1, "")
        assert err.startswith("corridor: ")
        assert "Traceback" not in err
