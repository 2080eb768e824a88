"""What a node knows of its own country, from the files that its configuration names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from corridor.apps.clinical_files import read_formulary, read_reviews
from corridor.apps.settings import NodeSettings
from corridor.domain.country import country
from corridor.web.clinician.picture import Local


def local_knowledge(settings: NodeSettings, *, today: date) -> Local:
    """The country's formulary and its clinicians' reviews; a node with a wrong file does not start.

    Raises:
        InvalidError: a file that the configuration names cannot be used.
    """
    home = country(settings.country)
    return Local(
        formulary=read_formulary(Path(settings.formulary), home=home) if settings.formulary else None,
        book=read_reviews(Path(settings.rule_reviews), today=today) if settings.rule_reviews else None,
    )
