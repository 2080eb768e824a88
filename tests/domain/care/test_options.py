"""How a regimen can be continued: the same, an equivalent, nothing, or unknown, and unknown is not unavailable."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.equivalence import variants
from corridor.domain.care.formulary import Availability, Formulary, Presentation, Statement, StockOut
from corridor.domain.care.options import options, stands
from corridor.domain.country import Country

TODAY = date(2026, 6, 15)
DRUGS = ("TDF", "TAF", "3TC", "FTC", "DTG", "EFV", "DRV", "RTV", "COBI", "ABC", "ATV", "BIC")


def listing(*products: str, complete: bool = False, out: tuple[StockOut, ...] = ()) -> Formulary:
    """A formulary of products written as `3TC/TDF`."""
    presentations = tuple(Presentation(tuple(sorted(each.split("/")))) for each in products)
    return Formulary(
        Country("PE"),
        "a source",
        "a person",
        date(2026, 5, 1),
        date(2026, 12, 31),
        Statement.STATED,
        complete,
        presentations,
        out,
    )


TLD = ("3TC", "DTG", "TDF")

CASES = [
    ("one tablet", TLD, listing("TDF/3TC/DTG"), Availability.SAME, ""),
    ("other tablets together", TLD, listing("TDF/3TC", "DTG"), Availability.SAME, ""),
    ("lamivudine for emtricitabine", TLD, listing("TDF/FTC", "DTG"), Availability.EQUIVALENT, ""),
    ("the other tenofovir", TLD, listing("TAF/FTC", "DTG"), Availability.EQUIVALENT, ""),
    (
        "a tablet that brings another drug along",
        TLD,
        listing("TDF/3TC/EFV", "DTG"),
        Availability.UNKNOWN,
        "incomplete-list",
    ),
    ("not on a complete list", TLD, listing("AZT/3TC", "EFV", complete=True), Availability.NOTHING, "not-listed"),
    ("not on an incomplete list", TLD, listing("AZT/3TC", "EFV"), Availability.UNKNOWN, "incomplete-list"),
    ("no list", TLD, None, Availability.UNKNOWN, "no-formulary"),
    (
        "an expired list",
        TLD,
        replace(listing("TDF/3TC/DTG"), valid_until=date(2026, 6, 14)),
        Availability.UNKNOWN,
        "expired",
    ),
    ("a list on its last day", TLD, replace(listing("TDF/3TC/DTG"), valid_until=TODAY), Availability.SAME, ""),
    (
        "a list of tomorrow",
        TLD,
        replace(listing("TDF/3TC/DTG"), dated=date(2026, 6, 16)),
        Availability.UNKNOWN,
        "not-yet",
    ),
    ("an unread regimen", (), listing("TDF/3TC/DTG"), Availability.UNKNOWN, "unread-regimen"),
    ("the other booster", ("DRV", "DTG", "RTV"), listing("DRV/COBI", "DTG"), Availability.EQUIVALENT, ""),
    (
        "no other booster for lopinavir",
        ("LPV", "RTV"),
        listing("LPV", "COBI", complete=True),
        Availability.NOTHING,
        "not-listed",
    ),
    (
        "a protease inhibitor without its booster",
        ("DRV", "RTV"),
        listing("DRV", complete=True),
        Availability.NOTHING,
        "not-listed",
    ),
    ("the anchor alone", TLD, listing("DTG", complete=True), Availability.NOTHING, "not-listed"),
]


@pytest.mark.parametrize(("name", "prior", "formulary", "availability", "why"), CASES, ids=[case[0] for case in CASES])
def test_how_a_regimen_can_be_continued(
    name: str, prior: tuple[str, ...], formulary: Formulary | None, availability: Availability, why: str
) -> None:
    found = options(prior, formulary, today=TODAY)
    assert (found.availability, found.why) == (availability, why), name


def test_the_fewest_changes_and_products_come_first() -> None:
    found = options(TLD, listing("TDF/3TC/DTG", "TDF/3TC", "DTG", "TAF/FTC"), today=TODAY)
    first, second = found.options[:2]
    assert (len(first.products), first.changes) == (1, ())
    assert (len(second.products), second.changes) == (2, ())
    assert found.options[-1].changes == (("3TC", "FTC"), ("TDF", "TAF"))


def test_a_change_of_tenofovir_says_what_to_check_and_why_it_is_possible() -> None:
    (option,) = options(TLD, listing("TAF/FTC", "DTG"), today=TODAY).options
    assert any("riñ" in caution.es or "renal" in caution.es for caution in option.cautions)
    assert len(option.sources) == 2


def test_a_stock_out_is_a_dated_statement() -> None:
    fresh = StockOut(("3TC", "DTG", "TDF"), TODAY - timedelta(days=30), "warehouse")
    found = options(TLD, listing("TDF/3TC/DTG", out=(fresh,)), today=TODAY)
    assert (found.availability, found.why) == (Availability.NOTHING, "stock-out")
    assert found.options[0].out_of_stock == (fresh,)


def test_a_stock_out_that_nobody_ended_becomes_unknown_after_thirty_days() -> None:
    old = StockOut(("3TC", "DTG", "TDF"), TODAY - timedelta(days=31), "warehouse")
    found = options(TLD, listing("TDF/3TC/DTG", out=(old,)), today=TODAY)
    assert (found.availability, found.why) == (Availability.UNKNOWN, "stock-out-old")
    assert stands(old, TODAY) is None


def test_a_stock_out_that_ended_counts_no_more() -> None:
    over = StockOut(("3TC", "DTG", "TDF"), date(2026, 5, 1), "warehouse", date(2026, 6, 14))
    assert options(TLD, listing("TDF/3TC/DTG", out=(over,)), today=TODAY).availability is Availability.SAME


def test_beside_a_stock_out_other_products_still_serve() -> None:
    out = StockOut(("3TC", "DTG", "TDF"), TODAY, "warehouse")
    found = options(TLD, listing("TDF/3TC/DTG", "TDF/3TC", "DTG", out=(out,)), today=TODAY)
    assert found.availability is Availability.SAME
    assert all(not option.out_of_stock for option in found.options)


def test_each_drug_alone_is_looked_up() -> None:
    found = options(("ABC", "DTG", "FTC"), listing("TDF/3TC/DTG"), today=TODAY)
    assert dict(found.drugs) == {
        "ABC": Availability.UNKNOWN,
        "DTG": Availability.SAME,
        "FTC": Availability.EQUIVALENT,
    }


regimens = st.frozensets(st.sampled_from(DRUGS), min_size=1, max_size=5)


@given(regimens, st.lists(regimens, max_size=6))
def test_an_option_gives_exactly_its_drugs_once_each(prior: frozenset[str], products: list[frozenset[str]]) -> None:
    found = options(prior, listing(*("/".join(each) for each in products)), today=TODAY)
    for option in found.options:
        given_drugs = [drug for product in option.products for drug in product.components]
        assert sorted(given_drugs) == list(option.components)


@given(regimens, st.lists(regimens, max_size=6))
def test_an_incomplete_list_never_says_that_there_is_nothing(
    prior: frozenset[str], products: list[frozenset[str]]
) -> None:
    found = options(prior, listing(*("/".join(each) for each in products)), today=TODAY)
    assert found.availability is not Availability.NOTHING
    assert Availability.NOTHING not in dict(found.drugs).values()


@given(regimens)
def test_a_variant_keeps_the_number_of_drugs_and_begins_with_the_regimen_itself(prior: frozenset[str]) -> None:
    found = variants(prior)
    assert found[0].components == prior
    assert all(len(each.components) == len(prior) for each in found)
