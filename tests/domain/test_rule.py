from datetime import UTC, datetime

import pytest

from corridor.domain.ask import Ask
from corridor.domain.category import Category
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision
from corridor.domain.purpose import FORBIDDEN, Purpose, known
from corridor.domain.wire import LineWords, ReportWords, read_words, write_words


def test_an_ask_says_nothing_of_itself_that_nobody_said() -> None:
    plain = Ask(Country("PE"), Country("VE"), "TREAT", frozenset(Category))
    assert (plain.organisation, plain.role, plain.person) == ("", "", "")


@pytest.mark.parametrize("code", [*Purpose, *sorted(FORBIDDEN)])
def test_a_code_that_the_federation_has_a_word_for_is_told(code: str) -> None:
    assert known(code) == code


@pytest.mark.parametrize("code", ["", "treat", "<script>", "V-12345678"])
def test_a_text_of_the_callers_own_is_not_told(code: str) -> None:
    assert known(code) == "OTHER"


@pytest.mark.parametrize("code", ["IMMIG", "TREAT", "police", ""])
def test_what_is_told_of_an_attempt_can_travel_in_a_report(code: str) -> None:
    line = LineWords("0" * 32, datetime(2026, 3, 1, tzinfo=UTC), "PE", "PE", known(code), Decision.FORBIDDEN)
    body = write_words(ReportWords((line,), 0, 0, "", ()))
    assert read_words(body, ReportWords).lines == (line,)
