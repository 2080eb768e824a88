"""Every rule of safety: a situation in which it speaks, one in which it does not, and one in which nobody can tell."""

from dataclasses import replace

import pytest

from corridor.domain.care.alerts import Severity
from corridor.domain.care.rules.asked import asked
from corridor.domain.care.rules.library import rule_book
from corridor.domain.care.rules.rule import RuleBook
from tests.domain.care.situations import facing, fired, waiting, warned

BOOK = rule_book()
EVERYTHING = replace(BOOK, rules=tuple(replace(rule, enabled=True) for rule in BOOK.rules))
DRUG = "rx:jarabe Zyx"
"""A medicine that nobody can read."""

CASES: dict[str, tuple[list[str], list[str], list[str]]] = {
    "TB01": (["art:DTG+3TC+TDF", "rx:rifampicina"], ["art:DTG+3TC+TDF", "rx:isoniazida"], ["rx:rifampicina"]),
    "TB02": (["art:BIC+FTC+TAF", "rx:rifampicina"], ["art:BIC+FTC+TAF"], ["art:BIC+FTC+TAF", DRUG]),
    "TB03": (["art:LPV+RTV+3TC+AZT", "rx:RHZE"], ["art:LPV+RTV+3TC+AZT", "rx:rifabutina"], ["rx:RHZE"]),
    "TB04": (["art:RPV+FTC+TDF", "rx:rifampicina"], ["art:EFV+FTC+TDF", "rx:rifampicina"], ["rx:3HP"]),
    "TB05": (["art:RAL+FTC+TDF", "rx:rifampicina"], ["art:RAL+FTC+TDF"], ["art:RAL+FTC+TDF", DRUG]),
    "TB06": (["art:NVP+3TC+AZT", "rx:rifampicina"], ["art:NVP+3TC+AZT"], ["rx:rifampicina"]),
    "TB07": (["art:EFV+3TC+TDF", "rx:rifampicina"], ["art:DTG+3TC+TDF", "rx:rifampicina"], ["rx:rifampicina"]),
    "TB08": (["art:DTG+FTC+TAF", "rx:rifabutina"], ["art:DTG+FTC+TDF", "rx:rifabutina"], ["rx:rifabutina"]),
    "TB09": (["art:LEN+DTG", "rx:rifampicina"], ["art:DTG+3TC", "rx:rifampicina"], ["art:LEN+DTG", DRUG]),
    "TB10": (["art:DRV+RTV+3TC+TDF", "rx:3HP"], ["art:DTG+3TC+TDF", "rx:3HP"], ["rx:3HP"]),
    "TB11": (
        ["last:DTG+3TC+TDF", "cond:Tuberculosis pulmonar"],
        ["art:DTG+3TC+TDF", "cond:Tuberculosis pulmonar"],
        ["open:DTG+3TC+TDF", "cond:Tuberculosis pulmonar"],
    ),
    "TB12": (
        ["art:DTG+3TC+TDF", "rx:rifampicina", "resistance:INSTI=2"],
        ["art:DTG+3TC+TDF", "rx:rifampicina", "resistance:INSTI=1"],
        ["art:DTG+3TC+TDF", "rx:rifampicina"],
    ),
    "TB13": (["art:BIC+FTC+TAF", "rx:rifabutina"], ["art:DTG+3TC+TDF", "rx:rifabutina"], ["rx:rifabutina"]),
    "TB14": (["art:ATV+RTV+3TC+TDF", "rx:rifabutina"], ["art:DTG+3TC+TDF", "rx:rifabutina"], ["rx:rifabutina"]),
    "TB15": (["art:DTG+3TC+TDF", "rx:3HP"], ["art:DTG+3TC+TDF", "rx:isoniazida"], ["rx:3HP"]),
    "HB01": (
        ["last:DTG+3TC+TDF", "hbsag:positivo"],
        ["last:DTG+3TC+TDF", "hbsag:positivo", "plan:DTG+FTC+TAF"],
        ["open:DTG+3TC+TDF", "hbsag:positivo"],
    ),
    "HB02": (["art:DTG+3TC", "hbsag:reactivo"], ["art:DTG+3TC+TDF", "hbsag:reactivo"], ["hbsag:reactivo"]),
    "HB03": (["art:DTG+3TC+TDF"], ["art:DTG+3TC+TDF", "hbsag:no reactivo"], []),
    "RE01": (["art:DTG+3TC+TDF", "egfr:49"], ["art:DTG+3TC+TDF", "egfr:50"], ["art:DTG+3TC+TDF"]),
    "RE02": (["art:DRV+RTV+3TC+TDF"], ["art:DRV+RTV+3TC+ABC"], []),
    "RE03": (
        ["art:DTG+3TC+TDF", "creatinine:1.3", "creatinine:0.9@200"],
        ["art:DTG+3TC+TDF", "creatinine:0.9", "creatinine:1.3@200"],
        ["art:DTG+3TC+TDF", "creatinine:1.3"],
    ),
    "RE04": (["art:DRV+RTV+3TC+TDF"], ["art:DRV+RTV+3TC+TDF", "egfr:90"], []),
    "AB01": (["art:DTG+3TC+ABC", "hla:positivo"], ["art:DTG+3TC+ABC", "hla:negativo"], ["art:DTG+3TC+ABC"]),
    "AB02": (["allergy:Abacavir"], ["allergy:Penicilina"], []),
    "AB03": (
        ["last:DTG+3TC+ABC"],
        ["last:DTG+3TC+ABC", "hla:negativo@3000"],
        ["open:DTG+3TC+ABC"],
    ),
    "EF01": (["art:EFV+3TC+TDF", "cond:Depresión mayor"], ["art:EFV+3TC+TDF"], ["cond:Depresión mayor"]),
    "EF02": (["last:EFV+3TC+TDF"], ["last:EFV+3TC+TDF", "plan:DTG+3TC+TDF"], ["open:EFV+3TC+TDF"]),
    "NV01": (
        ["plan:NVP+3TC+AZT", "sex:female", "cd4:251"],
        ["plan:NVP+3TC+AZT", "sex:female", "cd4:250"],
        ["plan:NVP+3TC+AZT", "sex:female"],
    ),
    "RP01": (
        ["art:RPV+FTC+TDF", "vl:100001"],
        ["art:RPV+FTC+TDF", "vl:100000", "cd4:200"],
        ["art:RPV+FTC+TDF", "vl:100000"],
    ),
    "PP01": (["art:RPV+FTC+TDF", "rx:Omeprazol 20 mg"], ["art:RPV+FTC+TDF"], ["art:RPV+FTC+TDF", DRUG]),
    "CA01": (["art:DTG+3TC+TDF", "rx:Sulfato ferroso"], ["art:DTG+3TC+TDF"], ["art:DTG+3TC+TDF", DRUG]),
    "AC01": (["art:DTG+3TC+TDF", "rx:Carbamazepina"], ["art:DTG+3TC+TDF"], ["rx:Carbamazepina"]),
    "ME01": (["art:DTG+3TC+TDF", "rx:Metformina 850"], ["art:EFV+3TC+TDF", "rx:Metformina 850"], ["rx:Metformina"]),
    "DF01": (["art:BIC+FTC+TAF", "rx:Dofetilida"], ["art:BIC+FTC+TAF"], ["rx:Dofetilida"]),
    "ST01": (["art:DRV+COBI+DTG", "rx:Simvastatina"], ["art:DRV+COBI+DTG", "rx:Atorvastatina"], ["rx:Simvastatina"]),
    "HC01": (
        ["art:EFV+3TC+TDF", "rx:Implante de levonorgestrel"],
        ["art:DTG+3TC+TDF", "rx:Implante de levonorgestrel"],
        ["rx:Etonogestrel"],
    ),
    "ER01": (["art:DRV+RTV+DTG", "rx:Colchicina"], ["art:DTG+3TC", "rx:Colchicina"], ["rx:Colchicina"]),
    "MT01": (["art:EFV+3TC+TDF", "rx:Metadona"], ["art:DTG+3TC+TDF", "rx:Metadona"], ["rx:Metadona"]),
    "MA01": (
        ["art:EFV+3TC+TDF", "rx:Artemether-lumefantrine"],
        ["art:DTG+3TC+TDF", "rx:Artemether-lumefantrine"],
        ["rx:Halofantrina"],
    ),
    "CO01": (["art:DTG+3TC+FTC"], ["art:DTG+3TC+TDF"], []),
    "CO02": (["art:DTG+TDF+TAF"], ["art:DTG+3TC+TDF"], []),
    "CO03": (["art:NVP+AZT+d4T"], ["art:NVP+AZT+3TC"], []),
    "CO04": (["art:EFV+NVP+3TC"], ["art:EFV+3TC+TDF"], []),
    "CO05": (["art:DRV+RTV+COBI"], ["art:DRV+RTV+3TC"], []),
    "CO06": (["art:DRV+3TC+TDF"], ["art:DRV+COBI+TDF"], []),
    "CO07": (["art:TDF+FTC"], ["art:TDF+FTC+DTG"], []),
    "BL01": (["art:DRV+DTG", "plan:DRV+DTG"], ["art:DRV+RTV+DTG"], []),
    "PG01": (
        ["art:EVG+COBI+FTC+TAF", "cond:Embarazo"],
        ["art:EVG+COBI+FTC+TAF", "sex:male"],
        ["art:EVG+COBI+FTC+TAF", "sex:female", "born:1995-01-01"],
    ),
    "PG02": (["art:DTG+3TC+TDF", "pregnant:positivo"], ["art:DTG+3TC+TDF", "pregnant:negativo"], ["art:DTG+3TC"]),
    "AH01": (
        ["cd4:199", "born:1990-01-01"],
        ["cd4:200", "stage:1", "born:1990-01-01"],
        ["cd4:201", "born:1990-01-01"],
    ),
    "AH02": (["cond:Meningitis criptocócica"], ["cond:Meningitis bacteriana"], []),
    "LA01": (["la:CAB+RPV"], ["art:CAB+RPV"], []),
    "IN01": (["art:EFV+3TC+TDF", "vl:1001"], ["art:EFV+3TC+TDF", "vl:1000"], ["art:EFV+3TC+TDF"]),
    "IN02": (["art:DTG+3TC+TDF", "vl:1001"], ["art:DTG+3TC+TDF", "vl:indetectable"], ["art:DTG+3TC+TDF", "vl:20@400"]),
    "DD01": (["art:DTG+EFV+3TC"], ["art:DTG+3TC+TDF"], []),
    "DD02": (["art:DTG+ETR+3TC"], ["art:DTG+ETR+DRV+RTV"], []),
    "DD03": (["art:DTG+NVP+3TC"], ["art:DTG+3TC+TDF"], []),
    "PW01": (
        ["art:TDF+3TC+DTG", "born:2018-01-01", "weight:29.9"],
        ["art:TDF+3TC+DTG", "born:2018-01-01", "weight:30.0"],
        ["art:TDF+3TC+DTG", "born:2018-01-01", "weight:40@91"],
    ),
    "PW02": (
        ["art:ABC+3TC+NVP", "born:2020-01-01", "weight:14"],
        ["art:ABC+3TC+NVP", "born:2000-01-01", "weight:14"],
        ["art:ABC+3TC+NVP", "born:2020-01-01"],
    ),
    "PW03": (
        ["art:ABC+3TC+EFV", "born:2017-01-01", "weight:31"],
        ["art:ABC+3TC+EFV", "born:2017-01-01", "weight:30"],
        ["art:ABC+3TC+EFV", "born:2017-01-01"],
    ),
    "PW04": (["born:2020-01-01", "weight:14@91"], ["born:2020-01-01", "weight:14@90"], ["art:ABC+3TC+DTG"]),
    "MI01": (["art:DTG+3TC+TDF", "vl:20@366"], ["art:DTG+3TC+TDF", "vl:20@365"], ["open:DTG+3TC+TDF"]),
    "MI02": (["cd4:500@366"], ["cd4:500@365"], []),
    "MI03": (["art:DTG+3TC+TDF"], ["art:DTG+3TC+TDF", "egfr:90"], []),
}


