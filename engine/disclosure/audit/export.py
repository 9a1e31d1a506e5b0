"""One month of the log for those who review it, in a form that can be verified without the log."""

import datetime
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any

from engine.disclosure.audit.entry import GENESIS
from engine.disclosure.audit.findings import LogReport
from engine.disclosure.audit.log import newest_note
from engine.disclosure.years import KOREA
from schemas.errors import DataProblem

_MONTH = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")


def export_month(database: sqlite3.Connection, month: str, report: LogReport) -> Iterator[str]:
    """JSON, one object a line: what the month was, then its entries in order. `month` is written 2026-11.

    `after` of the first line is the hash before the first entry, so that the chain can be followed from there.
    Raises `DataProblem` when it is no month.
    """
    first, end = _bounds(month)
    entries = [
        (int(number), json.loads(text), str(sealed))
        for number, text, sealed in database.execute("select number, entry, hash from audit order by number")
        if first <= datetime.datetime.fromisoformat(json.loads(text)["time"]) < end
    ]
    yield _line(_head(database, month, entries, report))
    for number, entry, sealed in entries:
        yield _line({"number": number, "hash": sealed, "entry": entry})


def _head(
    database: sqlite3.Connection, month: str, entries: list[tuple[int, dict[str, Any], str]], report: LogReport
) -> dict[str, Any]:
    numbers = [number for number, _, _ in entries]
    before = database.execute("select hash from audit where number = ?", (min(numbers, default=0) - 1,)).fetchone()
    said = [entry for _, entry, _ in entries]
    return {
        "month": month,
        "entries": len(entries),
        "first": min(numbers, default=None),
        "last": max(numbers, default=None),
        "after": GENESIS if before is None else str(before[0]),
        "is_whole": not report.findings,
        "findings": [finding.message for finding in report.findings],
        "records": [record.message for record in report.records],
        "checkpoint": newest_note(database),
        "by_tier": _counted(f"{entry['tier']} {entry['outcome']}" for entry in said),
        "by_user": _counted(str(entry["user"]) for entry in said),
        "by_project": _counted(str(entry.get("project", "(none)")) for entry in said),
    }


def _bounds(month: str) -> tuple[datetime.datetime, datetime.datetime]:
    match = _MONTH.fullmatch(month)
    if match is None:
        raise DataProblem("audit-month", "this is no month", expected=["a year and a month, as 2026-11"])
    year, number = int(match[1]), int(match[2])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime.datetime(year, number, 1, tzinfo=KOREA), datetime.datetime(*following, 1, tzinfo=KOREA)


def _counted(words: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
