"""What two countries write to each other about one tie; nothing in it says who the person is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from corridor.domain.questions import QUESTIONS_MAX, Question
from corridor.domain.tie import Said, TieState
from corridor.domain.wire import Words

_Name = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
_Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
_Bytes16 = Annotated[bytes, Meta(min_length=16, max_length=16)]
_Bytes32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Trait = Annotated[str, Meta(pattern="^[a-z]{1,16}$")]


class NamedWords(Words, frozen=True):
    """`POST /ties/questions`: the tie by its pseudonym and the digest of the asker's description."""

    name: _Name
    described: _Digest


class QuestionsWords(Words, frozen=True):
    """The answer: what to ask the person, and which traits agreed."""

    questions: Annotated[tuple[Question, ...], Meta(max_length=QUESTIONS_MAX)]
    agreed: Annotated[tuple[_Trait, ...], Meta(max_length=8)]


class CompareWords(NamedWords, frozen=True):
    """`POST /ties/compare`: veiled answers."""

    salt: _Bytes16
    answers: Annotated[dict[Question, _Bytes32], Meta(min_length=1, max_length=QUESTIONS_MAX)]


class ComparedWords(Words, frozen=True):
    """The answer: yes, no or unknown for each question."""

    said: dict[Question, Said]


class BecameWords(NamedWords, frozen=True):
    """`POST /ties/became`: what people made of the tie."""

    state: TieState
    at: Annotated[datetime, Meta(tz=True)]
