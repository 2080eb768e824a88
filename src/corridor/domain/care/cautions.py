"""What a clinician should know before trusting the reading of a regimen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from corridor.domain.care.lexicon import fold, lexicon
from corridor.domain.care.mentions import Mention

_ANCHORS = frozenset({"NNRTI", "INSTI", "PI", "EI-CCR5", "EI-fusion", "EI-attachment", "EI-postattachment", "CAI"})
_THIRD_LINE = frozenset({"ETR", "MVC", "T-20", "FTR", "IBA", "LEN", "TPV"})
_PREP = (frozenset({"TDF", "FTC"}), frozenset({"TAF", "FTC"}), frozenset({"TDF", "3TC"}), frozenset({"CAB"}))
_FREE = frozenset({"una", "un", "diaria", "diario", "cada", "tomar", "daily", "once", "twice"})
_PAEDIATRIC = frozenset(
    {
        *(
            "jarabe",
            "jbe",
            "syrup",
            "xarope",
            "dispersable",
            "dispersables",
            "dispersible",
            "dispersivel",
            "disp",
            "masticable",
        ),
        *("granulos", "granulado", "granules", "pellets", "gotas", "baby", "infantil", "pediatrico", "pediatrica"),
    }
)
_LONG_ACTING = frozenset({"rekambys", "cabenuva", "apretude"})
_PROPHYLAXIS = re.compile(
    r"\b(?:prep|pep|ppe|pre.?exposi\w*|pos?t?.?exposi\w*|ptmi|ptv|pmtct|neonatal|recien nacido|rn|lactante)\b"
)
_WITHHELD = re.compile(r"\b(?:withheld|retenid[oa]|retid[oa]|omitid[oa])\b")
_TWICE = re.compile(
    r"\b(?:bid|bds?|(?:c|cada|q|every|de|12) 12(?:h\w*)?|q12h?|(?:mg|tabs?|comp|caps?) 12 ?h\w*|1 0 1"
    r"|twice (?:a )?(?:day|daily)|(?:doble|double) (?:dosis|dose)|dose dupla"
    r"|(?:2|dos|duas) (?:veces|vezes|times) (?:(?:al|ao|por|a|per) )?(?:dia|day|daily|diaria\w*))\b"
)
_CAB_LA = re.compile(r"\bcab(?:otegravir)?\b.*\bla\b")
_TWO = 2
_THREE = 3


def composition_flags(components: tuple[str, ...]) -> Iterator[str]:
    """Flags that follow from the drugs themselves."""
    known = lexicon().drugs
    hiv = [name for name in components if known[name].family == "hiv"]
    classes = Counter(known[name].drug_class for name in hiv)
    cautions = {
        "two_nnrti": classes["NNRTI"] >= _TWO,
        "booster_without_pi": bool({"RTV", "COBI"} & set(hiv)) and not _boostable(hiv),
        "four_nrti_like": classes["NRTI"] >= _THREE,
        "prep_possible": frozenset(hiv) in _PREP,
        "incomplete_regimen": bool(hiv) and _incomplete(hiv, classes),
        "third_line_like": _third_line(hiv),
        "lamivudine_and_emtricitabine": {"3TC", "FTC"} <= set(hiv),
    }
    return (flag for flag, holds in cautions.items() if holds)


def _boostable(hiv: list[str]) -> bool:
    known = lexicon().drugs
    return any(name == "EVG" or (known[name].drug_class == "PI" and name != "RTV") for name in hiv)


def _incomplete(hiv: list[str], classes: Counter[str]) -> bool:
    """No anchor drug, or an anchor alone: part of a regimen, prophylaxis, or a truncated text."""
    anchors = {name for name in hiv if lexicon().drugs[name].drug_class in _ANCHORS and name != "RTV"}
    return not anchors or (not classes["NRTI"] and len(anchors) < _TWO)


def _third_line(hiv: list[str]) -> bool:
    boosted = "DRV" in hiv and bool({"RTV", "COBI"} & set(hiv))
    return bool(_THIRD_LINE & set(hiv)) or (boosted and bool({"DTG", "RAL", "BIC", "ETR"} & set(hiv)))


def expression_flags(text: str, found: tuple[Mention, ...]) -> Iterator[str]:
    """Flags that follow from how it was written."""
    words, folded = {mention.text for mention in found}, fold(text)
    truncated = text.count("(") != text.count(")")
    holds = {
        "truncated": truncated,
        "optional_part": "±" in text or "+/-" in text,
        "free_text": bool(words & _FREE),
        "paediatric_syrup": bool(words & _PAEDIATRIC),
        "prophylaxis": _PROPHYLAXIS.search(folded),
        "withheld": _WITHHELD.search(folded),
        "long_acting": words & _LONG_ACTING or _CAB_LA.search(folded),
    }
    yield from (flag for flag, hold in holds.items() if hold)
    yield from _structure_flags(found, truncated=truncated)


def _structure_flags(found: tuple[Mention, ...], *, truncated: bool) -> Iterator[str]:
    drugs = [mention for mention in found if mention.components]
    named = [mention for before, mention in pairwise((None, *found)) if mention and not _repeats(before, mention)]
    outside = Counter(name for mention in named if not mention.depth for name in mention.components)
    inside = {name for mention in drugs if mention.depth for name in mention.components}
    brackets = sum(1 for mention in drugs if mention.depth)
    doubled = outside["DTG"] >= _TWO and outside["DTG"] > max(
        (outside[name] for name in outside if name != "DTG"), default=0
    )
    if doubled or _twice_daily("DTG", found):
        yield "dtg_double_dose"
    elif len(inside & set(outside)) >= _TWO and brackets >= _TWO and not truncated:
        yield "duplicate_expression"
    if any(mention.joint == "-" for mention in drugs):
        yield "hyphen_separator"
    if any(mention.joint == "/" for mention in drugs) and any(
        mention.text.endswith(" r") and not mention.depth for mention in drugs
    ):
        yield "slash_is_separator_and_booster"
    yield from _strength_flags(found)


def _strength_flags(found: tuple[Mention, ...]) -> Iterator[str]:
    numbers = [mention for mention in found if mention.kind == "number"]
    if any(mention.depth for mention in numbers):
        yield "parenthesised_strengths"
    if sum(mention.joint == "/" for mention in numbers) >= _TWO:
        yield "strengths_after_names"


def _repeats(before: Mention | None, mention: Mention) -> bool:
    """`dolutegravir Tivicay`: the name and the brand of one drug, side by side."""
    return before is not None and not mention.joint and before.components == mention.components


def _twice_daily(drug: str, found: tuple[Mention, ...]) -> bool:
    """Whether the words between one drug alone and the next drug say twice a day."""
    said: list[str] = []
    for mention in found:
        if mention.components:
            said.append("+" if mention.components != (drug,) else drug)
        elif said and said[-1] != "+":
            said.append(mention.written or mention.text)
    return bool(_TWICE.search(" ".join(said)))
