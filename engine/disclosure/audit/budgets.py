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
        self._entries = 0
        self._spent: Counter[tuple[str, str, str]] = Counter()
        self._seen: set[tuple[str, str, str]] = set()
        self._answered: dict[str, int] = {}
        self._closed: set[str] = set()

    def add(self, entry: Entry) -> None:
        """Take an entry into account."""
        self._entries += 1
        charged: Mapping[str, int] = entry.get("charged", {})
        for kind, amount in charged.items():
            self._spent[kind, entry[kind], entry["period"]] += amount
        if entry["outcome"] == "answered":
            for qid in entry["qids"]:
                self._answered.setdefault(qid, self._entries)
            self._seen.update((kind, entry[kind], qid) for kind in charged for qid in entry["qids"])
        if entry["outcome"] == "restored":
            self._forget(entry["copy"])
            self._closed.update(entry["closed"])

    def _forget(self, copied: int) -> None:
        """An older copy was restored: what was answered after its last entry is charged, and not known any more."""
        self._answered = {qid: number for qid, number in self._answered.items() if number <= copied}
        self._seen = {mark for mark in self._seen if mark[2] in self._answered}

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
        closed = {period for (period,) in database.execute("select period from closed")}
        yield from _differences("closed periods", closed, self._closed)


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
