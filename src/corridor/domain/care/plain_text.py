"""Texts as they should have been written: broken letters, wide digits, superscripts and odd spaces set right."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from corridor.domain.care.lexicon import fold

LONGEST = 4000
"""Signs that are read of a text; what a clinician or a laboratory writes of one thing is shorter."""

_BROKEN = re.compile("[ÂÃâ]")
_SUPERSCRIPTS = re.compile("[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_SUPERSCRIPT = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u00d7\u2715", "x"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2044\u2215\uff0f", "/"),
        **dict.fromkeys("\u2019\u2018\u0060\u00b4\u02bc", "'"),
        **dict.fromkeys("\u02c2\u2039\u3008\uff1c\ufe64", "<"),
        **dict.fromkeys("\u02c3\u203a\u3009\uff1e\ufe65", ">"),
        **dict.fromkeys("\u2a7d\u2266", "≤"),
        **dict.fromkeys("\u2a7e\u2267", "≥"),
        **dict.fromkeys("\uff0b\ufe62", "+"),
        **dict.fromkeys("\uff0c\u201a", ","),
        **dict.fromkeys("\u2192\u21d2\u2794\u279c\u27a1", " -> "),
        **dict.fromkeys("\u00ae\u2122\u00a9", " "),
    }
)
"""Other dashes, slashes, quotation marks and signs of comparison for the ones on every keyboard."""
_DOTS = "[\u00b7\u2022\u2219\u22c5]"
_TIMES = re.compile(rf"(?<=\d)\s?{_DOTS}\s?(?=10(?:\D|$))")
_POINT = re.compile(rf"(?<=\d){_DOTS}(?=\d)")
"""A raised dot multiplies in `4,3·10⁴`, is a decimal point in `1·73`, and elsewhere stands between two items."""
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
"""`&lt;20` is what a web page makes of `<20`, and must not lose its sign."""
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")


def repaired(text: str) -> str:
    """A text whose UTF-8 was read as a Windows code page, set right: `nÃ£o` is `não`; any other is left as it is."""
    if not _BROKEN.search(text):
        return text
    for code_page in ("cp1252", "latin-1"):
        try:
            return text.encode(code_page).decode("utf-8")
        except UnicodeError:
            continue
    return text


def plain(text: str) -> str:
    """The text in lower case, without accents, with plain digits, signs and single spaces; `10⁵` becomes `10^5`."""
    if _ENTITY.search(text):
        text = unescape(text)
    if text.isascii():
        return " ".join(text.lower().split())
    whole = _INVISIBLE.sub("", repaired(text)).translate(_SIGNS)
    whole = _POINT.sub(".", _TIMES.sub("x", whole))
    raised = _SUPERSCRIPTS.sub(lambda match: "^" + match[0].translate(_SUPERSCRIPT), whole)
    return " ".join(fold(unicodedata.normalize("NFKC", raised)).translate(_SIGNS).split())
