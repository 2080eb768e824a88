"""References to what stays home are left out of what leaves: that there is something would be told by its name."""

from __future__ import annotations

import re

_REFERENCE = re.compile(rb'\{"reference":"[A-Za-z]+/\0([^\0]*)\0"\}')
_GONE = b"\1"
"""Stands for a reference that was taken out; JSON text has no such byte."""
_FOLDS = (
    (re.compile(rb"\x01,(?=[\x01{])"), b""),
    (re.compile(rb",\x01(?=\])"), b""),
    (re.compile(rb"\[\x01\]"), _GONE),
    (re.compile(rb',"\w+":\x01'), b""),
    (re.compile(rb'\{"\w+":\x01,'), b"{"),
    (re.compile(rb'\{"\w+":\x01\}'), _GONE),
)
"""What closes around a gap: a list's item, an only item, a member, the first member, the only member of an object."""


def without_references(template: bytes, among: frozenset[str]) -> bytes:
    """A template without the references to what is not among the `Type/id` that leave, and without what only held them.

    Source: TRUST, invariant 6: withheld and unknown are the same bytes.
    """
    return _closed(_REFERENCE.sub(lambda match: match[0] if match[1].decode() in among else _GONE, template))


def _closed(template: bytes) -> bytes:
    """The template with every gap closed; one that nothing closes ends in an error, not in an answer."""
    if _GONE not in template:
        return template
    for gap, closed in _FOLDS:
        template = gap.sub(closed, template)
    return _closed(template)
