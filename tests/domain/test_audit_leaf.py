import hashlib
import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from corridor.domain.audit.checkpoint import Checkpoint, log_origin, parse, render
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.audit.leaf import leaf
from corridor.domain.country import Country
from corridor.domain.errors import MalformedError
from corridor.domain.trace import Trace

FACT = AuditFact(
    kind=AuditKind.ANSWER,
    outcome=AuditOutcome.SUCCESS,
    at=datetime(2026, 3, 1, 14, 59, 59, tzinfo=UTC),
    trace=Trace("a" * 32, "b" * 16),
    request_id="req-7",
    agent="c" * 32,
    role="clinician",
    asker=Country("PE"),
    holder=Country("VE"),
    purpose="TREAT",
    patient_ids=("patient-1",),
    resource="Observation/o-1",
)
SALT = bytes(range(32))


def written(fact: AuditFact) -> bytes:
    return leaf(fact, node=Country("VE"), body=b"{}", salt=SALT)


def test_a_leaf_is_canonical_json_and_commits_to_the_body() -> None:
    members = json.loads(written(FACT))
    assert written(FACT) == rfc8785.dumps(members)
    assert members == {
        "commit": hashlib.sha256(SALT + b"{}").hexdigest(),
        "decision": "success",
        "hour": "2026-03-01T14Z",
        "pair": "PE>VE",
        "purpose": "TREAT",
        "type": "ANSWER",
        "v": 1,
        "xid": "a" * 32,
    }


def test_a_leaf_names_nobody() -> None:
    for secret in (b"patient-1", b"o-1", b"cccc", b"req-7", b"59:59"):
        assert secret not in written(FACT)


def test_a_national_event_is_between_the_country_and_itself() -> None:
    assert json.loads(written(replace(FACT, asker=None, holder=None)))["pair"] == "VE>VE"


@given(st.text(max_size=40))
def test_no_text_of_a_caller_reaches_a_leaf(purpose: str) -> None:
    members = json.loads(written(replace(FACT, purpose=purpose)))
    assert members["purpose"] in {"", "other", "TREAT", purpose if purpose.isupper() else ""}
    assert written(replace(FACT, purpose=purpose)) == rfc8785.dumps(members)


def test_a_checkpoint_reads_back_as_it_was_written() -> None:
    checkpoint = Checkpoint(log_origin("corridor.example", "PE"), 42, bytes(range(32)))
    text = render(checkpoint)
    assert text.split("\n")[:2] == ["corridor.example/audit/pe", "42"]
    assert parse(text) == checkpoint
    assert parse(text + "an extension\n") == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n",
        "log\n1\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n1\nAAAA\n",
        "log\n1\n!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n1\né\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse(text)


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_is_one_line(origin: str) -> None:
    with pytest.raises(MalformedError):
        render(Checkpoint(origin, 0, bytes(32)))
