"""The command `corridor consent render`: one consent in the form of others, or in plain words."""

from __future__ import annotations

from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import typer

from corridor.apps.written import content_of
from corridor.domain.category import Category
from corridor.domain.consent import Consent
from corridor.domain.country import Country
from corridor.domain.country import country as country_of
from corridor.domain.errors import CorridorError, InvalidError
from corridor.fhir.consent import read
from corridor.fhir.consent_renderings import Shared, render_fast, render_smart
from corridor.fhir.parse import parse, parse_object
from corridor.fhir.projection import project
from corridor.fhir.validate import validate
from corridor.web.clinician.plain import plain
from corridor.web.language import Language


class Form(StrEnum):
    """A form that a consent can be told in."""

    FAST = "fast"
    SMART = "smart"
    PLAIN = "plain"


def render_file(
    consent: Annotated[Path, typer.Option(help="One FHIR Consent in the form of PCF Advanced; - reads stdin.")],
    form: Annotated[Form, typer.Option("--as", help="FAST Consent, WHO SmartConsent, or plain words.")],
    *,
    country: Annotated[str, typer.Option(help="The country that keeps it: two capital letters.")],
    records: Annotated[Path | None, typer.Option(help="Of smart: a Bundle of the records that go along.")] = None,
    language: Annotated[Language, typer.Option(help="Of plain words.")] = Language.ES,
    zone: Annotated[str, typer.Option(help="Where it was written: days begin and end there.")] = "UTC",
) -> None:
    """Tell a consent in the form of others as one JSON object, or in plain words, one paragraph a line.

    Exit code 2 where a file cannot be read, or the consent cannot be told so.
    """
    try:
        resource = parse(content_of(consent))
        value = read(resource, zone=_zone(zone))
        if form is Form.PLAIN:
            typer.echo("\n".join(plain(value, language, zone)))
            return
        shared = _shared(content_of(records)) if records else []
        typer.echo(
            orjson.dumps(
                _rendered(value, form, shared, patient=resource["patient"], custodian=country_of(country))
            ).decode()
        )
    except CorridorError as error:
        where = f" ({error.expression[0]})" if error.expression else ""
        typer.echo(f"corridor: {error.message}{where}", err=True)
        raise typer.Exit(2) from None


def _rendered(value: Consent, form: Form, shared: list[Shared], *, patient: Any, custodian: Country) -> Any:
    if form is Form.FAST:
        return render_fast(value, patient=patient, custodian=custodian)
    return render_smart(value, shared, patient=patient, custodian=custodian)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidError("There is no time zone of that name.") from None


def _shared(content: bytes) -> list[Shared]:
    """The records of a Bundle that could cross a border, by what a consent must permit."""
    entries = parse_object(content).get("entry", [])
    found = []
    for entry in entries if isinstance(entries, list) else []:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            continue
        validate(resource)
        made = project(resource, patient_id="x", source="x")
        if made is not None and made.category is not Category.DEMOGRAPHICS:
            found.append(Shared(f"{resource['resourceType']}/{resource['id']}", made.category, made.effective))
    return found
