"""The amounts that a laboratory's text names: comparator, number, unit, in Spanish, Portuguese and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from corridor.domain.care.interval import number
from corridor.domain.errors import InvalidError

_BELOW = r"menor|menores|inferior|inferiores|menos|por debajo|debajo|less|lower|below|under|abaixo"
_ABOVE = (
    r"mayor|mayores|superior|superiores|mas|por encima|encima|more|greater|higher|above|over|maior|maiores|acima|mais"
)
_UP_TO = r"(?<!\d )(?:hasta|up to|ate)"
_COMPARED = (
    rf"(?P<sign>{_UP_TO}|<\s?=|=\s?<|>\s?=|=\s?>|<|>|≤|≥|(?:{_BELOW}|{_ABOVE})(?: o igual| ou igual| or equal)?"
    r"(?: (?:a|al|que|de|than|to|do))?)\s?(?:a |de |que |= ?)?"
)
_LIMIT = (
    r"(?P<limit>\b(?:(?:limite|umbral|limit|corte|cut.?off|threshold|sensibilidad|sensibilidade)"
    r"(?: (?:inferior|superior|minimo|lower|de|do|da|of|la|tecnica|metodo|prueba|deteccion|cuantificacion|deteccao|"
    r"quantificacao|detection|quantification|analitica))*"
    r"|ldd|ldc|ld|lc|l\.d\.|lod|loq|lloq|lld|vn|vr|v\.n\.|v\.r\.|ref\w*|valor(?:es)? (?:normal(?:es)?|de referencia)"
    r"|rango(?: (?:lineal|de|referencia|dinamico|cuantificacion))*|linear range|faixa(?: \w+)?)\W{0,3}(?:es |de |= ?)?)"
)
_LOG_BEFORE = r"(?P<log>\blog(?:aritmo)?\s?(?:\(?10\)?)?(?:\s?(?:de )?(?:copia\w*|copies|cop|cp)\s?/\s?ml)?\s?[:=]?\s?)"
_DIGITS = r"(?:\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)(?!\d)"
_POWER = r"(?:\s?e\s?(?P<e>[+-]?\d{1,2})(?!\d)|\s?[x*]\s?10\s?(?:\^|\*\*|\*|e)?\s?(?P<power>[+-]?\d{1,2})(?!\d))"
_TIMES = r"(?:\s?(?P<times>mil|millon|millones|milhao|milhoes|million|millions|thousand|k)\b(?!/))"
_AFTER = r"(?P<after> (?:o|ou|or) (?:menos|menor|less|fewer|mas|mais|mayor|more))?"
_COPIES = r"(?:(?:rna|arn) )?(?:copia|copias|copies|copy|copie|cop|cps|cp|c|geq|ge|1|#)\.?"
_OF = r"(?:\s(?:de )?(?:arn|rna)(?:[ -]?(?:vih|hiv)(?:-?1)?)?)?"
_VOLUME = r"\s?(?:/|por|per|x)\s?(?P<volume>m\s?l|cc|cm3|mililitro|milliliter|[a-z]?l|mm\^?3|\d\s?ml|[a-z]+)\b"
_UNIT = (
    rf"\s?(?P<unit>10\*(?P<cobas>-?\d)\.?\s?\{{?{_COPIES}\}}?{_VOLUME}"
    rf"|[\[{{(]?\s?logs?(?:\s?\(?10\)?)?[ _.]*(?:de )?\{{?(?:{_COPIES}|iu|ui)?\}}?\s?[\]}})]?(?:\s?/\s?ml)?(?![a-z])"
    rf"|[\[{{]?(?:iu|ui|u)[\]}}]?(?:\s?/\s?ml)?(?![a-z])"
    rf"|[\[{{(]?{_COPIES}\]?\}}?{_OF}{_VOLUME.replace('volume', 'per')}\)?"
    r"|/ ?ml\b"
    rf"|\{{?(?:copias?|copies|copy|cop|cps|cp)\b\.?\}}?{_OF})"
)
_AMOUNT = re.compile(
    rf"{_LIMIT}?(?:{_COMPARED})?{_LOG_BEFORE}?(?:{_COMPARED.replace('sign', 'late')})?"
    rf"(?:(?<![\w.,])10\s?\^\s?(?P<ten>\d{{1,2}}(?:[.,]\d+)?)(?![\d])|(?<![\w.,])(?P<number>{_DIGITS}){_POWER}?{_TIMES}?)"
    rf"(?:{_UNIT}|(?![a-z]))(?![a-z]*\d){_AFTER}"
)
_RANGE = re.compile(r"\s?(?:-|a|y|and|to|ate|hasta)\s?")
_POINT = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_GROUPED = re.compile(r"\d{1,3}([ .,'])\d{3}(?:\1\d{3})*(?:[.,]\d{1,2})?")
_TIMES_WORDS = {"k": 3, "mil": 3, "thousand": 3}
_MILLION = 6
_SIGNS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "<=": "<=", "=<": "<=", ">=": ">=", "=>": ">="}
_A_MILLILITRE = frozenset({"ml", "cc", "cm3", "mililitro", "milliliter"})


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount.

    Attributes:
        readings: what the number may be; two where its point may part thousands or decimals, the smaller first.
        comparator: `<`, `<=`, `>=`, `>` or empty.
        unit: `copies`, `log`, `iu`, `other`, or empty where none was written.
        limit: it is told as the limit of the method, not as the result.
    """

    readings: tuple[Decimal, ...]
    comparator: str
    unit: str
    limit: bool


