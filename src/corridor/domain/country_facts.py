"""What the parties know of a country beside its keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A kind of identity paper that a country issues, and how registers write it.

    Attributes:
        kind: `national`, `passport`, `residence` or `permit`.
        label: what people call it, such as `CEDULA`.
        system: end of `Identifier.system`, or empty.
        code_system: end of the system of `Identifier.type`, or empty.
        code: in that system, or empty.
    """

    kind: str
    label: str
    system: str = ""
    code_system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class CountryFacts:
    """What the others need to know of a country beside its keys, so that none of them needs another release.

    Attributes:
        languages: those that its node speaks, the usual one first, such as `es`.
        papers: identity papers that it issues.
        policy: version of the purpose policy that its node keeps to; empty for that of the federation.
    """

    languages: tuple[str, ...] = ()
    papers: tuple[PaperRule, ...] = ()
    policy: str = ""
