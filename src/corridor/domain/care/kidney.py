"""How well kidneys filter, reckoned from creatinine in blood, age and sex."""

from __future__ import annotations

from decimal import Decimal

from corridor.domain.care.interval import Interval

MICROMOLES_A_MILLIGRAM = Decimal("88.42")
"""Micromoles of creatinine per litre that make 1 mg/dL (molar mass 113.12 g/mol)."""
ADULT_YEARS = 18

_KAPPA = {"female": 0.7, "male": 0.9}
_ALPHA = {"female": -0.241, "male": -0.302}
_SEX_FACTOR = {"female": 1.012, "male": 1.0}
_PLACES = Decimal("0.1")


def egfr(creatinine_mg_dl: Interval, *, sex: str, oldest_years: int, youngest_years: int) -> Interval | None:
    """The estimated glomerular filtration rate in mL/min/1.73 m2, by CKD-EPI 2021, which asks for no race.

    Args:
        creatinine_mg_dl: every value that the result may stand for.
        sex: `female` or `male`.
        oldest_years: the oldest that the person may have been on the day of the test.
        youngest_years: the youngest.

    Returns:
        Every rate that it may stand for; None for children, for whom the equation does not hold, and where the
        result has no lower or no upper end.

    Source: Inker LA et al., N Engl J Med 2021;385:1737-49, CKD-EPI creatinine equation without race.
    """
    low, high = creatinine_mg_dl.lower, creatinine_mg_dl.upper
    if youngest_years < ADULT_YEARS or sex not in _KAPPA or low is None or high is None or low <= 0:
        return None
    worst, best = _rate(high, sex, oldest_years), _rate(low, sex, youngest_years)
    return Interval(worst, best + _PLACES)


def _rate(creatinine_mg_dl: Decimal, sex: str, age_years: int) -> Decimal:
    share = float(creatinine_mg_dl) / _KAPPA[sex]
    small, large = min(share, 1.0) ** _ALPHA[sex], max(share, 1.0) ** -1.2
    rate = 142 * small * large * 0.9938**age_years * _SEX_FACTOR[sex]
    return Decimal(rate).quantize(_PLACES)
