from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest

import corridor.web
from corridor.domain.care.event import EventKind
from corridor.domain.category import CLINICAL
from corridor.domain.disclosure import Decision
from corridor.domain.history import SilenceReason
from corridor.domain.purpose import Purpose
from corridor.web.clinician.consent_form import PERIODS_DAYS
from corridor.web.language import Language

WEB = Path(corridor.web.__file__).parent
ROOMS = (
    WEB,
    WEB / "clinician",
    WEB / "auditor",
    WEB / "conformance",
    WEB / "reviews",
    WEB / "links",
    WEB / "ties",
    WEB / "development",
    WEB / "protection",
)
NAMED_BY_CODE = (
    "attested.cause",
    "pause",
    "plain",
    "presence.cause",
    "presence.wrong",
    "way",
    "course",
    "role",
    "not-entered",
    "status",
    "tie.state",
    "tie.doubt",
    "said",
    "trait",
    "flow",
    "recalls",
    "revoke",
    "back.kind",
    "tie.wrong",
    "question",
    "country",
    "language",
    "purpose",
    "sex",
    "category",
    "kind",
    "decision",
    "voice",
    "end",
    "reason",
    "verified",
    "asked",
    "failure",
    "doubt",
    "zoom",
    "giving",
    "resist.level",
    "silence",
    "source",
    "duration",
    "unit",
    "flag",
    "problem",
    "logs",
    "filter",
    "consent.purpose",
    "consent.days",
    "consent.missing",
    "aloud",
    "register.kind",
    "register.fault",
    "sign.role",
    "emergency.cause",
    "emergency.missing",
    "notice.verdict",
    "stopped",
    "cause",
    "verdict",
    "glance.suppressed",
    "interaction",
    "profile",
    "step",
    "word",
    "view",
    "trust",
    "way",
    "try",
    "links.state",
    "give.missing",
    "give.way",
    "opened.plain",
)
"""Beginnings of keys that the code completes with a code, such as a country's."""


def table(room: Path, language: Language) -> dict[str, str]:
    files = sorted((room / "words").glob(f"{language}*.json"))
    tables = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    assert len({key for each in tables for key in each}) == sum(map(len, tables)), "a sentence is said twice"
    return {key: text for each in tables for key, text in each.items()}


def written() -> str:
    files = [*WEB.rglob("*.py"), *WEB.rglob("*.html")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
@pytest.mark.parametrize("language", Language)
def test_every_language_says_the_same_things(room: Path, language: Language) -> None:
    assert list(table(room, language)) == list(table(room, Language.ES))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
@pytest.mark.parametrize("language", Language)
def test_sentences_have_the_same_gaps_in_every_language(room: Path, language: Language) -> None:
    def gaps(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    spanish = table(room, Language.ES)
    assert {key: gaps(text) for key, text in table(room, language).items()} == {
        key: gaps(text) for key, text in spanish.items()
    }
    assert all(text.strip() == text and text for text in table(room, language).values())


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_sentence_is_used(room: Path) -> None:
    code = written()
    for key in table(room, Language.ES):
        plain = re.sub(r"\.(one|many)$", "", key)
        by_code = any(key.startswith(f"{beginning}.") for beginning in NAMED_BY_CODE)
        assert by_code or f'"{plain}"' in code or f"'{plain}'" in code, key


def test_every_sentence_that_is_asked_for_exists() -> None:
    known = {key for room in ROOMS for key in table(room, Language.ES)}
    asked = set(re.findall(r"\bt\(\s*[\"']([a-z0-9.-]+)[\"']\s*[,)]", written()))
    counted = set(re.findall(r"\bt\.count\(\s*[\"']([a-z0-9.-]+)[\"']", written()))
    assert asked <= known
    assert {f"{key}.{number}" for key in counted for number in ("one", "many")} <= known


def test_every_code_of_the_domain_has_a_word() -> None:
    known = {key for room in ROOMS for key in table(room, Language.ES)}
    codes = {f"category.{code}" for code in CLINICAL}
    codes |= {f"kind.{code}" for code in EventKind} | {f"decision.{code}" for code in Decision}
    codes |= {f"silence.{code}" for code in SilenceReason} | {f"purpose.{code}" for code in Purpose}
    codes |= {f"consent.days.{days}" for days in PERIODS_DAYS}
    assert codes <= known


def test_the_coordinator_has_no_clinical_word() -> None:
    said = " ".join(
        text for language in Language for room in (WEB, WEB / "auditor") for text in table(room, language).values()
    )
    for word in ("carga viral", "viral load", "CD4", "tratam", "treatment", "tubercul", "VIH", "HIV"):
        assert not re.search(rf"\b{word}", said, re.IGNORECASE)
