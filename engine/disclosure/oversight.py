"""What those who watch over a service may know of its ledger: who spent what, and how questions ended.

It is read without changing anything, also while a server writes. No answer, no document and no user is among it.
"""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.disclosure.account import AccountKind
from engine.disclosure.ledger_file import check_schema
from engine.disclosure.ledger_folder import require_ledger
from engine.disclosure.years import counting_for, counts_for
from schemas.errors import DataProblem, located

_NOT_A_QUESTION = ("operator", "")
"""What stands for the tier in entries that nobody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectActivity:
    """A project in one period: the tier it asked in last, what it spent in nano-rho, how many of its questions were
    answered, how many were refused for want of budget or failed, and the time of the last one (ISO 8601, UTC)."""

    project: str
    tier: str
    spent: int
    answered: int
    refused: int
    failed: int
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """All projects of a period, those that spent most first; `entries` is the length of the whole log."""

    period: str
    projects: tuple[ProjectActivity, ...]
    entries: int


class ActivityReader:
    """Reads the activity of a state folder again and again, of the log only what was written since. Not for threads."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._tally = _Tally("")

    def read(self, period: str) -> Activity:
        """The activity of a period, as the log and the accounts have it; raises `DataProblem`."""
        with _reading(self._state) as database:
            database.execute("begin")
            (entries,) = database.execute("select coalesce(max(number), 0) from audit").fetchone()
            if period != self._tally.period or entries < self._tally.read:
                self._tally = _Tally(period)
            self._tally.go_on(database)
            spent = dict(
                database.execute(
                    "select id, sum(spent) from account where kind = ? and period between ? and ? group by id",
                    (AccountKind.PROJECT.value, *counting_for(period)),
                )
            )
        return Activity(period=period, projects=self._tally.projects(spent), entries=int(entries))


class _Tally:
    """How the questions of a period ended, by project, up to the last entry read."""

    def __init__(self, period: str) -> None:
        self.period = period
        self.read = 0
        self._tiers: dict[str, str] = {}
        self._last: dict[str, str] = {}
        self._outcomes: Counter[tuple[str, str]] = Counter()

    def go_on(self, database: sqlite3.Connection) -> None:
        """Take in the entries that follow."""
        rows = database.execute("select number, entry from audit where number > ? order by number", (self.read,))
        for number, text in rows:
            self.read = int(number)
            with contextlib.suppress(
                ValueError, KeyError, AttributeError
            ):  # of such entries the log's examination tells
                self._take_in(json.loads(text))

    def _take_in(self, entry: Mapping[str, Any]) -> None:
        project, tier = str(entry.get("project", "")), str(entry.get("tier", ""))
        if project and tier not in _NOT_A_QUESTION and counts_for(str(entry.get("period")), self.period):
            time, outcome = str(entry["time"]), str(entry["outcome"])
            self._tiers[project], self._last[project] = tier, time
            self._outcomes[project, outcome] += 1

    def projects(self, spent: Mapping[str, int]) -> tuple[ProjectActivity, ...]:
        """The projects, with what each spent."""
        found = (self._project(name, tier, int(spent.get(name, 0))) for name, tier in self._tiers.items())
        return tuple(sorted(found, key=lambda each: (-each.spent, each.project)))

    def _project(self, name: str, tier: str, spent: int) -> ProjectActivity:
        return ProjectActivity(
            project=name,
            tier=tier,
            spent=spent,
            answered=self._outcomes[name, "answered"] + self._outcomes[name, "exact"],
            refused=self._outcomes[name, "over-budget"],
            failed=self._outcomes[name, "failed"],
            last=self._last[name],
        )


@contextlib.contextmanager
def _reading(state: Path) -> Iterator[sqlite3.Connection]:
    file = require_ledger(state, "audit-unreadable")
    try:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.execute("pragma query_only = on")
            with located(file):
                check_schema(database)
            yield database
    except (sqlite3.Error, ValueError, KeyError) as error:
        raise DataProblem("audit-unreadable", f"the log cannot be read: {type(error).__name__}", place=file) from None
