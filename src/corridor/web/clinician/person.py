"""A person of the national register as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the national register, as shown to those who care for them.

    Attributes:
        label: the name as the register writes it.
        birth: birth date as written, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty where unknown.
        document: kind and number as shown, empty where there is none.
        sex: administrative gender code of FHIR, empty where unknown.
    """

    patient_id: str
    label: str
    birth: str
    document: str
    sex: str = ""

    @property
    def initials(self) -> str:
        """Enough to know whose page it is, too little to name anyone on a print."""
        return " ".join(f"{word[0].upper()}." for word in self.label.split()[:4])
