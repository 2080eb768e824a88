import re
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision, denial
from corridor.domain.country import Country
from corridor.domain.period import Period
from corridor.web.clinician.plain import plain
from corridor.web.language import Language
from tests.domain.consent_values import CLINIC, DAY, DOCTOR, NOW, consents

LANGUAGES = get_args(Language) or tuple(Language)
CONSENT = Consent(
    "c",
    status_active=True,
    given_at=NOW,
    period=Period(NOW, NOW + DAY),
    provisions=(
        Provision(
            permit=True,
            countries=frozenset({Country("PE")}),
            holders=frozenset({Country("VE")}),
            purposes=frozenset({"TREAT"}),
            categories=frozenset({Category.REGIMEN, Category.MATCH}),
            roles=frozenset({"clinician"}),
        ),
        Provision(permit=False, organisations=frozenset({CLINIC}), persons=frozenset({DOCTOR})),
    ),
)


def test_what_i_agreed_to_in_spanish() -> None:
    given, permit, refusal, rest, never = plain(CONSENT, "es")
    assert given == "Lo dije el 1 mar 2026. Vale desde el 1 mar 2026. Vale hasta el 2 mar 2026."
    assert permit == (
        "Permito que se comparta: que me busquen en otros países, Medicinas que tomó. Con quién: Perú; personal de "
        "salud. Lo pueden contar: Venezuela. Para qué: Atención."
    )
    assert refusal == (
        "No permito que se comparta: nada de lo mío. Con quién: el establecimiento 17; quien tiene el registro 4."
    )
    assert rest == "Todo lo demás está negado."
    assert "Migración" in never


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unreadable_consent_is_said_to_refuse(language: Language) -> None:
    assert len(plain(denial("x", NOW), language)) == 2


@given(consents, st.sampled_from(LANGUAGES))
def test_every_consent_can_be_said_in_every_language(consent: Consent, language: Language) -> None:
    said = plain(replace(consent, readable=True), language)
    assert len(said) == len(consent.provisions) + 3
    assert not re.search(r"plain\.|category\.|\{|\}", " ".join(said))
