"""Reading a viral load as laboratories write it, in Spanish, Portuguese and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from corridor.domain.care.amounts import Amount, amounts
from corridor.domain.care.interval import Interval, around
from corridor.domain.care.plain_text import plain
from corridor.domain.care.viral_load import UNSEEN, ResultKind, ViralLoad, counted

_NO = r"\b(?:no|nao|non|not|sin|sem)[ -]?(?:se |es |e |fue |foi |ha sido |se ha |hubo |was |has been |been |hay |ha )?"
_LIMIT = (
    r"(?:limite|limit|umbral|nivel|level|threshold|limiar|rango|range|detec|titer|cuantific|quantific|quantif"
    r"|l?loq|lod\b|lld\b)"
)
_WORDS = (
    (
        ResultKind.NO_RESULT,
        (
            r"fail|fall(?:id|o\b)|rechaz|rejeit|reject|h?emoliz|hemolis|insufic|insuff|\bqns\b|inval|\berror\b|\berro\b"
            r"|coagul|clotted|contamin|lipemic|cancel|anulad|extravi|derramad|vencid|inadecuad|inadequad|inconclu"
            r"|no concluy|indetermin|\bno apt[ao]\b|rotulad"
            rf"|{_NO}(?:realiz|proces|hizo|tom|remit|dispon|recib|receb|envi|muestra|amostra"
            r"|result|dato|sample|done|avail|perform|solicit|amplific|valid|colet)"
        ),
    ),
    (ResultKind.NOT_DETECTED_OR_BELOW, rf"{_NO}(?:detectab|detectav|detetav)|indetect|indetetav|undetectab|\bindet\b"),
    (
        ResultKind.NOT_DETECTED,
        (
            rf"{_NO}(?:detec(?!tab|tav|cion|cao)|detet(?!av)|observ|evidenci|hall)|undetected|\bneg\b|negativ|\btnd\b"
            r"|\bn\.?d\b|ausencia|ausente|absent"
        ),
    ),
    (ResultKind.AMBIGUOUS, rf"{_NO}(?:suprimid|suppress)|unsuppress"),
    (
        ResultKind.BELOW_LOQ,
        (
            rf"titer min|\bldl\b|\bbdl\b|\bbld\b|\bblq\b|\bbloq\b|\bbt\b|{_NO}(?:cuantific|quantific|quantif)"
            rf"|(?:below|under|debajo|abaixo|abajo|inferior|menor|less|bajo|<)\W+(?:\w+\W+){{0,3}}?{_LIMIT}"
            r"|<\s?(?:l\.?\s?d\.?\s?[dc]?\b|l?lod\b|l?loq\b|lld\b|lc\b|min)"
        ),
    ),
    (
        ResultKind.ABOVE_LOQ,
        (
            rf"titer max|(?:above|over|encima|acima|superior|mayor|maior|>)\W+(?:\w+\W+){{0,3}}?{_LIMIT}"
            r"|>\s?(?:u?loq|lsc|max)\b"
        ),
    ),
    (ResultKind.SUPPRESSED, r"suprimid|suppress"),
    (ResultKind.AMBIGUOUS, r"\bpos\b|positiv|detec|detet|reactiv|reagent"),
    (
        ResultKind.NO_RESULT,
        r"pendient|pending|pendent|proceso|in process|repetir|repeat|\bs/?d\b|\bn[/.]?a\b|nueva muestra",
    ),
)
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _WORDS)
_CODES = {"260415000": ResultKind.NOT_DETECTED, "260988000": ResultKind.BELOW_LOQ}
"""SNOMED CT: not detected; below threshold level."""
_TYPE = re.compile(r"\b(vih|hiv)[ -]?[12]\b|\b(?:tipo|type|grupo|group) ?[12m]\b")
_DATE = re.compile(
    r"\b(?:0?[1-9]|1[0-2])/(?:(?:19|20)\d\d|\d\d)\b(?!\s?(?:cop|cp|/))|\((?:19|20)\d\d\)"
    r"|\b(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{2}(?:-\d{2})?)\b(?!\s?(?:cop|cp|/))(?:[t ]\d\d?:\d\d\S*)?"
)
_ASIDE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:mes|meses|months?|semanas?|weeks?|dias?|days?|anos?|years?|horas?|hours?|h|hrs?"
    r"|ul|ml|%)(?!\w)"
)
"""Times and volumes of samples."""
_LABELS = re.compile(
    r"\b(?:carga|viral|virica|vih|hiv|rna|arn|cv|vl|load|plasma|plasmatica|resultado|result|valor|value|de|del|da|do|en|em"
    r"|in|el|la|para|por|pcr|rt|tiempo|real|time|detectad[oa]s?|detectable|detectavel|detected|se|detecto|es|is"
    r"|cuantificacion|quantificacao|quantification|cuantitativa|aprox|aproximadamente|y|e|con|virus|hay)\b"
)
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST = 500
"""Signs of a result: half of a longer text may say the opposite of the whole."""
_SECOND_TYPE = re.compile(r"\b(?:vih|hiv)[ -]?2\b(?!.*\b(?:vih|hiv)[ -]?1\b)")
_UNIT_FIRST = re.compile(
    r"^((?:log\s?(?:10)?\s?)?(?:copias|copies|cop|cp)(?:\s?/\s?ml)?)\s?[:=]?\s?([<>=≤≥]*\s?[\d., ]+)$"
)
_NOT_COMPARED = re.compile(
    r"\b(?:no|nao|not|nunca)\s?(?:es |e |is |fue |foi )?(?:[<>≤≥]"
    r"|(?:menor|mayor|maior|inferior|superior|less|more|greater)\b)"
)
"""`no <20`: the sign may be denied, or the word before it may belong to something that is missing."""
_SMALL = Decimal(10)
_APART = Decimal("0.06")
"""Logarithms are printed with one or two decimals; what differs by more is not the same result."""
_LARGEST_COPIES = Decimal(10) ** 9
"""Nobody has more in a millilitre; a larger number is a code or a telephone."""


def viral_load(text: str, unit: str = "") -> ViralLoad:
    """What a laboratory's text means; what cannot be read is `unread`, never a number.

    Args:
        text: the result as written, perhaps with its unit, or one of two SNOMED answer codes.
        unit: unit beside it, UCUM or as written; empty where there was none.
    """
    if len(text) + len(unit) > _LONGEST:
        return ViralLoad(ResultKind.UNREAD)
    written, beside = plain(text), plain(unit)
    return _read(f"{written} {beside}" if beside and written[-1:].isdigit() else written)


@lru_cache(maxsize=4096)
def _read(text: str) -> ViralLoad:
    if not text.strip("-_./* "):
        return ViralLoad(ResultKind.NO_RESULT)
    if (code := text.partition(" ")[0]) in _CODES:
        return _worded(_CODES[code])
    if _SECOND_TYPE.search(text) and any(sign.isdigit() for sign in _SECOND_TYPE.sub("", text)):
        return ViralLoad(ResultKind.UNREAD)  # copies of HIV-2 are another count
    bare = _DATE.sub(" ", _TYPE.sub(r"\1 ", _UNIT_FIRST.sub(r"\2 \1", text)))
    return _bare(_ASIDE.sub(" ", bare).strip())


def _bare(text: str) -> ViralLoad:
    """A result without dates, times and types of virus."""
    if _NOT_COMPARED.search(text):
        return ViralLoad(ResultKind.AMBIGUOUS)
    found, rest = amounts(text)
    said = next((kind for kind, pattern in _KINDS if pattern.search(text)), None)
    results = [each for each in found if not each.limit]
    if not results:
        return _limited(said, found) if found and said else _worded(said)
    if said is ResultKind.NO_RESULT and not _measured(results):
        return _worded(said)
    if text.startswith("-") and len(results) == 1:
        return _negative(results[0])
    return _numeric(results, rest, said)


def _worded(said: ResultKind | None) -> ViralLoad:
    """A result in words alone; that it was not seen says that it is not less than nothing, and no more."""
    return ViralLoad(said or ResultKind.UNREAD, Interval(Decimal(0), None) if said in UNSEEN else Interval())


def _limited(said: ResultKind, limits: Sequence[Amount]) -> ViralLoad:
    """`no detectable (limite de deteccion 20 copias/mL)`: below the limit that the laboratory states."""
    signs = {ResultKind.ABOVE_LOQ: ">", **dict.fromkeys(UNSEEN - {ResultKind.SUPPRESSED}, "<")}
    if said not in signs or len(limits) != 1:
        return _worded(said)
    return _valued(Amount(limits[0].readings, signs[said], limits[0].unit, limit=False))


def _measured(results: Sequence[Amount]) -> bool:
    return any(each.unit in {"copies", "log"} for each in results)


def _negative(result: Amount) -> ViralLoad:
    """Some instruments export -1 for what they did not see; nothing else below nothing means that."""
    unseen = result.unit != "log" and result.readings == (Decimal(1),)
    return _worded(ResultKind.NOT_DETECTED if unseen else None)


def _numeric(results: Sequence[Amount], rest: str, said: ResultKind | None) -> ViralLoad:
    """A number counts where nothing beside it is left unread, or where its unit leaves no doubt."""
    left = _LABELS.sub("", rest)
    doubtful = not _measured(results) and not any(each.comparator or each.unit for each in results)
    if any(sign.isdigit() for sign in left) or (doubtful and _LETTER.search(left)):
        return _worded(said if said in UNSEEN else None)
    read = _agreed(results)
    if said in UNSEEN and said is not ResultKind.SUPPRESSED and not read.comparator:
        nothing = read.value_copies_per_ml == 0
        return _worded(said) if nothing else ViralLoad(ResultKind.AMBIGUOUS, Interval(Decimal(0), None))
    return read


def _agreed(results: Sequence[Amount]) -> ViralLoad:
    """One result out of amounts that say the same twice, as copies and as their logarithm."""
    logs = {each for each in results if each.unit == "log"}
    copies = {each for each in results if each.unit in {"copies", ""}}
    if not copies:
        return _valued(next(iter(logs or results))) if len(logs or {*results}) == 1 else ViralLoad(ResultKind.AMBIGUOUS)
    if len(copies) > 1:
        return _between([each for amount in copies for each in amount.readings])
    amount = next(iter(copies))
    fits = tuple(each for each in amount.readings if all(_same(each, log.readings[0]) for log in logs))
    return (
        _valued(Amount(fits, amount.comparator, amount.unit, limit=False)) if fits else ViralLoad(ResultKind.AMBIGUOUS)
    )


def _same(copies: Decimal, logarithm: Decimal) -> bool:
    return copies > 0 and abs(copies.log10() - logarithm) <= _APART


def _between(values: Sequence[Decimal], comparator: str = "") -> ViralLoad:
    """Anything from the smallest to the largest that the text may mean."""
    low, high = min(values), around(max(values)).upper
    interval = Interval(Decimal(0) if "<" in comparator else low, None if ">" in comparator else high)
    if comparator == "<":
        interval = Interval(Decimal(0), max(values))
    return ViralLoad(ResultKind.AMBIGUOUS, interval, None, comparator)


def _valued(amount: Amount) -> ViralLoad:
    value = amount.readings[0]
    if amount.unit == "iu":
        return ViralLoad(ResultKind.QUANTITY_IU, comparator=amount.comparator)
    if amount.unit == "other" or len(amount.readings) > 1:
        known = amount.readings if amount.unit != "other" else ()
        return _between(known, amount.comparator) if known else ViralLoad(ResultKind.AMBIGUOUS)
    if not amount.unit and amount.comparator.startswith("<") and value < _SMALL and value % 1:
        return ViralLoad(ResultKind.AMBIGUOUS, Interval(Decimal(0), Decimal(10) ** value), None, amount.comparator)
    if amount.unit != "log" and value > _LARGEST_COPIES:
        return ViralLoad(ResultKind.UNREAD)
    units = {"log": "log copies/ml", "copies": "copies/ml"}
    return counted(value, units.get(amount.unit, ""), comparator=amount.comparator)
