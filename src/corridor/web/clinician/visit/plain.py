"""Texts that people type, made safe to keep: one line, composed letters, nothing that cannot be seen."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """The text in composed letters, with single spaces and without control or format characters."""
    seen = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    kept = (char for char in seen if unicodedata.category(char)[0] != "C")
    return " ".join("".join(kept).split())
