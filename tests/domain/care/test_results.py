"""Results as laboratories write them, in one unit each; kidney function against published values."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.interval import Interval, around, compared, number
from corridor.domain.care.kidney import egfr
from corridor.domain.care.results import answer, results
from corridor.domain.care.rules.result_forms import exceeds
from corridor.domain.care.situation import Answer, Person
from corridor.domain.care.timeline import timeline
from corridor.domain.country import Country

PE = Country("PE")
WOMAN = Person("female", date(1980, 1, 1), date(1980, 12, 31))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Reactivo", Answer.POSITIVE),
        ("No reactivo", Answer.NEGATIVE),
        ("NO REACTIVO (0.21)", Answer.NEGATIVE),
        ("Não reagente", Answer.NEGATIVE),
        ("Reagente", Answer.POSITIVE),
        ("Positive", Answer.POSITIVE),
        ("negativo", Answer.NEGATIVE),
        ("Not detected", Answer.NEGATIVE),
        ("Detected", Answer.POSITIVE),
        ("10828004", Answer.POSITIVE),
        ("260385009", Answer.NEGATIVE),
        ("Indeterminado", Answer.UNCLEAR),
        ("pendiente", Answer.UNCLEAR),
        ("HBsAg: positivo; anti-HBc: negativo", Answer.UNCLEAR),
        ("Embarazada", Answer.POSITIVE),
        ("no embarazada", Answer.NEGATIVE),
        ("Not pregnant", Answer.NEGATIVE),
        ("Sí", Answer.POSITIVE),
        ("no", Answer.NEGATIVE),
        ("", None),
        ("?", None),
    ],
)
def test_the_answer_of_a_test(text: str, read: Answer | None) -> None:
    assert answer(text) is read


@pytest.mark.parametrize(
    ("creatinine", "sex", "age", "rate"),
    [
        # CKD-EPI 2021 worked out by hand from the published equation (Inker 2021, table of coefficients).
        ("1.0", "female", 50, "68.6"),
        ("1.0", "male", 50, "91.7"),
        ("0.6", "female", 30, "123.8"),
        ("2.0", "male", 70, "35.2"),
    ],
)
def test_kidney_function_is_that_of_the_published_equation(creatinine: str, sex: str, age: int, rate: str) -> None:
    value = Decimal(creatinine)
    found = egfr(Interval(value, value), sex=sex, oldest_years=age, youngest_years=age)
    assert found is not None
    assert found.lower is not None
    assert abs(found.lower - Decimal(rate)) <= Decimal("0.3")


@given(
    st.decimals("0.1", "20", places=2),
    st.decimals("0.1", "20", places=2),
    st.integers(18, 100),
    st.sampled_from(["female", "male"]),
)
def test_more_creatinine_never_means_better_kidneys(one: Decimal, two: Decimal, age: int, sex: str) -> None:
    better, worse = (egfr(around(value), sex=sex, oldest_years=age, youngest_years=age) for value in sorted((one, two)))
    assert better is not None
    assert worse is not None
    assert worse.lower is not None
    assert better.lower is not None
    assert worse.lower <= better.lower


@pytest.mark.parametrize(
    "creatinine", [Interval(None, Decimal(1)), Interval(Decimal(1), None), Interval(Decimal(0), Decimal(1))]
)
def test_a_creatinine_without_both_ends_gives_no_rate(creatinine: Interval) -> None:
    assert egfr(creatinine, sex="female", oldest_years=50, youngest_years=50) is None


def test_children_have_no_rate_by_this_equation() -> None:
    assert egfr(around(Decimal("0.5")), sex="female", oldest_years=18, youngest_years=17) is None


def _measured(label: str, value: str, unit: str, about: str = "") -> Event:
    return Event(
        PE,
        EventKind.OTHER,
        label,
        "Observation/1",
        date(2026, 1, 2),
        value=compared(number(value)),
        unit=unit,
        about=about,
    )


@pytest.mark.parametrize(
    ("event", "name", "low", "high"),
    [
        (_measured("Creatinina en suero", "1.2", "mg/dL"), "creatinine", "1.19", "1.31"),
        (_measured("Creatinine", "106", "umol/L", "creatinine"), "creatinine", "1.19", "1.22"),
        (_measured("Peso", "70", "kg"), "weight", "70", "71"),
        (_measured("Weight", "154", "[lb_av]", "weight"), "weight", "69.8", "70.4"),
        (_measured("eGFR CKD-EPI", "49", "mL/min/{1.73_m2}"), "egfr", "49", "50"),
    ],
)
def test_amounts_come_in_one_unit(event: Event, name: str, low: str, high: str) -> None:
    (found,) = results(timeline([event]), Person())[name]
    assert found.amount is not None
    assert found.amount.lower is not None
    assert found.amount.upper is not None
    assert Decimal(low) <= found.amount.lower
    assert found.amount.upper <= Decimal(high)


@pytest.mark.parametrize(
    ("label", "unit"),
    [("Creatinina", ""), ("Creatinina", "mg/L"), ("Peso", ""), ("Peso", "stone"), ("Filtrado glomerular", "")],
)
def test_without_a_unit_nobody_guesses(label: str, unit: str) -> None:
    found = results(timeline([_measured(label, "70", unit)]), WOMAN)
    assert all(result.amount is None for each in found.values() for result in each)


@pytest.mark.parametrize("label", ["Creatinina en orina", "Depuración de creatinina", "Relación peso/talla"])
def test_what_only_sounds_like_the_test_is_not_taken_for_it(label: str) -> None:
    assert not {"creatinine", "weight"} & results(timeline([_measured(label, "70", "mg/dL")]), WOMAN).keys()


def test_where_only_the_year_of_birth_is_known_the_rate_covers_both_ages() -> None:
    exact = Person("female", date(1980, 6, 1), date(1980, 6, 1))
    event = _measured("Creatinina", "1.2", "mg/dL")
    wide, narrow = (results(timeline([event]), each)["egfr"][0].amount for each in (WOMAN, exact))
    assert wide is not None
    assert narrow is not None
    assert wide.lower is not None
    assert wide.upper is not None
    assert narrow.lower is not None
    assert wide.lower <= narrow.lower <= wide.upper


@pytest.mark.parametrize(
    ("amount", "above"),
    [
        (Interval(Decimal(1000), Decimal(1001)), False),
        (Interval(Decimal(1001), Decimal(1002)), True),
        (Interval(Decimal(1000), None), True),
        (Interval(Decimal(0), Decimal(1000)), False),
        (Interval(Decimal(900), Decimal(1100)), None),
        (Interval(None, None), None),
        (Interval(Decimal(1000), Decimal(1258)), None),
    ],
)
def test_a_number_that_is_the_threshold_is_not_above_it(amount: Interval, *, above: bool | None) -> None:
    assert exceeds(amount, Decimal(1000)) is above
