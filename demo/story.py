"""The woman of the story, invented by hand: Caracas, Bogotá, Quito, Lima, on her third line and without her papers.

No two countries saw the same document. Bogotá swapped day and month, Quito lost a surname, Lima a given name.
"""

from __future__ import annotations

from datetime import date

from demo.values import (
    Agreement,
    AgreementKind,
    Care,
    Outcome,
    Paper,
    PaperKind,
    Person,
    Regimen,
    Registration,
    Result,
    ResultKind,
    Written,
)

_DIAGNOSED = date(2014, 5, 19)
_THIRD = ("DRV/r", "DTG bid", "ETR")
_BOGOTA_RESULTS = (
    Result(ResultKind.SPUTUM, date(2018, 9, 6), text="detected"),
    Result(ResultKind.GENOTYPE, date(2018, 8, 20), text="30554-0 M184V, K103N, M41L, T215Y"),
    Result(ResultKind.GENOTYPE, date(2018, 8, 20), text="33630-5 I54V, V82A"),
    Result(ResultKind.VIRAL_LOAD, date(2018, 8, 20), 96_700),
    Result(ResultKind.CD4, date(2018, 8, 20), 74),
    Result(ResultKind.VIRAL_LOAD, date(2019, 4, 2), 20),
    Result(ResultKind.CD4, date(2019, 4, 2), 233),
    Result(ResultKind.VIRAL_LOAD, date(2020, 10, 15), 0),
)


def the_woman() -> Person:
    """The person whom the clinician in Lima has in front of her; Quito is the node that does not answer."""
    return Person(0, Outcome.STORY, (_caracas(), _bogota(), _quito(), _lima()))


def _caracas() -> Registration:
    written = Written(
        given=("Yuleisy", "Coromoto"),
        surnames=("Rondón", "Materán"),
        birth="1987-03-08",
        gender="female",
        papers=(Paper("VE", PaperKind.CEDULA, "V-18204417"),),
        city="Caracas",
        phone="+58 4125550117",
    )
    care = Care(
        regimens=(
            Regimen(("TLE",), date(2014, 6, 10), date(2016, 11, 30), "Fracaso virológico", 1),
            Regimen(("AZT/3TC", "LPV/r"), date(2016, 12, 1), date(2018, 2, 14), "Desabastecimiento", 2),
        ),
        results=(
            Result(ResultKind.VIRAL_LOAD, date(2014, 6, 2), 148_000),
            Result(ResultKind.CD4, date(2014, 6, 2), 212),
            Result(ResultKind.VIRAL_LOAD, date(2015, 3, 12), 0),
            Result(ResultKind.VIRAL_LOAD, date(2016, 11, 9), 38_400),
            Result(ResultKind.CD4, date(2016, 11, 9), 240),
            Result(ResultKind.WEIGHT, date(2016, 11, 9), 58.5),
            Result(ResultKind.VIRAL_LOAD, date(2017, 8, 22), 21_500),
        ),
        visits=(date(2014, 6, 2), date(2015, 3, 12), date(2016, 11, 9), date(2017, 8, 22)),
        allergies=(),
        tuberculosis_on=None,
        diagnosed_on=_DIAGNOSED,
    )
    return Registration("VE", "p00000", written, care, ())


def _bogota() -> Registration:
    written = Written(
        given=("Yuleisy", "Coromoto"),
        surnames=("Rondon", "Materan"),
        birth="1987-08-03",
        gender="female",
        papers=(Paper("CO", PaperKind.PPT, "5120944"),),
        city="Bogotá",
        phone="+57 3005550142",
    )
    care = Care(
        regimens=(
            Regimen(_THIRD, date(2018, 9, 3), date(2021, 4, 30), "Salida del país", 3),
            Regimen(("RHZE",), date(2018, 9, 10), date(2018, 11, 8), "Fin de primera fase", 0),
            Regimen(("RH",), date(2018, 11, 9), date(2019, 3, 12), "Tratamiento terminado", 0),
        ),
        results=_BOGOTA_RESULTS,
        visits=(date(2018, 8, 20), date(2018, 9, 3), date(2019, 4, 2), date(2020, 10, 15)),
        allergies=("cotrimoxazol",),
        tuberculosis_on=date(2018, 9, 6),
        diagnosed_on=_DIAGNOSED,
    )
    return Registration("CO", "p00000", written, care, ())


def _quito() -> Registration:
    written = Written(
        given=("Yuleisi", "Coromoto"),
        surnames=("Rondón",),
        birth="1987-03-08",
        gender="female",
        papers=(),
        city="Quito",
        phone="",
    )
    care = Care(
        regimens=(Regimen(("TLD",), date(2021, 8, 9), date(2022, 1, 20), "Desabastecimiento", 1),),
        results=(
            Result(ResultKind.VIRAL_LOAD, date(2021, 8, 9), 4_300),
            Result(ResultKind.CD4, date(2021, 8, 9), 310),
        ),
        visits=(date(2021, 8, 9),),
        allergies=(),
        tuberculosis_on=None,
        diagnosed_on=_DIAGNOSED,
    )
    return Registration("EC", "p00000", written, care, ())


def _lima() -> Registration:
    written = Written(
        given=("Yuleisy",),
        surnames=("Rondon", "Materan"),
        birth="1987-03-08",
        gender="female",
        papers=(Paper("PE", PaperKind.CPP, "003418820"),),
        city="Lima",
        phone="+51 915550163",
    )
    care = Care(
        regimens=(),
        results=(
            Result(ResultKind.VIRAL_LOAD, date(2026, 9, 14), 52_300),
            Result(ResultKind.CD4, date(2026, 9, 14), 118),
        ),
        visits=(date(2026, 9, 14),),
        allergies=(),
        tuberculosis_on=None,
        diagnosed_on=_DIAGNOSED,
    )
    consent = Agreement(AgreementKind.GIVEN, ("PE",), date(2026, 9, 14), date(2035, 12, 31))
    return Registration("PE", "p00000", written, care, (consent,))
