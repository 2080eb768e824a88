"""Reading a regimen from a code or from what somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from corridor.domain.care.cautions import composition_flags, expression_flags
from corridor.domain.care.lexicon import SNOMED_SYSTEM, families, lexicon, words_of
from corridor.domain.care.mentions import Mention, mentions
from corridor.domain.care.plain_text import LONGEST
from corridor.domain.care.told import Told, told

WHO_SYSTEM = "http://smart.who.int/hiv/CodeSystem/HIVConcepts"
_BARE_TENOFOVIR = frozenset({"tenofovir", "teno", "tnf", "tfv"})
_TDF_STRENGTHS = frozenset({"300", "245"})
_TAF_STRENGTHS = frozenset({"25", "10"})

_INSTEAD = frozenset({"a", "to", "para", "por", "x", "vs", "versus"})
_ENDS = re.compile(r"[,;.:)\]|]")
_MANY = 8
_LINE_CODE = re.compile(r"[1-6][a-n]")
"""`1j` is one regimen in one country's system and another elsewhere; without the system it says nothing."""
_SHOWN = frozenset({"hiv", "tuberculosis"})
_NOT_ART = {"hepatitis-b": ("not_art", "hbv_drug"), "covid": ("not_art",), "other": ("other_drug",)}
_REGIMEN_WORDS = re.compile(r"antirretroviral|antiretroviral|\btarga\b|\btarv\b|\bhaart\b|\barvs?\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a code or a text was understood to mean.

    Attributes:
        components: abbreviations of the HIV and tuberculosis drugs, sorted; a booster is a component.
        flags: what a clinician should know before trusting the reading, sorted.
        unread: folded words that are neither drugs nor known words.
    """

    components: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`regimen` with an HIV drug in it, `tuberculosis` with a tuberculosis drug only, otherwise `other`."""
        known = families(self.components)
        if "hiv" in known or self.flags_antiretroviral:
            return "regimen"
        return "tuberculosis" if "tuberculosis" in known else "other"

    @property
    def flags_antiretroviral(self) -> bool:
        """Whether the text speaks of HIV drugs that it does not name, such as `PI/r` or `TARGA`."""
        return bool(
            {"antiretroviral_unnamed", "unspecified_pi", "unspecified_class", "ambiguous_xtc", "several_regimens"}
            & set(self.flags)
        )


def read_text(text: str) -> Reading:
    """The drugs of a free text such as `TDF/3TC/DTG`, `Atripla` or `AZT + 3TC + LPV/r 2 tab c/12h`.

    Drugs that are named because they were replaced, not tolerated or ruled out are no components: they stand in
    `unread`, as does everything that is not understood. Of a very long text the beginning is read.
    """
    if (coded := read_code(WHO_SYSTEM, text.strip().upper())) is not None:
        return Reading(coded.components, tuple(sorted({*coded.flags, "code_not_text"})))
    if len(text) <= LONGEST:
        return _read(text)
    reading = _read(text[:LONGEST])
    return Reading(reading.components, tuple(sorted({*reading.flags, "too_long"})), (*reading.unread, "…"))


@lru_cache(maxsize=4096)
def _read(text: str) -> Reading:
    found = mentions(text)
    parted = told(found)
    if _are_several(found, parted.taken):
        return Reading((), ("several_regimens", "unknown"), _unread(found, Told((), parted.taken, frozenset())))
    strengths = {mention.text.replace(",", ".") for mention in found if mention.kind == "number"}
    every = {component for mention in parted.taken for component in _resolved(mention, strengths)}
    known = lexicon().drugs
    components = tuple(sorted(name for name in every if known[name].family in _SHOWN))
    flags = {mention.flag for mention in found if mention.flag} | set(composition_flags(components)) | parted.flags
    flags |= {flag for name in every for flag in _NOT_ART.get(known[name].family, ())}
    flags |= set(expression_flags(text, found)) | _tenofovir_flags(found, strengths, components)
    if _REGIMEN_WORDS.search(" ".join(words_of(text))) and not components:
        flags.add("antiretroviral_unnamed")
    if not every:
        flags.add("unknown")
    return Reading(components, tuple(sorted(flags)), _unread(found, parted))


def _are_several(found: Sequence[Mention], taken: Sequence[Mention]) -> bool:
    """Whether a text lists whole regimens one after the other, so that nobody can say which one is meant."""
    counting = {id(mention) for mention in taken}
    if _is_sequence(found, counting):
        return True
    groups: list[set[str]] = [set()]
    after_code = False
    for mention in found:
        if _ENDS.search(mention.joint) or after_code or mention.kind == "code":
            groups.append(set())
        after_code = mention.kind == "code"
        groups[-1].update(mention.components if id(mention) in counting else ())
    whole = [group for group in groups if _is_whole(group)]
    return any(not (one <= other or other <= one) for one, other in combinations(whole[:_MANY], 2))


def _is_sequence(found: Sequence[Mention], counting: set[int]) -> bool:
    """`AZT/3TC x 4 semanas, luego TLD`, `TLE a TLD`: the one and then the other, and nobody says which it is by now."""
    markers = lexicon().markers
    places = [place for place, mention in enumerate(found) if id(mention) in counting and _is_hiv(mention)]
    added = any(mention.text in markers["added"] for mention in found)
    return any(
        (mention.text in markers["then"] and places[0] < place < places[-1])
        or (mention.text in _INSTEAD and not added and {place - 1, place + 1} <= {*places})
        for place, mention in enumerate(found)
        if places
    )


def _is_hiv(mention: Mention) -> bool:
    return "hiv" in families(mention.components)


def _is_whole(drugs: set[str]) -> bool:
    hiv = tuple(sorted(name for name in drugs if lexicon().drugs[name].family == "hiv"))
    return bool(hiv) and "incomplete_regimen" not in composition_flags(hiv)


def _unread(found: tuple[Mention, ...], parted: Told) -> tuple[str, ...]:
    """What was not understood, in the order of the text; of a text of numbers alone, the numbers."""
    aside = {id(mention) for mention in parted.aside}
    left = [mention.text for mention in found if id(mention) in aside or mention.kind == "unread"]
    if left or any(mention.components for mention in found):
        return tuple(left)
    numbers = all(mention.kind == "number" for mention in found)
    written = (mention.written or mention.text for mention in found)
    return tuple(word for word in written if numbers or _LINE_CODE.fullmatch(word))


def read_code(system: str, code: str) -> Reading | None:
    """The drugs of a published code; None where the code is not one that is known here.

    Args:
        system: FHIR code system URI, such as `http://www.whocc.no/atc`.
        code: as published, such as `J05AR27`.
    """
    meant = lexicon().codes.get((system, code))
    if meant is None:
        return None
    known = lexicon().drugs
    components = tuple(sorted(name for name in meant if known[name].family in _SHOWN))
    flags = {flag for name in meant for flag in _NOT_ART.get(known[name].family, ())}
    if system == SNOMED_SYSTEM and components:
        return Reading(components, tuple(sorted(flags)))
    return Reading(components, tuple(sorted(flags | set(composition_flags(components)))))


def _resolved(mention: Mention, strengths: set[str]) -> tuple[str, ...]:
    """Tenofovir without its salt is what its strength says, and otherwise disoproxil."""
    bare = mention.text in _BARE_TENOFOVIR
    return ("TAF",) if bare and strengths & _TAF_STRENGTHS and not strengths & _TDF_STRENGTHS else mention.components


def _tenofovir_flags(found: tuple[Mention, ...], strengths: set[str], components: tuple[str, ...]) -> set[str]:
    bare = any(mention.text == "tenofovir" for mention in found)
    if bare and "TDF" in components and not strengths & _TDF_STRENGTHS:
        return {"tenofovir_unspecified"}
    if "TAF" in components and "TDF" not in components and strengths & _TDF_STRENGTHS:
        return {"source_error"}
    return set()
