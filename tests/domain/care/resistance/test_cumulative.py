from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.exposure import hivdb_name
from corridor.domain.care.genotypes import resistance
from corridor.domain.care.resistance.cumulative import interpreted
from corridor.domain.care.resistance.genotype import Gene, Genotype
from corridor.domain.care.resistance.interpretation import Resistance
from corridor.domain.care.resistance.known import consensus
from corridor.domain.care.resistance.reading import read_report
from corridor.domain.care.resistance.scoring import scored
from corridor.domain.care.timeline import timeline
from corridor.domain.care.viral_load import counted
from corridor.domain.country import country

VE, CO = country("VE"), country("CO")
DAY = date(2020, 1, 1)


def genotype(text: str, on: date | None = None, *, source: str = "Observation/1", at: str = "VE") -> Genotype:
    read = read_report(text)
    return Genotype(read.mutations, read.sequenced, read.unread, country(at), on, source=source)


def level(found: Resistance, drug: str) -> int | None:
    told = found.of(drug)
    assert told is not None
    return told.level


def test_what_was_seen_once_counts_for_ever() -> None:
    old = genotype("RT: M184V, K103N", date(2015, 3, 1))
    new = genotype("RT: sin mutaciones", date(2022, 3, 1), at="CO", source="Observation/2")
    found = interpreted([new, old])
    assert level(found, "3TC") == level(found, "EFV") == 5
    assert [each.on for each in found.genotypes] == [date(2015, 3, 1), date(2022, 3, 1)]


def test_a_mutation_tells_when_and_by_whom_it_was_seen() -> None:
    found = interpreted(
        [
            genotype("RT: K103KN", date(2019, 1, 1)),
            genotype("RT: K103N", date(2016, 1, 1), at="CO", source="Observation/2"),
            genotype("RT: D67N"),
        ]
    )
    second, first = found.findings
    assert (first.mutation.text, first.first, first.last) == ("K103KN", date(2016, 1, 1), date(2019, 1, 1))
    assert (first.countries, first.sources) == ((CO, VE), ("Observation/2", "Observation/1"))
    assert (first.drug_classes, first.apobec) == (("NNRTI",), False)
    assert (second.first, second.drug_classes, second.apobec) == (None, ("NRTI",), True)


def test_mutations_of_several_tests_count_together() -> None:
    together = interpreted([genotype("RT: K65R", DAY), genotype("RT: M184V", DAY + timedelta(400))])
    assert level(together, "TDF") == 4
    assert (together.of("AZT") or together.drugs[0]).score == -20


def test_genes_that_nobody_sequenced_are_unknown() -> None:
    found = interpreted([genotype("RT: K103N")])
    assert set(found.unknown) == {Gene.PR, Gene.IN, Gene.CA}
    assert level(found, "DTG") is None
    assert all(each.active is not None for each in (*found.active, *found.weakened))
    assert level(interpreted([]), "EFV") is None


def test_of_a_gene_read_in_part_a_drug_is_weakened_or_unknown_and_never_active() -> None:
    read = read_report("RT: K103N, M184V")
    found = interpreted([Genotype(read.mutations)])
    assert found.active == ()
    assert {each.drug for each in found.weakened} == {"ABC", "3TC", "FTC", "ISL", "EFV", "NVP"}
    assert all(each.at_least for each in found.weakened)
    assert level(found, "TDF") is None
    assert Gene.RT in found.unknown


def test_weakened_drugs_stand_with_the_most_resistant_first() -> None:
    levels = [each.level for each in interpreted([genotype("RT: K65R, M184V, K103N, A98G")]).weakened]
    assert levels == sorted((each or 0 for each in levels), reverse=True)


def test_what_could_not_be_read_is_kept_with_its_report() -> None:
    ((report, unread),) = interpreted([genotype("RT: K103N, banana")]).unread
    assert (report.country, unread.text) == (VE, "banana")


texts = st.sampled_from(["RT: K103N", "RT: M184V, K65R", "PR: L90M", "IN: none", "RT: M184I", "E138K", "PR: failed"])
reports = st.builds(
    genotype, texts, st.none() | st.dates(date(2010, 1, 1), date(2025, 1, 1)), source=st.sampled_from(["O/1", "O/2"])
)


