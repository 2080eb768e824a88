"""The counts that a page shows, as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from corridor.flows.ports.disclosures import DisclosureCount

COLUMNS = ("hour_utc", "reporter", "asker", "holder", "purpose", "decision", "count")


def spreadsheet(counts: Iterable[DisclosureCount]) -> str:
    """CSV as RFC 4180 has it, one line a count, codes as published.

    No cell can be taken for a formula: every text begins with a letter or a digit.
    """
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(COLUMNS)
    for one in counts:
        route = (_plain(one.reporter), _plain(one.asker), _plain(one.holder))
        lines.writerow((one.hour.isoformat(), *route, _plain(one.purpose), _plain(one.decision), one.count))
    return written.getvalue()


def _plain(code: str) -> str:
    """A code, or nothing where a node pushed something that is none."""
    return code if code.isascii() and code.replace("-", "").isalnum() and code[0].isalnum() else ""