def test_every_rule_has_its_cases() -> None:
    assert set(CASES) == {rule.id for rule in BOOK.rules}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_rule_speaks_where_it_holds(rule: str) -> None:
    assert rule in fired(CASES[rule][0], EVERYTHING)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_rule_is_silent_where_it_does_not_hold(rule: str) -> None:
    assert rule not in fired(CASES[rule][1], EVERYTHING) | waiting(CASES[rule][1], EVERYTHING)


@pytest.mark.parametrize("rule", sorted(rule for rule, cases in CASES.items() if cases[2]))
def test_what_nobody_can_decide_is_asked_for_and_never_normal(rule: str) -> None:
    assert rule in waiting(CASES[rule][2], EVERYTHING)
    assert rule not in fired(CASES[rule][2], EVERYTHING)


def test_rules_that_nobody_read_in_a_document_are_off_and_the_others_are_on() -> None:
    assert {rule.id for rule in BOOK.rules if not rule.enabled} == {
        rule.id for rule in BOOK.rules if rule.verification == "general-knowledge"
    }


def test_a_rule_that_is_off_never_speaks() -> None:
    for rule, (facts, _, _) in CASES.items():
        if not next(each for each in BOOK.rules if each.id == rule).enabled:
            assert rule not in fired(facts) | waiting(facts)


