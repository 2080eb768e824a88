"""What failing regimens make likely where no genotype speaks: inference, marked as such and never a score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from corridor.domain.care.failure import failures
from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.resistance.genotype import Gene, Genotype
from corridor.domain.care.resistance.interpretation import Possible
from corridor.domain.care.standing_values import Failure
from corridor.domain.care.timeline import Span, Timeline

STILL_TELLS_DAYS = 28
"""A genotype is asked for during the failing treatment or within four weeks of its end: later the virus that the
drugs selected sinks below what laboratories see. Source: DHHS, Guidelines for the use of antiretroviral agents in
adults and adolescents with HIV, drug-resistance testing."""

_GENES = {"NRTI": Gene.RT, "NNRTI": Gene.RT, "PI": Gene.PR, "INSTI": Gene.IN, "CAI": Gene.CA}
_BOOSTERS = frozenset({"RTV", "COBI"})
_NAMES = {
    "TAF": "TDF",
    "d4T": "D4T",
    "ddI": "DDI",
    "APV": "FPV/r",
    **{name: f"{name}/r" for name in ("ATV", "DRV", "FPV", "IDV", "LPV", "SQV", "TPV")},
}


def hivdb_name(drug: str) -> str:
    """The name in HIVdb of a drug of the lexicon: `TAF` is scored as `TDF`, `DRV` as `DRV/r`."""
    return _NAMES.get(drug, drug)


def possible_resistance(care: Timeline, genotypes: Sequence[Genotype]) -> tuple[Possible, ...]:
    """Drugs that were taken while treatment failed, each with its first failure, unless a genotype of then tells.

    Args:
        care: everything that was told.
        genotypes: with their days; one without a day clears nothing.

    Source: CLINICAL section 4: without a genotype, drugs of a failing regimen are listed as possible, never as scored.
    """
    found: dict[str, Possible] = {}
    for failure in failures(care):
        for each in _exposed(failure):
            if each.drug not in found and not _told(each, failure, genotypes):
                found[each.drug] = each
    return tuple(sorted(found.values(), key=lambda each: (each.on, each.drug_class, each.drug)))


def _exposed(failure: Failure) -> Iterator[Possible]:
    span = failure.regimen
    if span is None or failure.on is None:
        return
    known = lexicon().drugs
    for drug in span.components:
        if drug in known and known[drug].family == "hiv" and not _boosts(drug, span):
            yield Possible(drug, known[drug].drug_class, span.start, failure.on, span.country, span.label)


def _boosts(drug: str, span: Span) -> bool:
    """Whether a drug is there only to raise the level of another one."""
    return drug in _BOOSTERS and len(set(span.components) - _BOOSTERS) > 0


def _told(each: Possible, failure: Failure, genotypes: Sequence[Genotype]) -> bool:
    """Whether the gene of the drug was read while the failing regimen was taken or soon after."""
    gene = _GENES.get(each.drug_class)
    first = min((event.start for event in failure.proof if event.start), default=each.on)
    return any(gene in one.sequenced and one.on is not None and _in_time(one.on, first, failure) for one in genotypes)


def _in_time(day: date, first: date, failure: Failure) -> bool:
    until = failure.regimen.until if failure.regimen else None
    return first <= day and (until is None or day <= until + timedelta(days=STILL_TELLS_DAYS))
