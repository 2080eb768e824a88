"""What was read to a person before they agreed, and how they showed that they did."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

SAVING = frozenset({"2026-11", "2026-12"})
"""Versions of the text that say: what is saved into this country's record stays there, also after a withdrawal."""

SIGNATURE_BYTES_MAX = 30 * 1024


@dataclass(frozen=True, slots=True)
class SpokenText:
    """The text that was read aloud.

    Attributes:
        version: of its meaning, the same in every language.
        language: that it was read in: the person's, not the page's.
        paragraphs: as they were shown to whoever read them.
        agreed: what the person chose, in the same language.
    """

    version: str
    language: str
    title: str
    paragraphs: tuple[str, ...]
    agreed: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of title and paragraphs, so that it can be shown later which words were read."""
        return hashlib.sha256("\n".join((self.title, *self.paragraphs)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Signature:
    """How the person showed that they agree: a drawing, or their name typed before a witness.

    Attributes:
        png: what was drawn with a finger, up to 30 kB; empty where nothing was.
        name: as typed; empty where it was drawn.
        witness: who saw it, and in which role; required where nothing was drawn.
    """

    png: bytes = field(default=b"", repr=False)
    name: str = field(default="", repr=False)
    witness: str = field(default="", repr=False)
    witness_role: str = ""


def lets_save(version: str) -> bool:
    """Whether the person was told that saved facts stay, before they agreed."""
    return version in SAVING
