"""The commands `corridor rules` and `corridor formulary`: what a clinician reviews before a node uses it."""

from __future__ import annotations

import json as json_text
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from corridor.apps.clinical_files import read_formulary, read_reviews
from corridor.apps.rules_table import rules_page
from corridor.domain.care.formulary import Formulary
from corridor.domain.care.rules.library import rule_book
from corridor.domain.care.rules.rule import Rule, RuleBook
from corridor.domain.care.shorthand import shorthand
from corridor.domain.country import country
from corridor.domain.errors import InvalidError

rules = typer.Typer(help="Read and review the rules of safety.", no_args_is_help=True)
formulary = typer.Typer(help="Check what a country says that it can give.", no_args_is_help=True)

_LANGUAGES = ("es", "en", "pt")


@rules.command("list")
def list_rules(
    *,
    language: Annotated[str, typer.Option(help="es, en or pt.")] = "es",
    reviews: Annotated[Path | None, typer.Option(help="The node's file of reviews.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/rules.md.")] = False,
) -> None:
    """List every rule with its fingerprint, whether it speaks, its text and its source.

    With `--json` each line is `{"id", "enabled", "severity", "action", "text", "when", "source", "verification",
    "conflict": [{"source", "says"}], "fingerprint", "reviewed_by", "reviewed_on"}`, in the order of the book;
    `reviewed_on` is null where nobody reviewed it.
    """
    if language not in _LANGUAGES:
        raise InvalidError("The language is es, en or pt.")
    if markdown:
        typer.echo(rules_page(_book(reviews)), nl=False)
        return
    for rule in _book(reviews).rules:
        typer.echo(_json(_told(rule, language)) if json else _row(rule, language))


@rules.command("check")
def check_reviews(
    file: Annotated[Path, typer.Argument(help="TOML file with one [[review]] for each rule that was read.")],
) -> None:
    """Check a file of reviews against the packaged rules, and say which rules would speak."""
    before = {rule.id: rule for rule in rule_book().rules}
    book = _book(file)
    reviewed = [rule for rule in book.rules if rule.reviewed_by]
    typer.echo(f"{len(reviewed)} of {len(book.rules)} rules reviewed, {sum(rule.enabled for rule in book.rules)} on.")
    for rule in reviewed:
        changed = "" if rule.enabled == before[rule.id].enabled else " (changed)"
        typer.echo(f"{rule.id} {'on' if rule.enabled else 'off'}{changed}: {rule.reviewed_by}, {rule.reviewed_on}")


@formulary.command("check")
def check_formulary(
    file: Annotated[Path, typer.Argument(help="TOML file with [formulary] and one [[presentation]] for each product.")],
    *,
    home: Annotated[str, typer.Option("--country", help="Country of the node that will use it.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check a formulary and show how it is read.

    With `--json`: `{"country", "source", "reporter", "dated", "valid_until", "expired", "statement", "complete",
    "presentations": [{"components", "strength", "form", "note"}], "stock_outs": [{"components", "reported", "until",
    "source"}]}`.
    """
    found = read_formulary(file, home=country(home) if home else None)
    if json:
        typer.echo(_json(_formulary_told(found)))
        return
    typer.echo(f"{found.country}: {found.source}, {found.dated} to {found.valid_until}, {found.statement}")
    if found.valid_until < _today():
        typer.echo("It has expired: everything is shown as unknown until a newer one is written.")
    for each in found.presentations:
        typer.echo(" ".join(filter(None, (shorthand(each.components), each.strength, each.form, each.note))))
    for out in found.stock_outs:
        typer.echo(f"Out of stock: {shorthand(out.components)}, {out.reported} to {out.until or '?'} ({out.source})")


def _book(reviews: Path | None) -> RuleBook:
    return rule_book() if reviews is None else read_reviews(reviews, today=_today())


def _today() -> date:
    return datetime.now(UTC).date()


def _json(content: object) -> str:
    return json_text.dumps(content, ensure_ascii=False)


def _row(rule: Rule, language: str) -> str:
    state = "on " if rule.enabled else "off"
    lines = [f"{rule.id} {rule.fingerprint} {state} {rule.severity}: {rule.text.said(language)}"]
    lines += [f"    {each.source}: {each.says.said(language)}" for each in rule.conflict]
    return "\n".join([*lines, f"    [{rule.verification}] {rule.source}"])


def _told(rule: Rule, language: str) -> dict[str, object]:
    return {
        "id": rule.id,
        "enabled": rule.enabled,
        "severity": rule.severity.value,
        "action": rule.action,
        "text": rule.text.said(language),
        "when": rule.when,
        "source": rule.source,
        "verification": rule.verification,
        "conflict": [{"source": each.source, "says": each.says.said(language)} for each in rule.conflict],
        "fingerprint": rule.fingerprint,
        "reviewed_by": rule.reviewed_by,
        "reviewed_on": rule.reviewed_on.isoformat() if rule.reviewed_on else None,
    }


def _formulary_told(found: Formulary) -> dict[str, object]:
    return {
        "country": found.country,
        "source": found.source,
        "reporter": found.reporter,
        "dated": found.dated.isoformat(),
        "valid_until": found.valid_until.isoformat(),
        "expired": found.valid_until < _today(),
        "statement": found.statement.value,
        "complete": found.complete,
        "presentations": [
            {"components": each.components, "strength": each.strength, "form": each.form, "note": each.note}
            for each in found.presentations
        ],
        "stock_outs": [
            {
                "components": each.components,
                "reported": each.reported.isoformat(),
                "until": each.until.isoformat() if each.until else None,
                "source": each.source,
            }
            for each in found.stock_outs
        ],
    }
