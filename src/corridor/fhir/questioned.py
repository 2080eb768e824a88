"""What a stored Patient answers to questions that are put to the person elsewhere, as plain answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from corridor.domain.errors import InvalidError
from corridor.domain.identity.normalise import given_words, own_surname_words
from corridor.domain.questions import Question, plain
from corridor.fhir.parse import Resource
from corridor.fhir.patient import demographics

_BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
_BIRTH = (Question.BIRTH_YEAR, Question.BIRTH_MONTH, Question.BIRTH_DAY)
_MOTHERS = frozenset({"MTH", "NMTH"})


def answers(body: bytes, home: str) -> Mapping[Question, tuple[str, ...]]:
    """Plain answers that the register accepts, by question; none where it cannot tell.

    Args:
        body: a stored Patient.
        home: the register's country.
    """
    resource: Resource = orjson.loads(body)
    try:
        known = demographics(resource, home=home)
    except InvalidError:
        known = None
    found: dict[Question, tuple[str, ...]] = dict.fromkeys(Question, ())
    if known:
        for question, part in zip(_BIRTH, known.birth or (), strict=False):
            found[question] = _plain(question, [str(part)] if part else [])
        found[Question.SECOND_GIVEN] = _plain(Question.SECOND_GIVEN, given_words(known.given)[1:2])
        found[Question.SECOND_SURNAME] = _plain(Question.SECOND_SURNAME, own_surname_words(known.surnames)[1:2])
        found[Question.DOCUMENT_END] = _plain(Question.DOCUMENT_END, (each.number for each in known.documents))
    found[Question.MOTHER_NAME] = _plain(Question.MOTHER_NAME, _mothers(resource))
    found[Question.BIRTH_PLACE] = _plain(Question.BIRTH_PLACE, _birth_places(resource))
    return found


def _plain(question: Question, texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in (plain(question, text) for text in texts) if each))


def _mothers(resource: Resource) -> list[str]:
    """Given names of contacts that are the person's mother."""
    return [
        name
        for contact in resource.get("contact", ())
        if _MOTHERS & {*_codes(contact.get("relationship", ()))}
        for name in contact.get("name", {}).get("given", ())[:1]
    ]


def _codes(concepts: Any) -> list[str]:
    return [coding.get("code", "") for concept in concepts for coding in concept.get("coding", ())]


def _birth_places(resource: Resource) -> list[str]:
    addresses = (
        each.get("valueAddress", {}) for each in resource.get("extension", ()) if each.get("url") == _BIRTH_PLACE
    )
    return [text for address in addresses for text in (address.get("city", ""), address.get("text", "")) if text]
