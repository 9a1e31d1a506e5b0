"""What those who watch over a service may know of its ledger: who spent what, and how questions ended.

It is read without changing anything, also while a server writes. No answer, no document and no user is among it.
"""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.disclosure.account import AccountKind
from engine.disclosure.ledger_file import LEDGER_FILE, check_schema
from schemas.errors import DataProblem

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


def read_activity(state: Path, period: str) -> Activity:
    """The activity of a period, as the log and the accounts of a state folder have it; raises `DataProblem`."""
    tiers: dict[str, str] = {}
    last: dict[str, str] = {}
    outcomes: Counter[tuple[str, str]] = Counter()
    with _reading(state) as database:
        rows = database.execute("select entry from audit where entry like ? order by number", (f'%"{period}"%',))
        for (text,) in rows:
            entry = json.loads(text)
            project, tier = str(entry.get("project", "")), str(entry.get("tier", ""))
            if not project or tier in _NOT_A_QUESTION or entry.get("period") != period:
                continue
            tiers[project], last[project] = tier, str(entry["time"])
            outcomes[project, str(entry["outcome"])] += 1
        spent = dict(
            database.execute(
                "select id, spent from account where kind = ? and period = ?", (AccountKind.PROJECT.value, period)
            )
        )
        (entries,) = database.execute("select coalesce(max(number), 0) from audit").fetchone()
    found = [
        ProjectActivity(
            project=project,
            tier=tiers[project],
            spent=int(spent.get(project, 0)),
            answered=outcomes[project, "answered"] + outcomes[project, "exact"],
            refused=outcomes[project, "over-budget"],
            failed=outcomes[project, "failed"],
            last=last[project],
        )
        for project in tiers
    ]
    return Activity(
        period=period,
        projects=tuple(sorted(found, key=lambda each: (-each.spent, each.project))),
        entries=int(entries),
    )


@contextlib.contextmanager
def _reading(state: Path) -> Iterator[sqlite3.Connection]:
    file = state / LEDGER_FILE
    if not file.is_file():
        raise DataProblem("audit-unreadable", "the state folder has no ledger, and so no log")
    try:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.execute("pragma query_only = on")
            check_schema(database)
            yield database
    except (sqlite3.Error, ValueError, KeyError) as error:
        raise DataProblem("audit-unreadable", f"the log cannot be read: {type(error).__name__}") from None
