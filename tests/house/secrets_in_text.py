"""What keys, tokens and passwords look like when somebody keeps them in a file."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

LOOKS = {
    "private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "age key": r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
    "cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}",
    "forge token": r"\b(?:gh[pousr]_\w{36,}|github_pat_\w{50,}|glpat-[\w-]{20,})",
    "chat token": r"\bxox[abeoprs]-[\w-]{10,}",
    "payment key": r"\b[rs]k_live_\w{16,}",
    "registry token": r"\b(?:pypi-AgEI[\w-]{40,}|npm_\w{36})",
    "model key": r"\bsk-(?:ant-|proj-)?[\w-]{20,}",
    "signed token": r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}",
    "private JWK": r"""["'](?:d|k)["']\s*:\s*["'][\w-]{22,}["']""",
    "address with a password": r"://[^\s/:@\"'{}<>$]+:(?P<word>[^\s/:@\"'{}<>$]{3,})@",
    "password": (
        r"(?i:passw(?:or)?d|passcode|secret|api_?key|access_?token)\w*[\"']?"
        r"(?::\s*\w+)?\s*[:=]\s*[\"'](?P<word>[^\"'{}<>\n]{6,})[\"']"
    ),
}
"""Forms by the name that a finding is told under; a group `word` is the secret, otherwise all of it is."""

DENSE = re.compile(r"""["'`]([0-9a-fA-F]{32,}|[A-Za-z0-9+/_=-]{32,})["'`]""")
"""Texts that could be keys; words of a language have less in each character."""

HEX_BITS, BITS = 3.0, 4.5
"""Shannon entropy in bits for each character, from which a text looks random. Source: detect-secrets, its defaults."""

_COMPILED = {name: re.compile(form) for name, form in LOOKS.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """Something that looks like a secret; `mark` tells it from others without saying it."""

    look: str
    line: int
    mark: str


def found(text: str, *, dense: bool) -> Iterator[Found]:
    """Everything in a text that looks like a secret.

    Args:
        text: of a file.
        dense: whether any quoted text counts that looks random.
    """
    for look, form in _COMPILED.items():
        for match in form.finditer(text):
            yield Found(look, _line(text, match), mark(match.groupdict().get("word") or match[0]))
    for match in DENSE.finditer(text) if dense else ():
        if looks_random(match[1]):
            yield Found("dense text", _line(text, match), mark(match[1]))


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def mark(word: str) -> str:
    """A short digest of a text."""
    return hashlib.sha256(word.encode()).hexdigest()[:12]


def looks_random(word: str) -> bool:
    """Whether a text has as much in it as a key."""
    shares = [count / len(word) for count in Counter(word).values()]
    bits = -sum(share * math.log2(share) for share in shares)
    return bits >= (HEX_BITS if re.fullmatch(r"[0-9a-fA-F]+", word) else BITS)
