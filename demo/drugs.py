"""The medicines of the invented histories and the regimens that are made of them.

Source: WHO ATC/DDD index of 2026-04-25 for the codes; strengths as in the WHO 2021 guideline's adult table.
"""

from __future__ import annotations

from dataclasses import dataclass

ATC = "http://www.whocc.no/atc"


@dataclass(frozen=True, slots=True)
class Product:
    """One box on the shelf.

    Attributes:
        atc: WHO ATC code.
        name: substances in Spanish.
        strength: text as printed on the box.
        dosage: how it is taken, in Spanish.
        ingredients: ATC code and Spanish name of each substance.
        daily: units a day.
    """

    atc: str
    name: str
    strength: str
    dosage: str
    ingredients: tuple[tuple[str, str], ...]
    daily: int = 1


_TDF = ("J05AF07", "tenofovir disoproxilo")
_3TC = ("J05AF05", "lamivudina")
_DTG = ("J05AJ03", "dolutegravir")
_EFV = ("J05AG03", "efavirenz")
_AZT = ("J05AF01", "zidovudina")
_ABC = ("J05AF06", "abacavir")
_RTV = ("J05AE03", "ritonavir")
_DRV = ("J05AE10", "darunavir")
_ETR = ("J05AG04", "etravirina")
_RAL = ("J05AJ01", "raltegravir")
_DAILY = "1 tableta cada 24 horas"
_TWICE = "1 tableta cada 12 horas"

PRODUCTS: dict[str, Product] = {
    "TLD": Product(
        "J05AR27",
        "lamivudina, tenofovir disoproxilo y dolutegravir",
        "Tenofovir disoproxilo 300 mg / Lamivudina 300 mg / Dolutegravir 50 mg",
        _DAILY,
        (_TDF, _3TC, _DTG),
    ),
    "TLE": Product(
        "J05AR11",
        "lamivudina, tenofovir disoproxilo y efavirenz",
        "Tenofovir disoproxilo 300 mg / Lamivudina 300 mg / Efavirenz 600 mg",
        "1 tableta al acostarse",
        (_TDF, _3TC, _EFV),
    ),
    "AZT/3TC": Product(
        "J05AR01", "zidovudina y lamivudina", "Zidovudina 300 mg / Lamivudina 150 mg", _TWICE, (_AZT, _3TC), 2
    ),
    "ABC/3TC": Product("J05AR02", "lamivudina y abacavir", "Abacavir 600 mg / Lamivudina 300 mg", _DAILY, (_ABC, _3TC)),
    "LPV/r": Product(
        "J05AR10",
        "lopinavir y ritonavir",
        "Lopinavir 200 mg / Ritonavir 50 mg",
        "2 tabletas cada 12 horas",
        (("J05AR10", "lopinavir"), _RTV),
        4,
    ),
    "ATV/r": Product(
        "J05AR23",
        "atazanavir y ritonavir",
        "Atazanavir 300 mg / Ritonavir 100 mg",
        _DAILY,
        (("J05AE08", "atazanavir"), _RTV),
    ),
    "DRV/r": Product(
        "J05AR26", "darunavir y ritonavir", "Darunavir 600 mg / Ritonavir 100 mg", _TWICE, (_DRV, _RTV), 2
    ),
    "DTG": Product("J05AJ03", "dolutegravir", "Dolutegravir 50 mg", _DAILY, (_DTG,)),
    "DTG bid": Product("J05AJ03", "dolutegravir", "Dolutegravir 50 mg", _TWICE, (_DTG,), 2),
    "RAL": Product("J05AJ01", "raltegravir", "Raltegravir 400 mg", _TWICE, (_RAL,), 2),
    "ETR": Product("J05AG04", "etravirina", "Etravirina 200 mg", _TWICE, (_ETR,), 2),
    "RHZE": Product(
        "J04AM06",
        "rifampicina, pirazinamida, etambutol e isoniazida",
        "Rifampicina 150 mg / Isoniazida 75 mg / Pirazinamida 400 mg / Etambutol 275 mg",
        "4 tabletas cada 24 horas",
        (
            ("J04AB02", "rifampicina"),
            ("J04AC01", "isoniazida"),
            ("J04AK01", "pirazinamida"),
            ("J04AK02", "etambutol"),
        ),
        4,
    ),
    "RH": Product(
        "J04AM02",
        "rifampicina e isoniazida",
        "Rifampicina 150 mg / Isoniazida 75 mg",
        "4 tabletas cada 24 horas",
        (("J04AB02", "rifampicina"), ("J04AC01", "isoniazida")),
        4,
    ),
}
"""Everything that is dispensed in the demo, by the short name that a clinic uses."""

ABBREVIATIONS: dict[str, str] = {"TLD": "TDF/3TC/DTG", "TLE": "TDF/3TC/EFV", "DTG bid": "DTG"}
"""Short forms as written by hand; others are written as their key."""

FIRST = (("TLD",), ("TLE",), ("TLD",), ("ABC/3TC", "DTG"))
SECOND = (("AZT/3TC", "LPV/r"), ("AZT/3TC", "ATV/r"))
THIRD = (("DRV/r", "DTG bid", "ETR"), ("DRV/r", "RAL", "ETR"))
"""Regimens by line; the story's woman takes the first of the third line."""

ALLERGIES: dict[str, tuple[str, str, str]] = {
    "abacavir": ("J05AF06", "abacavir", "Reacción de hipersensibilidad"),
    "cotrimoxazol": ("J01EE01", "sulfametoxazol y trimetoprima", "Exantema"),
    "efavirenz": ("J05AG03", "efavirenz", "Exantema"),
}
"""Substance code, name and reaction."""

GENOTYPES: tuple[tuple[str, str], ...] = (
    ("30554-0", "M184V, K65R, K103N"),
    ("30554-0", "M184V, M41L, T215Y, Y181C"),
    ("33630-5", "I54V, V82A, L90M"),
    ("61199-6", "R263K"),
)
"""LOINC code of the gene's mutation list, and a list as a laboratory writes it."""