@given(st.lists(reports, max_size=8), st.randoms())
def test_the_order_of_arrival_and_repetition_change_nothing(listed: list[Genotype], random: object) -> None:
    shuffled = [*listed]
    random.shuffle(shuffled)
    assert interpreted(shuffled) == interpreted(listed)
    again = interpreted([*listed, *listed])
    assert (again.drugs, again.findings, again.comments) == (
        interpreted(listed).drugs,
        interpreted(listed).findings,
        interpreted(listed).comments,
    )


@given(st.lists(reports, max_size=8), reports)
def test_another_report_never_unlearns_a_gene_or_a_mutation(listed: list[Genotype], more: Genotype) -> None:
    before, after = interpreted(listed), interpreted([*listed, more])
    assert set(after.unknown) <= set(before.unknown)
    assert {each.mutation.text for each in before.findings} <= {each.mutation.text for each in after.findings}


# ------------------------------------------------------------------ from a timeline


def regimen(start: date, end: date | None, *drugs: str) -> Event:
    return Event(VE, EventKind.REGIMEN, "+".join(drugs), f"M/{start}", start, end, components=tuple(sorted(drugs)))


def load(on: date, copies: int) -> Event:
    value = counted(Decimal(copies), "{copies}/mL")
    return Event(VE, EventKind.VIRAL_LOAD, "HIV-1 RNA", f"Observation/{on}", on, value=value, unit="{copies}/mL")


def told(text: str, on: date, *, status: str = "final") -> Event:
    return Event(VE, EventKind.RESISTANCE, "genotype", f"Observation/g{on}", on, status=status, genotype=genotype(text))


FAILED = [
    regimen(date(2018, 1, 1), date(2020, 6, 1), "AZT", "3TC", "LPV", "RTV"),
    load(date(2019, 6, 1), 20_000),
    load(date(2019, 12, 1), 30_000),
]


def possible(*more: Event) -> list[str]:
    return [each.drug for each in resistance(timeline([*FAILED, *more])).possible]


def test_drugs_of_a_failing_regimen_are_possible_and_never_scored() -> None:
    found = resistance(timeline(FAILED))
    assert [each.drug for each in found.possible] == ["3TC", "AZT", "LPV"]
    assert {each.on for each in found.possible} == {date(2019, 12, 1)}
    assert {each.level for each in found.drugs} == {None}


def test_a_genotype_of_the_failing_treatment_tells_for_the_genes_it_read() -> None:
    assert possible(told("RT: none", date(2020, 1, 10))) == ["LPV"]
    assert possible(told("RT: none", date(2020, 6, 29))) == ["LPV"]


def test_a_genotype_before_the_failure_or_long_after_the_drugs_tells_nothing_of_it() -> None:
    assert possible(told("RT: none, PR: none", date(2017, 12, 1))) == ["3TC", "AZT", "LPV"]
    assert possible(told("RT: none, PR: none", date(2020, 6, 30))) == ["3TC", "AZT", "LPV"]


def test_an_annulled_genotype_counts_for_nothing() -> None:
    found = resistance(timeline([told("RT: K103N", DAY, status="entered-in-error")]))
    assert (found.genotypes, level(found, "EFV")) == ((), None)


def test_without_failure_nothing_is_possible() -> None:
    found = resistance(timeline([FAILED[0], load(date(2019, 6, 1), 20)]))
    assert found.possible == ()


def test_every_name_of_hivdb_that_is_made_here_is_known_to_its_rules() -> None:
    known = {each.drug for each in scored([], frozenset(Gene))}
    ours = "3TC FTC TDF TAF ABC AZT ddI d4T ISL EFV NVP ETR RPV DOR DRV ATV LPV FPV SQV IDV NFV TPV DTG RAL EVG CAB BIC"
    assert {hivdb_name(drug) for drug in [*ours.split(), "LEN"]} <= known
    assert len(consensus()) == len(Gene)