def test_every_text_is_said_in_three_languages_and_is_short() -> None:
    for rule in BOOK.rules:
        for text in (rule.text.es, rule.text.en, rule.text.pt):
            assert 20 < len(text) <= 330, rule.id
        assert len({rule.text.es, rule.text.en, rule.text.pt}) == 3


def test_no_text_gives_an_order() -> None:
    orders = ("must take", "start now", "debe tomar", "suspenda", "prescriba", "suspenda", "deve tomar")
    assert not [
        rule.id
        for rule in BOOK.rules
        if any(word in rule.text.said(tongue).lower() for word in orders for tongue in ("es", "en", "pt"))
    ]


def test_every_fact_that_may_be_missing_can_be_asked_for() -> None:
    empty: RuleBook = EVERYTHING
    names = {name for rule in empty.rules for name in rule.test(facing([])).missing}
    assert names | set(asked().tests) <= set(asked().missing)


@pytest.mark.parametrize(("cells", "speaks"), [("199", True), ("200", False), ("201", False)])
def test_200_cells_are_not_below_200(cells: str, *, speaks: bool) -> None:
    facts = [f"cd4:{cells}", "stage:1", "born:1990-01-01"]
    assert ("AH01" in fired(facts, EVERYTHING)) is speaks


def test_an_old_bad_result_still_speaks_and_an_old_good_one_does_not() -> None:
    assert "RE01" in fired(["art:DTG+3TC+TDF", "egfr:30@2000"], EVERYTHING)
    assert "RE01" in waiting(["art:DTG+3TC+TDF", "egfr:90@366"], EVERYTHING)
    assert "RE01" not in waiting(["art:DTG+3TC+TDF", "egfr:90@365"], EVERYTHING)