def amounts(text: str) -> tuple[tuple[Amount, ...], str]:
    """The amounts of a plain text, in order, and what is left of it.

    Args:
        text: lower case, plain signs, as `plain_text.plain` gives it.
    """
    found: list[Amount] = []
    rest: list[str] = []
    place, limit = 0, False
    for match in _AMOUNT.finditer(text):
        between = text[place : match.start()]
        limit = bool(match["limit"]) or (limit and bool(_RANGE.fullmatch(between)))
        rest.append(between)
        place = match.end()
        try:
            found.append(_amount(match, limit=limit))
        except InvalidError:
            rest.append(match[0])
    return tuple(found), " ".join((*rest, text[place:]))


def _amount(match: re.Match[str], *, limit: bool) -> Amount:
    readings = tuple(_scaled(each, match) for each in _readings(match))
    return Amount(readings, _comparator(match["sign"] or match["late"] or match["after"] or ""), _unit(match), limit)


def _comparator(sign: str) -> str:
    written = sign.replace(" ", "")
    if written in _SIGNS:
        return _SIGNS[written]
    if not written:
        return ""
    if re.match(r"hasta|up|ate", sign):
        return "<="
    if sign.startswith(" "):
        return "<=" if re.search(_BELOW + "|fewer", sign) else ">="
    return ("<" if re.match(_BELOW, sign) else ">") + ("=" if "igual" in sign or "equal" in sign else "")


def _readings(match: re.Match[str]) -> Iterator[Decimal]:
    written = match["number"]
    if match["ten"]:
        yield Decimal(10) ** number(match["ten"].replace(",", "."))
        return
    if _POINT.fullmatch(written) and not _is_log(match):
        yield number(written)
        yield number(written.replace(".", ""))
        return
    grouped = _GROUPED.fullmatch(written) if not _is_log(match) and not written.startswith("0") else None
    if grouped:
        written = written.replace(grouped[1], "")
    yield number(written.replace(",", "."))


def _scaled(value: Decimal, match: re.Match[str]) -> Decimal:
    """With the power of ten that is written beside the number, keeping how exact it is."""
    times = match["times"] or ""
    power = int(match["e"] or match["power"] or 0) + (_TIMES_WORDS.get(times, _MILLION) if times else 0)
    power += int(match["cobas"] or 0)
    return number(str(value.scaleb(power)))


def _is_log(match: re.Match[str]) -> bool:
    return bool(match["log"]) or "log" in (match["unit"] or "")


def _unit(match: re.Match[str]) -> str:
    written = match["unit"] or ""
    if re.search(r"iu|ui|\bu\b", written):
        return "iu"
    if _is_log(match):
        return "log"
    volume = (match["volume"] or match["per"] or "").replace(" ", "")
    if volume and volume not in _A_MILLILITRE:
        return "other"
    return "copies" if written else ""
