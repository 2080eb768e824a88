import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.audit.checkpoint import Checkpoint, render
from corridor.domain.errors import InvalidError, SignatureError
from corridor.keys.checkpoints import open_checkpoint, open_note, sign_checkpoint, sign_note, verifier_key

# The signed note of the documentation of golang.org/x/mod/sumdb/note (BSD-3-Clause), the format's first implementation.
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n\N{EM DASH} PeterNeumann {SIGNATURE}\n"
PUBLISHED = base64.b64decode(VERIFIER.split("+", 2)[2])[1:]

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PUBLIC = KEY.public_key().public_bytes_raw()
ORIGIN = "corridor.example/audit/pe"
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))


def test_the_published_note_opens() -> None:
    assert open_note(NOTE, name="PeterNeumann", public_key=PUBLISHED) == TEXT
    assert verifier_key("PeterNeumann", PUBLISHED) == VERIFIER


def test_a_published_note_that_was_altered_does_not_open() -> None:
    with pytest.raises(SignatureError):
        open_note(NOTE.replace("answer", "key"), name="PeterNeumann", public_key=PUBLISHED)


def test_a_signed_checkpoint_opens_with_its_key_alone() -> None:
    note = sign_checkpoint(CHECKPOINT, KEY)
    assert note.startswith(render(CHECKPOINT))
    assert open_checkpoint(note, origin=ORIGIN, public_key=PUBLIC) == CHECKPOINT
    with pytest.raises(SignatureError):
        open_checkpoint(note, origin=ORIGIN, public_key=OTHER.public_key().public_bytes_raw())
    with pytest.raises(SignatureError):
        open_checkpoint(note, origin="corridor.example/audit/ve", public_key=PUBLIC)


def test_signatures_of_witnesses_may_stand_beside() -> None:
    witness = sign_note(render(CHECKPOINT), name="witness.example", key=OTHER).rpartition("\n\n")[2]
    note = sign_checkpoint(CHECKPOINT, KEY) + witness
    assert open_checkpoint(note, origin=ORIGIN, public_key=PUBLIC) == CHECKPOINT


def test_a_second_wrong_signature_of_the_same_key_is_refused() -> None:
    wrong = sign_note("another\n", name=ORIGIN, key=KEY).rpartition("\n\n")[2]
    with pytest.raises(SignatureError):
        open_checkpoint(sign_checkpoint(CHECKPOINT, KEY) + wrong, origin=ORIGIN, public_key=PUBLIC)


def test_a_checkpoint_of_another_log_signed_under_this_name_is_refused() -> None:
    other = render(Checkpoint("corridor.example/audit/ve", 1, bytes(32)))
    for text in (other, "no checkpoint\n"):
        with pytest.raises(SignatureError):
            open_checkpoint(sign_note(text, name=ORIGIN, key=KEY), origin=ORIGIN, public_key=PUBLIC)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "line\nfeed"])
def test_a_name_that_would_break_the_line_is_refused(name: str) -> None:
    with pytest.raises(InvalidError):
        sign_note("text\n", name=name, key=KEY)


@pytest.mark.parametrize("text", ["", "no line feed", "bell\x07\n"])
def test_a_text_that_cannot_be_told_apart_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        sign_note(text, name=ORIGIN, key=KEY)


@given(st.integers(0, 200), st.text(max_size=3))
def test_no_cut_or_insertion_opens(at: int, inserted: str) -> None:
    note = sign_checkpoint(CHECKPOINT, KEY)
    altered = note[:at] + inserted
    if not altered.startswith(note):
        with pytest.raises(SignatureError):
            open_checkpoint(altered, origin=ORIGIN, public_key=PUBLIC)
