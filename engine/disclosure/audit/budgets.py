"""Balances, charges and answers recomputed from the log, and compared with those the ledger keeps."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.disclosure.audit.findings import Finding, Kind

Entry = Mapping[str, Any]
"""An entry as it was read back; what is in it is checked by whoever looks."""


class Budgets:
    """Adds up the entries of a log in order."""

    def __init__(self) -> None:
        self._spent: Counter[tuple[str, str, str]] = Counter()
        self._seen: set[tuple[str, str, str]] = set()
        self._answered: set[str] = set()

    def add(self, entry: Entry) -> None:
        """Take an entry into account."""
        charged: Mapping[str, int] = entry.get("charged", {})
        for kind, amount in charged.items():
            self._spent[kind, entry[kind], entry["period"]] += amount
        if entry["outcome"] == "answered":
            self._answered.update(entry["qids"])
            self._seen.update((kind, entry[kind], qid) for kind in charged for qid in entry["qids"])

    def findings(self, database: sqlite3.Connection) -> Iterator[Finding]:
        """Where the tables of the ledger say something else than the log."""
        accounts = database.execute("select kind, id, period, spent from account")
        kept = Counter({(kind, id, period): spent for kind, id, period, spent in accounts})
        for account in sorted({*kept, *self._spent}):
            if kept[account] != self._spent[account]:
                yield _balance(account, kept[account], self._spent[account])
        seen = set(database.execute("select kind, id, qid from seen"))
        yield from _differences("accounts marked as having paid for an answer", seen, self._seen)
        answers = {qid for (qid,) in database.execute("select qid from memo")}
        yield from _differences("stored answers", answers, self._answered)


def _balance(account: tuple[str, str, str], kept: int, logged: int) -> Finding:
    kind, id, period = account
    return Finding(
        kind=Kind.BUDGET,
        message=f"{kind} {id} has spent {kept} nano-rho in {period} by the ledger, and {logged} by the log",
    )


def _differences(what: str, kept: Iterable[object], logged: Iterable[object]) -> Iterator[Finding]:
    kept, logged = set(kept), set(logged)
    if kept != logged:
        message = f"{what}: {len(kept - logged)} are in the ledger and not in the log, {len(logged - kept)} the reverse"
        yield Finding(kind=Kind.BUDGET, message=message)
