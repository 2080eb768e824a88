"""The files that a country writes for its clinicians: what is wrong in them is said in a sentence."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridor.apps.clinical_files import read_formulary, read_reviews
from corridor.apps.settings import node_settings
from corridor.domain.care.formulary import Statement
from corridor.domain.care.rules.conditions import condition
from corridor.domain.care.rules.library import rule_book
from corridor.domain.care.rules.rule import read_rules
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError

TODAY = date(2026, 6, 15)
ABOUT = """
[formulary]
country = "PE"
source = "Petitorio 2026"
reporter = "Farmacia central"
dated = 2026-05-01
valid_until = 2026-12-31
statement = "stated"
"""
ONE = '[[presentation]]\ndrugs = "TDF/3TC/DTG"\n'

BAD_FORMULARIES = {
    "not toml": ("[formulary", "is wrong"),
    "nothing": ("", "formulary"),
    "no country": (ABOUT.replace('country = "PE"', ""), "country"),
    "a country that is none": (ABOUT.replace('"PE"', '"Peru"') + ONE, "two capital letters"),
    "another country": (ABOUT.replace('"PE"', '"CL"') + ONE, "list of CL"),
    "a date that is none": (ABOUT.replace("2026-05-01", '"mayo"') + ONE, "dated"),
    "an end before the beginning": (ABOUT.replace("2026-12-31", "2025-12-31") + ONE, "lies before"),
    "a statement of another kind": (ABOUT.replace('"stated"', '"rumour"') + ONE, "statement"),
    "a word that is not known": (ABOUT + 'price = "1"\n' + ONE, "price"),
    "no product": (ABOUT, "no [[presentation]]"),
    "a drug that does not exist": (ABOUT + '[[presentation]]\ndrugs = "Zyxavir"\n', "Zyxavir"),
    "a drug for something else": (ABOUT + '[[presentation]]\ndrugs = "rifampicina"\n', "not a product of HIV drugs"),
    "half of it unreadable": (ABOUT + '[[presentation]]\ndrugs = "TDF/Zyxavir"\n', "can be read"),
    "a product twice": (ABOUT + ONE + ONE, "twice"),
    "a product without drugs": (ABOUT + "[[presentation]]\nstrength = '300 mg'\n", "drugs"),
    "a stock-out of nothing": (
        ABOUT + ONE + '[[stock_out]]\ndrugs = "EFV"\nreported = 2026-06-01\nsource = "x"\n',
        "not listed",
    ),
    "a stock-out that ends before it begins": (
        ABOUT + ONE + '[[stock_out]]\ndrugs = "TLD"\nreported = 2026-06-01\nuntil = 2026-05-01\nsource = "x"\n',
        "ends before",
    ),
    "a stock-out that nobody said": (ABOUT + ONE + '[[stock_out]]\ndrugs = "TLD"\nreported = 2026-06-01\n', "source"),
    "too deep": ("a = " + "[" * 5000, "is wrong"),
    "too large": ("# " + "x" * 1_000_001, "larger"),
}


@pytest.mark.parametrize("name", BAD_FORMULARIES)
def test_a_formulary_that_is_wrong_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    content, says = BAD_FORMULARIES[name]
    path = tmp_path / "formulary.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidError, match=r".") as refused:
        read_formulary(path, home=Country("PE"))
    assert says in refused.value.message


def test_a_formulary_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="cannot be read"):
        read_formulary(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidError, match="is wrong"):
        read_formulary(tmp_path / "bytes.toml")
    with pytest.raises(InvalidError, match="cannot be read"):
        read_formulary(tmp_path)


def test_a_formulary_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "formulary.toml"
    stock_out = '[[stock_out]]\ndrugs = "TLD"\nreported = 2026-06-01\nsource = "almacén"\n'
    path.write_text(ABOUT + "complete = true\n" + ONE + 'strength = "300/300/50 mg"\n' + stock_out, encoding="utf-8")
    found = read_formulary(path, home=Country("PE"))
    assert found.presentations[0].components == ("3TC", "DTG", "TDF")
    assert found.presentations[0].strength == "300/300/50 mg"
    assert found.stock_outs[0].reported == date(2026, 6, 1)
    assert found.complete
    assert found.statement is Statement.STATED


def _review(rule: str = "RE01", **changed: str) -> str:
    known = {each.id: each.fingerprint for each in rule_book().rules}
    rows = {
        "rule": f'"{rule}"',
        "fingerprint": f'"{known.get(rule, "00000000")}"',
        "enabled": "true",
        "reviewed_by": '"Comité de VIH"',
        "reviewed_on": "2026-06-01",
        **changed,
    }
    return "[[review]]\n" + "".join(f"{name} = {value}\n" for name, value in rows.items())


BAD_REVIEWS = {
    "no such rule": (_review("ZZ99"), "no rule ZZ99"),
    "another wording": (_review(fingerprint='"00000000"'), "read it again"),
    "nobody": (_review(reviewed_by='" "'), "who made it"),
    "tomorrow": (_review(reviewed_on="2026-06-16"), "to come"),
    "twice": (_review() + _review(), "twice"),
    "not a choice": (_review(enabled='"yes"'), "enabled"),
    "an unknown word": (_review() + 'severity = "info"\n', "severity"),
    "no list": ("review = 3", "review"),
}


@pytest.mark.parametrize("name", BAD_REVIEWS)
def test_a_review_that_is_wrong_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    content, says = BAD_REVIEWS[name]
    path = tmp_path / "reviews.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidError, match=r".") as refused:
        read_reviews(path, today=TODAY)
    assert says in refused.value.message


def test_a_review_turns_a_rule_on_and_another_one_off(tmp_path: Path) -> None:
    path = tmp_path / "reviews.toml"
    path.write_text(_review() + _review("TB07", enabled="false"), encoding="utf-8")
    rules = {rule.id: rule for rule in read_reviews(path, today=TODAY).rules}
    assert rules["RE01"].enabled
    assert rules["RE01"].reviewed_by == "Comité de VIH"
    assert rules["RE01"].reviewed_on == date(2026, 6, 1)
    assert not rules["TB07"].enabled
    assert rules["TB01"] == {rule.id: rule for rule in rule_book().rules}["TB01"]


BAD_CONDITIONS: list[object] = [
    None,
    [],
    {},
    "DTG",
    {"any_arv": "DTG"},
    {"any_arv": []},
    {"any_arv": [1]},
    {"any_drug": ["Zyx"]},
    {"condition": "flu"},
    {"condition": 3},
    {"lab": "egfr"},
    {"lab": "zyx", "lt": 3},
    {"lab": "egfr", "lt": "low"},
    {"lab": "egfr", "lt": True},
    {"lab": "egfr", "lt": 3, "gt": 1},
    {"lab": "hbsag", "is": "maybe"},
    {"lab": "creatinine", "rise": 2},
    {"lt": 50},
    {"all": []},
    {"all": {"any_arv": ["DTG"]}},
    {"not": None},
    {"who_stage": ["three"]},
    {"age_lt": "five"},
    {"resistance": {"class": "INSTI"}},
    {"two_of": True},
    {"anchor_count": True},
    {"phase_of_the_moon": "full"},
    {"viral_load": {"about": 1000}},
]


@pytest.mark.parametrize("when", BAD_CONDITIONS, ids=str)
def test_a_condition_that_no_rule_can_ask_for_is_refused(when: object) -> None:
    with pytest.raises(InvalidError):
        condition(when)


def test_a_condition_nested_without_end_is_refused() -> None:
    deep: dict[str, object] = {"any_arv": ["DTG"]}
    for _ in range(2000):
        deep = {"not": deep}
    with pytest.raises(InvalidError):
        condition(deep)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["all", "or", "not", "any_arv", "lab", "lt", "is", "condition", "who_stage", "resistance", "sex"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(anything)
def test_whatever_a_condition_is_it_is_read_or_refused(when: object) -> None:
    with suppress(InvalidError):
        condition(when)


@given(anything)
def test_whatever_a_file_of_rules_holds_it_is_read_or_refused(content: object) -> None:
    for rules in (content, {"severities": {}, "actions": {}, "rules": content}):
        with suppress(InvalidError):
            read_rules(rules)


def test_a_rule_of_general_knowledge_cannot_ship_switched_on() -> None:
    text = {"es": "a", "en": "b", "pt": "c"}
    rule = {
        "id": "XX01", "enabled": True, "severity": "info", "action": "none", "when": {"any_arv": ["DTG"]}, "text": text,
        "source": "nobody", "verification": "general-knowledge", "conflict": [], "reviewed_by": None,
        "reviewed_on": None,
    }  # fmt: skip
    with pytest.raises(InvalidError, match="Rule XX01: general knowledge"):
        read_rules({"severities": {"info": text}, "actions": {"none": text}, "rules": [rule]})


def test_a_rule_that_a_clinician_reviewed_may_ship_switched_on_and_says_who_did() -> None:
    text = {"es": "a", "en": "b", "pt": "c"}
    rule: dict[str, object] = {
        "id": "XX01", "enabled": True, "severity": "info", "action": "none", "when": {"any_arv": ["DTG"]}, "text": text,
        "source": "nobody", "verification": "general-knowledge", "conflict": [], "reviewed_by": "Comité",
        "reviewed_on": "2026-01-02",
    }  # fmt: skip
    content = {"severities": {"info": text}, "actions": {"none": text}, "rules": [rule]}
    (found,) = read_rules(content).rules
    assert (found.reviewed_by, found.reviewed_on) == ("Comité", date(2026, 1, 2))
    with pytest.raises(InvalidError, match="wrong kind"):
        read_rules({**content, "rules": [{**rule, "reviewed_on": "spring"}]})


def test_settings_name_both_files_beside_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text(
        '[node]\ncountry="PE"\nname="n"\npublic_url="http://x"\ndatabase="sqlite:///n.sqlite"\nkeys="k"\n'
        'federation="f.json"\nformulary="pe.toml"\nrule_reviews="reviews.toml"\n',
        encoding="utf-8",
    )
    found = node_settings(path)
    assert found.formulary == str(tmp_path / "pe.toml")
    assert found.rule_reviews == str(tmp_path / "reviews.toml")
