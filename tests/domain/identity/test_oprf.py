"""RFC 9497: published vectors, an independent implementation, and what must be refused."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voprf import ristretto

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq, oprf
from corridor.domain.identity.group import ORDER, check_scalar, scalar_of
from corridor.domain.identity.oprf import Mode

VECTORS = json.loads((Path(__file__).parent / "vectors" / "rfc9497_ristretto255.json").read_text())["suites"]
CASES = [(suite, vector) for suite in VECTORS for vector in suite["vectors"]]
NAMES = [f"mode {suite['mode']}, vector {place}" for suite in VECTORS for place in range(len(suite["vectors"]))]


def parts(text: str) -> list[bytes]:
    return [bytes.fromhex(part) for part in text.split(",")]


@pytest.mark.parametrize("suite", VECTORS, ids=["OPRF", "VOPRF"])
def test_the_published_key_is_derived_from_the_published_seed(suite: dict[str, Any]) -> None:
    key = oprf.derive_key(bytes.fromhex(suite["seed"]), bytes.fromhex(suite["keyInfo"]), Mode(suite["mode"]))
    assert key.hex() == suite["skSm"]
    assert "pkSm" not in suite or oprf.public_key(key).hex() == suite["pkSm"]


@pytest.mark.parametrize(("suite", "vector"), CASES, ids=NAMES)
def test_every_published_vector_is_reproduced(suite: dict[str, Any], vector: dict[str, Any]) -> None:
    key, mode, messages = bytes.fromhex(suite["skSm"]), Mode(suite["mode"]), parts(vector["Input"])
    scalars = parts(vector["Blind"])
    blinded = [oprf.blind(m, mode, scalar=scalar) for m, scalar in zip(messages, scalars, strict=True)]
    assert [one.element for one in blinded] == parts(vector["BlindedElement"])
    evaluated = oprf.evaluate(key, [one.element for one in blinded])
    assert evaluated == parts(vector["EvaluationElement"])
    outputs = [oprf.finalize(m, b, e) for m, b, e in zip(messages, blinded, evaluated, strict=True)]
    assert outputs == parts(vector["Output"])


@pytest.mark.parametrize("vector", VECTORS[1]["vectors"], ids=["first", "second", "batch"])
def test_every_published_proof_is_reproduced_and_holds(vector: dict[str, Any]) -> None:
    key = bytes.fromhex(VECTORS[1]["skSm"])
    blinded, evaluated = parts(vector["BlindedElement"]), parts(vector["EvaluationElement"])
    proof = dleq.prove(key, blinded, evaluated, nonce=bytes.fromhex(vector["Proof"]["r"]))
    assert proof.hex() == vector["Proof"]["proof"]
    dleq.verify(bytes.fromhex(VECTORS[1]["pkSm"]), blinded, evaluated, proof=proof)


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(min_size=1, max_size=200))
@settings(max_examples=30, deadline=None)
def test_another_implementation_gives_the_same_key_and_the_same_output(seed: bytes, message: bytes) -> None:
    other, key = ristretto.Evaluator.from_seed(seed, b"corridor"), oprf.derive_key(seed, b"corridor")
    assert other.public_key.serialize() == oprf.public_key(key)
    blinded = oprf.blind(message)
    mine = oprf.finalize(message, blinded, oprf.evaluate(key, [blinded.element])[0])
    assert other.evaluate_known_input(message) == mine


def test_another_implementation_accepts_our_answers_and_we_accept_its() -> None:
    seed = secrets.token_bytes(32)
    other, key = ristretto.Evaluator(seed), oprf.derive_key(seed, b"")
    client, asked = ristretto.Client.blind(b"someone")
    blinded = asked.serialize()
    evaluated = oprf.evaluate(key, [blinded])
    proof = dleq.prove(key, [blinded], evaluated)
    answer = ristretto.VerifiableOutput.deserialize(proof + evaluated[0])
    assert client.finalize(answer, other.public_key) == other.evaluate_known_input(b"someone")
    mine = oprf.blind(b"someone")
    theirs = other.evaluate(ristretto.BlindedInput.deserialize(mine.element)).serialize()
    dleq.verify(oprf.public_key(key), [mine.element], [theirs[64:]], proof=theirs[:64])
    assert oprf.finalize(b"someone", mine, theirs[64:]) == other.evaluate_known_input(b"someone")


@given(message=st.binary(max_size=300))
@settings(max_examples=25, deadline=None)
def test_the_output_does_not_depend_on_the_blind_and_the_element_does(message: bytes) -> None:
    key = oprf.derive_key(bytes(32), b"test")
    first, second = oprf.blind(message), oprf.blind(message)
    assert first.element != second.element
    answers = oprf.evaluate(key, [first.element, second.element])
    assert oprf.finalize(message, first, answers[0]) == oprf.finalize(message, second, answers[1])


BAD_ELEMENTS = [bytes(32), b"", b"\xff" * 32, b"\x01" + bytes(31), bytes(31), bytes(33), "text" * 8, None]


@pytest.mark.parametrize("element", BAD_ELEMENTS)
def test_the_identity_and_malformed_elements_are_refused_everywhere(element: Any) -> None:
    key = oprf.derive_key(bytes(32), b"test")
    good = oprf.blind(b"x")
    answer = oprf.evaluate(key, [good.element])
    proof = dleq.prove(key, [good.element], answer)
    with pytest.raises(InvalidError):
        oprf.evaluate(key, [good.element, element])
    with pytest.raises(InvalidError):
        oprf.finalize(b"x", good, element)
    for public, asked, answered in [
        (element, good.element, answer[0]),
        (oprf.public_key(key), element, answer[0]),
        (oprf.public_key(key), good.element, element),
    ]:
        with pytest.raises(InvalidError):
            dleq.verify(public, [asked], [answered], proof=proof)


@given(bit=st.integers(0, 511))
@settings(deadline=None)
def test_a_proof_with_any_bit_turned_does_not_hold(bit: int) -> None:
    key = oprf.derive_key(bytes(32), b"test")
    asked = [oprf.blind(b"x").element]
    answered = oprf.evaluate(key, asked)
    proof = bytearray(dleq.prove(key, asked, answered))
    proof[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidError):
        dleq.verify(oprf.public_key(key), asked, answered, proof=bytes(proof))


@pytest.mark.parametrize("wrong", range(3))
def test_one_wrong_answer_in_a_batch_or_a_changed_order_is_noticed(wrong: int) -> None:
    key, other = oprf.derive_key(bytes(32), b"a"), oprf.derive_key(bytes(32), b"b")
    asked = [oprf.blind(bytes((n,))).element for n in range(3)]
    answered = oprf.evaluate(key, asked)
    proof = dleq.prove(key, asked, answered)
    for altered in (
        [*answered[:wrong], oprf.evaluate(other, asked)[wrong], *answered[wrong + 1 :]],
        [*answered[1:], answered[0]],
    ):
        with pytest.raises(InvalidError):
            dleq.verify(oprf.public_key(key), asked, altered, proof=proof)


@pytest.mark.parametrize("proof", [b"", bytes(64), bytes(63), b"\xff" * 64, None, "x" * 64])
def test_a_malformed_proof_is_refused(proof: Any) -> None:
    key = oprf.derive_key(bytes(32), b"test")
    asked = [oprf.blind(b"x").element]
    with pytest.raises(InvalidError):
        dleq.verify(oprf.public_key(key), asked, oprf.evaluate(key, asked), proof=proof)


def test_empty_and_uneven_batches_are_refused() -> None:
    key = oprf.derive_key(bytes(32), b"test")
    asked = [oprf.blind(b"x").element]
    answered = oprf.evaluate(key, asked)
    with pytest.raises(InvalidError):
        oprf.evaluate(key, [])
    with pytest.raises(InvalidError):
        dleq.prove(key, asked, [])
    with pytest.raises(InvalidError):
        dleq.verify(oprf.public_key(key), asked, answered * 2, proof=dleq.prove(key, asked, answered))


@pytest.mark.parametrize("scalar", [ORDER, ORDER + 1, 2**256 - 1, 0])
def test_only_canonical_scalars_other_than_zero_are_taken(scalar: int) -> None:
    with pytest.raises(InvalidError):
        check_scalar(scalar.to_bytes(32, "little"))
    assert check_scalar(scalar_of(ORDER - 1))


def test_inputs_and_seeds_of_the_wrong_size_are_refused() -> None:
    with pytest.raises(InvalidError):
        oprf.blind(bytes(65_536))
    with pytest.raises(InvalidError):
        oprf.derive_key(bytes(31), b"test")
    with pytest.raises(InvalidError):
        oprf.public_key(bytes(32))
