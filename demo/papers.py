"""Numbers of invented papers, with the check digits that the issuing country prints.

Source: IDENTITY section 7: Chilean RUN (modulo 11) and Ecuadorian cédula (modulo 10) carry one; the others do not.
"""

from __future__ import annotations

from random import Random

from demo.values import Paper, PaperKind

HOST_KINDS: dict[str, tuple[PaperKind, ...]] = {
    "VE": (PaperKind.CEDULA,),
    "CO": (PaperKind.PPT, PaperKind.PPT, PaperKind.CE),
    "EC": (PaperKind.CEDULA,),
    "PE": (PaperKind.CE, PaperKind.PTP, PaperKind.CPP),
    "CL": (PaperKind.RUN,),
}
"""Papers that each country gives to people who arrive."""


def home_paper(rng: Random, country: str) -> Paper:
    """The national document of the country where somebody was born."""
    if country == "VE":
        return Paper("VE", PaperKind.CEDULA, f"V-{rng.randrange(9_000_000, 32_000_000)}")
    if country == "EC":
        return Paper("EC", PaperKind.CEDULA, ecuador_number(f"09{rng.randrange(5)}{rng.randrange(1_000_000):06d}"))
    return Paper(country, PaperKind.CEDULA, str(rng.randrange(1_000_000_000, 1_199_999_999)))


def passport(rng: Random, country: str) -> Paper:
    """A passport of the country where somebody was born."""
    return Paper(country, PaperKind.PASSPORT, str(rng.randrange(100_000_000, 179_999_999)))


def host_paper(rng: Random, country: str) -> Paper:
    """A paper that the country gave to somebody who came from abroad."""
    kind = rng.choice(HOST_KINDS[country])
    return Paper(country, kind, _host_number(rng, country, kind=kind))


def _host_number(rng: Random, country: str, *, kind: PaperKind) -> str:
    if kind is PaperKind.RUN:
        return run_number(rng.randrange(24_000_000, 29_000_000))
    if country == "EC":
        return ecuador_number(f"17{rng.randrange(5)}{rng.randrange(1_000_000):06d}")
    if country == "VE":
        return f"E-{rng.randrange(80_000_000, 85_000_000)}"
    return f"{rng.randrange(1_000_000, 9_999_999)}" if country == "CO" else f"{rng.randrange(1_000_000, 5_000_000):09d}"


def run_number(body: int) -> str:
    """A Chilean RUN with its check character, as in 12216373-3."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(str(body))))
    return f"{body}-{'0123456789K0'[11 - total % 11]}"


def ecuador_number(body: str) -> str:
    """An Ecuadorian cédula: nine digits and the check digit."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(body))
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{body}{-total % 10}"
