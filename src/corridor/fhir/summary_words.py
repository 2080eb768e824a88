"""The words of a patient summary's narratives in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("es", "en", "pt")

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "title": {
            "es": "Resumen internacional del paciente",
            "en": "International Patient Summary",
            "pt": "Sumário internacional do paciente",
        },
        "problems": {"es": "Problemas de salud", "en": "Problems", "pt": "Problemas de saúde"},
        "past-problems": {"es": "Problemas anteriores", "en": "Past problems", "pt": "Problemas anteriores"},
        "allergies": {
            "es": "Alergias e intolerancias",
            "en": "Allergies and intolerances",
            "pt": "Alergias e intolerâncias",
        },
        "medications": {"es": "Medicación", "en": "Medications", "pt": "Medicação"},
        "immunizations": {"es": "Vacunas", "en": "Immunizations", "pt": "Vacinas"},
        "results": {"es": "Resultados", "en": "Results", "pt": "Resultados"},
        "vital-signs": {"es": "Signos vitales", "en": "Vital signs", "pt": "Sinais vitais"},
        "pregnancy": {"es": "Embarazo", "en": "Pregnancy", "pt": "Gravidez"},
        "social-history": {"es": "Hábitos", "en": "Social history", "pt": "Hábitos de vida"},
        "advance-directives": {
            "es": "Voluntades anticipadas",
            "en": "Advance directives",
            "pt": "Diretivas antecipadas",
        },
        "date": {"es": "Fecha", "en": "Date", "pt": "Data"},
        "what": {"es": "Qué", "en": "What", "pt": "O quê"},
        "value": {"es": "Valor o dosis", "en": "Value or dose", "pt": "Valor ou dose"},
        "status": {"es": "Estado", "en": "Status", "pt": "Situação"},
        "empty": {
            "es": "Este registro no tiene datos de esta sección; no significa que no existan.",
            "en": "This record holds nothing for this section; that does not mean that there is nothing.",
            "pt": "Este registro não tem dados desta seção; isso não significa que não existam.",
        },
        "unnamed": {"es": "sin nombre en el registro", "en": "not named in the record", "pt": "sem nome no registro"},
        "until": {"es": "hasta", "en": "until", "pt": "até"},
        "since": {"es": "desde", "en": "since", "pt": "desde"},
    }
)
"""By meaning and language."""
