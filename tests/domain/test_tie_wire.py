"""What two countries write about a tie is read back to the same, and nothing else is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corridor.domain.errors import MalformedError
from corridor.domain.questions import Question
from corridor.domain.tie import Said, TieState
from corridor.domain.tie_wire import BecameWords, ComparedWords, CompareWords, NamedWords, QuestionsWords
from corridor.domain.wire import Words, read_words, write_words

NAME, DESCRIBED = "a" * 32, "d" * 64
WORDS: tuple[Words, ...] = (
    NamedWords(NAME, DESCRIBED),
    QuestionsWords((Question.BIRTH_MONTH, Question.MOTHER_NAME), ("given", "papers")),
    CompareWords(NAME, DESCRIBED, b"s" * 16, {Question.BIRTH_MONTH: b"x" * 32}),
    ComparedWords({Question.BIRTH_MONTH: Said.NO}),
    BecameWords(NAME, DESCRIBED, TieState.UNDONE, datetime(2026, 3, 2, tzinfo=UTC)),
)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: type(words).__name__)
def test_words_are_read_back_and_have_one_size(words: Words) -> None:
    body = write_words(words, fill_bytes=1024)
    assert len(body) == 1024
    assert read_words(body, type(words)) == words


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"name":"x","described":"y"}',
        write_words(NamedWords(NAME, DESCRIBED))[:-1] + b',"given":"Carmen"}',
        write_words(CompareWords(NAME, DESCRIBED, b"s" * 16, {})),
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read_words(body, CompareWords)
