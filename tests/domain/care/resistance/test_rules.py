from __future__ import annotations

import pytest

from corridor.domain.care.resistance.rules import Changes, condition, score_rule
from corridor.domain.errors import MalformedError


def changes(**found: str) -> Changes:
    return {int(position[1:]): frozenset(letters) for position, letters in found.items()}


@pytest.mark.parametrize(
    ("text", "found", "holds"),
    [
        ("184IV", {"p184": "V"}, True),
        ("184IV", {"p184": "MV"}, True),
        ("184IV", {"p184": "A"}, False),
        ("M184V", {"p184": "V"}, True),
        ("184IV", {}, False),
        ("41L AND 215FY", {"p41": "L", "p215": "Y"}, True),
        ("41L AND 215FY", {"p41": "L"}, False),
        ("33i OR 34i", {"p34": "i"}, True),
        ("33i OR 34i", {"p34": "I"}, False),
        ("EXCLUDE 184V", {}, True),
        ("EXCLUDE 184V", {"p184": "V"}, False),
        ("41L AND (67N OR 70R)", {"p41": "L", "p70": "R"}, True),
        ("41L AND (67N OR 70R)", {"p70": "R"}, False),
        ("SELECT ATLEAST 2 FROM (41L, 67N, 70R)", {"p41": "L", "p70": "R"}, True),
        ("SELECT ATLEAST 2 FROM (41L, 67N, 70R)", {"p41": "L"}, False),
        ("SELECT EXACTLY 1 FROM (41L, 67N)", {"p41": "L", "p67": "N"}, False),
        ("SELECT NOTMORETHAN 1 FROM (41L, 67N)", {"p41": "L"}, True),
        ("SELECT ATLEAST 1 AND NOTMORETHAN 2 FROM (41L, 67N, 70R)", {"p41": "L", "p67": "N", "p70": "R"}, False),
        ("T215(NOT TSN)", {"p215": "Y"}, True),
        ("215(NOT TSN)", {"p215": "S"}, False),
        ("T215(NOT SN)", {"p215": "T"}, False),
        ("TRUE", {}, True),
    ],
)
def test_a_condition_holds_as_the_language_says(text: str, found: dict[str, str], *, holds: bool) -> None:
    assert condition(text)(changes(**found)) is holds


def points(text: str, **found: str) -> float:
    return sum(reason.points for reason in score_rule(text)(changes(**found)))


def test_points_are_added_up() -> None:
    assert points("SCORE FROM (41L => 5, 62V => 5.5, 65R => -10)", p41="L", p62="V", p65="R") == 0.5


def test_the_largest_of_several_counts_even_below_zero() -> None:
    rule = "SCORE FROM (MAX(184I => -10, 184V => -5), 41L => 1)"
    assert points(rule, p184="IV") == -5
    assert points(rule, p184="I") == -10
    assert points(rule, p184="A") == 0
    assert points(rule) == 0


def test_the_mean_of_several_counts() -> None:
    assert points("SCORE FROM (MEAN(184I => 10, 184V => 20))", p184="IV") == 15


def test_a_reason_says_which_rule_counted() -> None:
    (reason,) = score_rule("SCORE FROM ( 41L AND 215FY => 10 )")(changes(p41="L", p215="F"))
    assert (reason.rule, reason.points) == ("41L AND 215FY", 10)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SCORE FROM",
        "SCORE FROM (",
        "SCORE FROM ()",
        "SCORE FROM (41L => )",
        "SCORE FROM (41L => x)",
        "SCORE FROM (41L 5)",
        "SCORE FROM (41L => 5) 6",
        "SCORE FROM (L41 => 5)",
        "SCORE FROM (41 => 5)",
        "SCORE FROM (41L => 5, MAX)",
        "SCORE FROM (SELECT SOME 2 FROM (41L) => 5)",
        "SCORE FROM (§ => 5)",
    ],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        score_rule(text)
