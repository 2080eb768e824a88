"""What any address may say of the form of its answer."""

from __future__ import annotations

ANSWER_FORM = frozenset({"_format", "_pretty"})
"""Parameters that change how an answer is written and never what it says; the door reads them.

Source: https://hl7.org/fhir/R4/http.html#parameters
"""
