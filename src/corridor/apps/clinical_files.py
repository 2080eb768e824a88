"""Files that a country writes for its clinicians: what it can give, and which rules its clinicians reviewed."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from corridor.domain.care.formulary import Formulary, Presentation, Statement, StockOut
from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.regimen import read_text
from corridor.domain.care.rules.library import Review, reviewed, rule_book
from corridor.domain.care.rules.rule import RuleBook
from corridor.domain.country import Country, country
from corridor.domain.errors import InvalidError

_LARGEST = 1_000_000
"""Bytes; the longest list of medicines of the region has some hundred lines."""

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Short = Annotated[str, msgspec.Meta(max_length=200)]
File = TypeVar("File")


class _About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[formulary]` table: who says it, of which day, until when it is believed."""

    country: Text
    source: Text
    reporter: Text
    dated: date
    valid_until: date
    statement: Statement
    complete: bool = False


class _Presentation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[presentation]]`."""

    drugs: Text
    strength: Short = ""
    form: Short = ""
    note: Short = ""


class _StockOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[stock_out]]`."""

    drugs: Text
    reported: date
    source: Text
    until: date | None = None


class _FormularyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    formulary: _About
    presentation: tuple[_Presentation, ...] = ()
    stock_out: tuple[_StockOut, ...] = ()


class _Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[review]]`."""

    rule: Text
    fingerprint: Text
    enabled: bool
    reviewed_by: Text
    reviewed_on: date


class _ReviewFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    review: tuple[_Review, ...] = ()


def read_formulary(path: Path, *, home: Country | None = None) -> Formulary:
    """A country's formulary.

    Args:
        path: a TOML file.
        home: country of the node that uses it; another country's list is refused.

    Raises:
        InvalidError: the file is missing, is not TOML, or something in it is missing, unknown or contradictory.
    """
    content = _read(path, _FormularyFile)
    try:
        return _formulary(content, home)
    except InvalidError as error:
        raise InvalidError(f"The formulary {path} is wrong: {error.message}") from None


def read_reviews(path: Path, *, today: date) -> RuleBook:
    """The packaged rules with the reviews of a node's clinicians.

    Raises:
        InvalidError: as for a formulary, or a review is of no rule or of another wording of it.
    """
    rows = _read(path, _ReviewFile).review
    reviews = [Review(row.rule, row.fingerprint, row.enabled, row.reviewed_by, row.reviewed_on) for row in rows]
    try:
        return reviewed(rule_book(), reviews, today=today)
    except InvalidError as error:
        raise InvalidError(f"The reviews {path} are wrong: {error.message}") from None


def _read(path: Path, kind: type[File]) -> File:
    try:
        if path.stat().st_size > _LARGEST:
            raise InvalidError(f"The file {path} is larger than one megabyte.")
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (OSError, ValueError) as error:
        if isinstance(error, (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError)):
            raise InvalidError(f"The file {path} is wrong: {error}.") from None
        raise InvalidError(f"The file {path} cannot be read.") from None
    except RecursionError:
        raise InvalidError(f"The file {path} is wrong: it is nested too deep.") from None


def _formulary(content: _FormularyFile, home: Country | None) -> Formulary:
    about = content.formulary
    own = country(about.country)
    if home is not None and own != home:
        raise InvalidError(f"It is the list of {own}, and this node is of {home}.")
    if about.valid_until < about.dated:
        raise InvalidError("`valid_until` lies before `dated`.")
    if not content.presentation:
        raise InvalidError("There is no [[presentation]].")
    presentations = tuple(
        Presentation(_components(row.drugs), row.strength, row.form, row.note) for row in content.presentation
    )
    return Formulary(
        country=own,
        source=about.source,
        reporter=about.reporter,
        dated=about.dated,
        valid_until=about.valid_until,
        statement=about.statement,
        complete=about.complete,
        presentations=_each_once(presentations),
        stock_outs=tuple(_stock_out(row, presentations) for row in content.stock_out),
    )


def _components(drugs: str) -> tuple[str, ...]:
    """The antiretrovirals of one product; what cannot be read is refused, because it would silently be missing."""
    reading = read_text(drugs)
    known = lexicon().drugs
    antiretrovirals = tuple(name for name in reading.components if known[name].family == "hiv")
    if reading.unread or not antiretrovirals or len(antiretrovirals) != len(reading.components):
        raise InvalidError(f"`{drugs[:80]}` is not a product of HIV drugs that can be read.")
    return antiretrovirals


def _each_once(presentations: tuple[Presentation, ...]) -> tuple[Presentation, ...]:
    for place, one in enumerate(presentations):
        if one in presentations[:place]:
            raise InvalidError(f"`{'/'.join(one.components)} {one.strength}`".rstrip() + " is listed twice.")
    return presentations


def _stock_out(row: _StockOut, presentations: tuple[Presentation, ...]) -> StockOut:
    components = _components(row.drugs)
    if components not in {each.components for each in presentations}:
        raise InvalidError(f"The stock-out of `{row.drugs[:80]}` is of a product that is not listed.")
    if row.until is not None and row.until < row.reported:
        raise InvalidError(f"The stock-out of `{row.drugs[:80]}` ends before it was reported.")
    return StockOut(components, row.reported, row.source, row.until)
