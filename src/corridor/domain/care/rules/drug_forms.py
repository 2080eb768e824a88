"""Parts of rules that ask what is taken: the regimen in view, its classes, other medicines, allergies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from corridor.domain.care.event import Event
from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.rules.verdict import NO, Reason, Test, Verdict, unknown, when, yes
from corridor.domain.care.situation import Situation, View

_BACKBONE = frozenset({"NRTI", "booster", "tuberculosis"})
_BOOSTERS = frozenset({"RTV", "COBI"})
_PAIR = 2

PickDrugs = Callable[[frozenset[str]], frozenset[str]]


def taken(situation: Situation, drugs: Iterable[str]) -> tuple[Reason, ...]:
    """A reason for each drug of the regimen in view, from the records that name it or from the plan."""
    found = sorted(frozenset(drugs) & (situation.regimen or frozenset()))
    if situation.view is View.PLANNED:
        return tuple(Reason("plan", drug) for drug in found)
    events = situation.span.events if situation.span else ()
    return tuple(reason for drug in found for reason in _told(drug, events))


def _told(drug: str, events: Sequence[Event]) -> list[Reason]:
    """The latest record that names the drug, or the drug alone where only the regimen as a whole names it."""
    naming = [event for event in events if drug in event.components]
    return [Reason("regimen", drug, naming[-1] if naming else None)]


def any_arv(drugs: Sequence[str]) -> Test:
    """One of the drugs is in the regimen in view."""
    return lambda situation: unknown("regimen") if situation.regimen is None else when(taken(situation, drugs))


def any_drug(names: Sequence[str]) -> Test:
    """One of the other medicines is taken; while a record of medicines is unread, nobody can say that none is."""

    def test(situation: Situation) -> Verdict:
        found = [Reason("drug", name, event) for name in names for event in situation.drugs.get(name, ())]
        return unknown("unread") if situation.unread and not found else when(found)

    return test


def allergy(drug: str) -> Test:
    """The drug was not tolerated."""
    return lambda situation: when(Reason("allergy", drug, event) for event in situation.allergies.get(drug, ()))


def condition(name: str) -> Test:
    """The person has the condition now; what no record tells is taken as absent."""
    return lambda situation: when(Reason("condition", name, event) for event in situation.conditions.get(name, ()))


def two_of(drugs: Sequence[str]) -> Test:
    """Two of the drugs are in the regimen in view at once."""
    return _counted(lambda regimen: frozenset(drugs) & regimen, at_least=_PAIR)


def two_of_class(drug_class: str) -> Test:
    """Two drugs of one class are in the regimen in view at once."""
    return _counted(lambda regimen: _of_class(regimen, drug_class), at_least=_PAIR)


def nrti_count_min(number: int) -> Test:
    """At least so many drugs of the backbone."""
    return _counted(lambda regimen: _of_class(regimen, "NRTI"), at_least=number)


def anchor_count(number: int) -> Test:
    """Exactly so many anchors: drugs that are neither backbone nor booster."""

    def test(situation: Situation) -> Verdict:
        if situation.regimen is None:
            return unknown("regimen")
        return Verdict(holds=len(_anchors(situation.regimen)) == number)

    return test


def anchor_class(drug_class: str) -> Test:
    """An anchor of the regimen in view is of this class."""
    return _counted(lambda regimen: _anchors(regimen) & _of_class(regimen, drug_class), at_least=1)


def pi_without_booster(drugs: Sequence[str]) -> Test:
    """A drug that needs ritonavir or cobicistat is there without either."""
    return _counted(lambda regimen: frozenset() if _BOOSTERS & regimen else frozenset(drugs) & regimen, at_least=1)


def regimen_only(regimens: Sequence[str]) -> Test:
    """The regimen is one of these, or has one of these as its whole backbone: `ABC/3TC`, `DTG/3TC`."""
    wanted = {frozenset(each.split("/")) for each in regimens}

    def test(situation: Situation) -> Verdict:
        regimen = situation.regimen
        if regimen is None:
            return unknown("regimen")
        is_one = regimen in wanted or _of_class(regimen, "NRTI") in wanted
        return when(taken(situation, regimen)) if is_one else NO

    return test


def formulation(form: str) -> Test:
    """A record of the regimen says that it is of this form; only `long-acting` is told apart."""
    flag = form.replace("-", "_")

    def test(situation: Situation) -> Verdict:
        events = situation.span.events if situation.span else ()
        return when(Reason("regimen", form, event) for event in events if flag in event.flags)

    return test


def resistance(wanted: dict[str, object]) -> Test:
    """Resistance of a drug class is known or inferred at this HIVdb level (1 to 5) or above; no genotype is unknown."""
    drug_class, level = str(wanted["class"]), int(str(wanted["level_min"]))

    def test(situation: Situation) -> Verdict:
        known = situation.resistance.get(drug_class)
        if known is None:
            return unknown("resistance")
        return yes([Reason("resistance", drug_class)]) if known >= level else NO

    return test


def _counted(pick: PickDrugs, *, at_least: int) -> Test:
    def test(situation: Situation) -> Verdict:
        if situation.regimen is None:
            return unknown("regimen")
        found = pick(situation.regimen)
        return when(taken(situation, found)) if len(found) >= at_least else NO

    return test


def _of_class(regimen: frozenset[str], drug_class: str) -> frozenset[str]:
    known = lexicon().drugs
    return frozenset(
        name for name in regimen if name in known and known[name].drug_class == drug_class and name != "RTV"
    )


def _anchors(regimen: frozenset[str]) -> frozenset[str]:
    known = lexicon().drugs
    return frozenset(name for name in regimen - {"RTV"} if name in known and known[name].drug_class not in _BACKBONE)
