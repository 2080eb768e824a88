"""How a person showed that they agree: drawn with a finger, or said before a witness."""

from __future__ import annotations

from corridor.domain.consent_text import Signature
from corridor.domain.errors import InvalidError
from corridor.web.clinician.visit.drawing_read import read_drawing
from corridor.web.clinician.visit.plain import plain
from corridor.web.form import Form

WITNESSES = ("worker", "companion", "interpreter")
"""Who may have been there: somebody of this service, somebody the person brought, an interpreter."""

LONGEST_NAME = 80


def read_signature(form: Form) -> Signature | None:
    """What was drawn, or the witness to what was said; None where there is neither.

    A name that is typed stands for nothing without somebody who saw the person agree.
    """
    drawn = form.one("signature")
    if drawn:
        try:
            return Signature(png=read_drawing(drawn))
        except InvalidError:
            return None
    witness, role = plain(form.one("witness"))[: LONGEST_NAME + 1], form.one("witness-role")
    name = plain(form.one("name"))[:LONGEST_NAME]
    if not witness or len(witness) > LONGEST_NAME or role not in WITNESSES:
        return None
    return Signature(name=name, witness=witness, witness_role=role)
