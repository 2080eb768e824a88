"""The draft of a bridging plan: it names what is not known, warns of what would be lost, and prescribes nothing."""

import string
from dataclasses import replace
from datetime import date, timedelta

import pytest

from corridor.domain.care.bridging import bridging_draft
from corridor.domain.care.downgrade import losses
from corridor.domain.care.formulary import BridgingDraft, Formulary, Presentation, Statement, StockOut
from corridor.domain.care.options import options
from corridor.domain.country import Country
from tests.domain.care.situations import TODAY, facing

LANGUAGES = ("es", "en", "pt")


def listing(*products: str, complete: bool = False) -> Formulary:
    """A formulary of products written as `3TC/TDF`."""
    presentations = tuple(Presentation(tuple(sorted(each.split("/")))) for each in products)
    source, first, last = "Lista 2026 {draft}", date(2026, 5, 1), date(2026, 12, 31)
    return Formulary(Country("PE"), source, "farmacia", first, last, Statement.STATED, complete, presentations)


def drafted(facts: list[str], formulary: Formulary | None, days_left: int | None = None) -> BridgingDraft:
    """The draft for some facts."""
    known = facing(facts)
    prior = known.span.components if known.span else ()
    return bridging_draft(known, options(prior, formulary, today=TODAY), days_left=days_left)


def topics(draft: BridgingDraft, topic: str) -> list[str]:
    """The Spanish lines about one topic."""
    return [line.text.es for line in draft.lines if line.topic == topic]


def test_the_draft_begins_by_saying_that_it_is_one_and_ends_with_room_for_the_decision() -> None:
    draft = drafted(["art:DTG+3TC+TDF"], listing("TDF/3TC/DTG"), 12)
    assert "Borrador" in draft.lines[0].text.es
    assert "____" in draft.lines[-1].text.es
    assert any("12" in line for line in topics(draft, "supply"))
    assert any("seguir igual" in line and "TDF + 3TC + DTG" in line for line in topics(draft, "option"))


@pytest.mark.parametrize(
    ("days_left", "known", "says"), [(None, False, "no se conoce"), (0, True, "se acabó"), (3, True, "3")]
)
def test_days_of_medicine_left(days_left: int | None, says: str, *, known: bool) -> None:
    draft = drafted(["art:DTG+3TC+TDF"], None, days_left)
    (line,) = [each for each in draft.lines if each.topic == "supply"]
    assert says in line.text.es
    assert line.known is known


def test_what_is_not_known_is_named() -> None:
    draft = drafted([], None)
    unknown = " ".join(line.text.es for line in draft.lines if not line.known)
    for word in ("Esquema anterior: no se conoce", "Qué se puede dar aquí: no se conoce", "Días de medicamento"):
        assert word in unknown


@pytest.mark.parametrize(
    ("formulary", "says"),
    [
        (None, "no tiene lista"),
        (replace(listing("TDF/3TC/DTG"), valid_until=TODAY - timedelta(days=1)), "venció"),
        (replace(listing("TDF/3TC/DTG"), dated=TODAY + timedelta(days=1)), "vale desde"),
        (listing("EFV"), "no significa que no haya"),
    ],
)
def test_why_it_is_unknown_what_can_be_given(formulary: Formulary | None, says: str) -> None:
    assert any(says in line for line in topics(drafted(["art:DTG+3TC+TDF"], formulary), "unknown"))


def test_a_stock_out_and_an_old_stock_out_read_differently() -> None:
    tld = ("3TC", "DTG", "TDF")
    out = replace(listing("TDF/3TC/DTG"), stock_outs=(StockOut(tld, TODAY, "almacén"),))
    old = replace(out, stock_outs=(StockOut(tld, TODAY - timedelta(days=90), "almacén"),))
    assert any(
        "desabastecimiento: TDF + 3TC + DTG" in line for line in topics(drafted(["art:DTG+3TC+TDF"], out), "option")
    )
    assert any("nadie dijo" in line for line in topics(drafted(["art:DTG+3TC+TDF"], old), "unknown"))


def test_a_part_of_a_regimen_is_no_bridge() -> None:
    draft = drafted(["art:DTG+3TC+TDF"], listing("TDF/3TC", complete=True))
    assert any("3TC, TDF" in line and "no es un puente" in line for line in topics(draft, "downgrade"))


def test_a_demonstration_says_that_it_is_one() -> None:
    seed = replace(listing("TDF/3TC/DTG"), statement=Statement.DEMONSTRATION)
    assert any("DEMOSTRACIÓN" in line for line in topics(drafted(["art:DTG+3TC+TDF"], seed), "option"))


def test_the_checks_of_hepatitis_b_rifampicin_and_abacavir_stand_in_the_draft() -> None:
    draft = drafted(["last:ABC+3TC+DTG", "rx:rifampicina", "hbsag:positivo"], listing("ABC/3TC/DTG"))
    checks = " ".join(topics(draft, "check"))
    for word in ("rifampicina", "HBsAg positivo", "HLA-B*57:01"):
        assert word in checks


def test_what_a_rule_says_of_an_option_alone_is_said_of_that_option() -> None:
    draft = drafted(["art:DTG+3TC+TDF", "rx:rifampicina"], listing("TAF/FTC", "DTG"))
    assert any(line.startswith("Si se da TAF + FTC + DTG") and "alafenamida" in line for line in topics(draft, "check"))


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ({"DTG", "3TC", "TDF"}, {"DTG", "FTC", "TAF"}, set()),
        ({"DTG", "3TC", "TDF"}, {"EFV", "3TC", "TDF"}, {"barrier"}),
        ({"DTG", "DRV", "ETR", "RTV"}, {"DTG", "ETR"}, {"anchor"}),
        ({"DRV", "RTV", "DTG"}, {"DRV", "DTG"}, {"booster"}),
        ({"DTG", "3TC", "TDF"}, {"3TC", "TDF"}, {"anchor"}),
        ({"DRV", "COBI", "FTC", "TAF"}, {"DRV", "RTV", "FTC", "TAF"}, set()),
    ],
)
def test_what_a_plan_loses(before: set[str], after: set[str], lost: set[str]) -> None:
    assert {key for key, _ in losses(frozenset(before), frozenset(after))} == lost


def test_a_downgrade_by_the_plan_is_warned_of() -> None:
    draft = drafted(["last:DRV+DTG+ETR+RTV", "plan:DTG+ETR"], listing("DTG", "ETR"))
    assert any("DRV" in line and "más débil" in line for line in topics(draft, "downgrade"))
    assert any("etravirina" in line for line in topics(draft, "check"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "facts", [[], ["open:DTG+3TC+TDF"], ["last:EFV+3TC+TDF", "plan:DTG+3TC+TDF"], ["art:ABC+3TC+DTG", "rx:jarabe Zyx"]]
)
@pytest.mark.parametrize("formulary", [None, listing("ABC/3TC/DTG", "TDF/FTC"), listing("AZT", complete=True)])
def test_every_line_is_whole_in_every_language(language: str, facts: list[str], formulary: Formulary | None) -> None:
    draft = drafted(facts, formulary, 4)
    text = draft.text(language)
    assert text.count("\n") + 1 == len(draft.lines)
    assert not [field for _, field, _, _ in string.Formatter().parse(text.replace("{draft}", "")) if field]
    assert len(set(draft.lines)) == len(draft.lines)
