"""What is not in the catalogue cannot reach a stream."""

from __future__ import annotations

import json

import pytest

from corridor.apps.log import emit
from corridor.domain import log
from corridor.domain.log import LogEvent


def catalogue() -> list[LogEvent]:
    """Every event there is."""
    return [each for each in vars(log).values() if isinstance(each, LogEvent)]


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    emit(log.STARTED, role="node", country="PE", port=8080)
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    line = json.loads(err)
    assert line.pop("at").endswith("+00:00")
    assert line == {"event": "started", "level": "INFO", "role": "node", "country": "PE", "port": 8080}


@pytest.mark.parametrize("event", catalogue(), ids=lambda event: event.id)
def test_a_field_that_is_not_listed_is_refused(event: LogEvent, capsys: pytest.CaptureFixture[str]) -> None:
    for field in ("patient", "address", "query", "name", "body", "ip"):
        with pytest.raises(KeyError, match=field):
            emit(event, **{field: "Urdaneta"})
    assert capsys.readouterr().err == ""


def test_no_event_lists_a_field_that_could_name_anyone() -> None:
    listed = {field for event in catalogue() for field in event.fields}
    assert not listed & {
        "patient",
        "name",
        "address",
        "url",
        "path",
        "query",
        "body",
        "ip",
        "message",
        "account",
        "token",
    }
    assert len({event.id for event in catalogue()}) == len(catalogue())
