"""After a clock that was ahead: which entries bear a time that has not come, and putting on record that they do.

Charging goes on then. No budget is opened twice by it, whichever clock was right: see `engine.disclosure.years`.
"""

import contextlib
import datetime
import itertools
import json
from dataclasses import dataclass
from pathlib import Path

from engine.disclosure.audit.findings import Kind
from engine.disclosure.audit.log import LATE, ahead_of, utc_now
from engine.disclosure.audit.reading import LogEntry, open_log, short_entry, verify_log
from engine.disclosure.ledger import Ledger
from engine.disclosure.operator import Operator
from engine.disclosure.years import KOREA
from schemas.errors import DataProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The entries that bear a time that has not come: how many, the first of them in short, and the newest of their
    times. `today` is the day that the clock says it is in Korea. While `is_blocking` nothing is charged."""

    today: datetime.date
    number: int
    newest: str | None
    is_blocking: bool
    entries: tuple[LogEntry, ...]


def entries_ahead(state: Path, *, limit: int, now: str | None = None) -> Ahead:
    """The entries of a state folder's log that are ahead of the clock and not on record; at most `limit` are listed."""
    told = now or utc_now()
    with open_log(state) as database:
        rows = ahead_of(database, told)
    time = datetime.datetime.fromisoformat(told)
    newest = max((str(json.loads(text)["time"]) for _, text in rows), default=None)
    return Ahead(
        today=time.astimezone(KOREA).date(),
        number=len(rows),
        newest=newest,
        is_blocking=newest is not None and datetime.datetime.fromisoformat(newest) - LATE > time,
        entries=tuple(short_entry(number, text) for number, text in itertools.islice(rows, limit)),
    )


def record_clock(state: Path, today: datetime.date, operator: Operator) -> int:
    """Put on record that the clock was ahead; gives of how many entries. Servers may go on answering, and charge again.

    Raises `DataProblem`, with nothing written, when the clock does not say that it is `today` in Korea, when nothing is
    ahead of it, or when anything else is wrong with the log.
    """
    findings = verify_log(state).findings
    wrong = next((each for each in findings if each.kind is not Kind.CLOCK), None)
    if wrong is not None:
        raise DataProblem("audit-broken", wrong.message)
    with contextlib.closing(Ledger(state)) as ledger:
        ahead = ledger.record_clock(operator.entry("clock", ""), today)
    if not ahead:
        raise DataProblem("clock-none-ahead", "no entry of the log is ahead of the clock: there is nothing to record")
    return ahead