def test_a_good_result_without_a_date_is_not_relied_on_and_a_bad_one_is() -> None:
    assert "RE01" in waiting(["art:DTG+3TC+TDF", "egfr:90@?"], EVERYTHING)
    assert "RE01" in fired(["art:DTG+3TC+TDF", "egfr:30@?"], EVERYTHING)


def test_kidney_function_is_reckoned_only_where_age_and_sex_are_known() -> None:
    told = ["art:DTG+3TC+TDF", "creatinine:2.5"]
    alerts = {alert.rule: alert for alert in warned(told, EVERYTHING)}
    assert "RE01" in alerts["missing-sex"].waiting
    assert "RE01" in alerts["missing-age"].waiting
    assert "RE01" in fired([*told, "sex:female", "born:1980-01-01"], EVERYTHING)
    assert "RE01" in waiting([*told, "sex:female", "born:2015-01-01"], EVERYTHING)


def test_a_result_that_says_nothing_does_not_hide_an_older_one() -> None:
    assert "HB02" in fired(["art:DTG+3TC", "hbsag:positivo@500", "hbsag:indeterminado@5"])


def test_one_positive_hla_counts_whatever_came_later() -> None:
    assert "AB01" in fired(["art:DTG+3TC+ABC", "hla:positivo@900", "hla:negativo@5"])


def test_past_tolerance_does_not_clear_a_restart_of_abacavir() -> None:
    assert "AB03" in fired(["last:DTG+3TC+ABC"])
    assert "AB03" in fired(["last:DTG+3TC+TDF", "plan:DTG+3TC+ABC"])
    assert "AB03" not in fired(["art:DTG+3TC+ABC"]) | waiting(["art:DTG+3TC+ABC"])


def test_dropping_the_protease_inhibitor_from_dolutegravir_and_etravirine_is_seen_in_the_plan() -> None:
    last = "last:DRV+DTG+ETR+RTV"
    assert "DD02" not in fired([last])
    assert "DD02" in fired([last, "plan:DTG+ETR"])


def test_where_sources_disagree_all_of_them_are_heard() -> None:
    alert = next(alert for alert in warned(["art:LPV+RTV+3TC+AZT", "rx:rifampicina"]) if alert.rule == "TB03")
    assert len(alert.conflict) == 3
    assert len({position.says.es for position in alert.conflict}) == 3


def test_an_alert_names_the_records_that_it_stands_on() -> None:
    alert = next(alert for alert in warned(["art:DTG+3TC+TDF", "rx:rifampicina"]) if alert.rule == "TB01")
    assert {(reason.what, reason.label) for reason in alert.because} == {("regimen", "DTG"), ("drug", "rifampicin")}
    assert all(reason.event is not None and reason.event.country == "VE" for reason in alert.because)
    assert alert.source


def test_the_most_dangerous_comes_first() -> None:
    ranks = [alert.severity.rank for alert in warned(["art:BIC+FTC+TAF", "rx:rifampicina", "rx:Omeprazol", "vl:5000"])]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == Severity.CONTRAINDICATED.rank
