from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.trace import Trace, new_trace, trace_of

HEX_32, HEX_16 = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_trace_is_read_back_from_what_it_writes() -> None:
    trace = new_trace()
    assert trace_of(str(trace)) == trace


@pytest.mark.parametrize("flags", ["00", "01", "ff"])
def test_a_header_of_another_party_is_kept(flags: str) -> None:
    assert trace_of(f"00-{HEX_32}-{HEX_16}-{flags}") == Trace(HEX_32, HEX_16)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        f"00-{HEX_32}-{HEX_16}",
        f"00-{'0' * 32}-{HEX_16}-01",
        f"00-{HEX_32}-{'0' * 16}-01",
        f"01-{HEX_32}-{HEX_16}-01",
        f"00-{HEX_32.upper()}-{HEX_16}-01",
        f"00-{HEX_32[:-1]}-{HEX_16}-01",
        f"00-{HEX_32}-{HEX_16}-01\r\nx: y",
    ],
)
def test_what_is_no_trace_begins_a_new_one(header: str | None) -> None:
    trace = trace_of(header)
    assert len(trace.trace_id) == 32
    assert trace.trace_id != HEX_32


@given(st.text(max_size=80))
def test_whatever_is_sent_the_written_form_is_well_formed(header: str) -> None:
    trace = trace_of(header)
    assert trace_of(str(trace)) == trace


def test_a_child_keeps_the_trace_and_has_its_own_span() -> None:
    parent = new_trace()
    children = {parent.child() for _ in range(5)}
    assert {child.trace_id for child in children} == {parent.trace_id}
    assert len({child.span_id for child in children} | {parent.span_id}) == 6
