"""Balances, charges and answers recomputed from the log, and compared with those the ledger keeps."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from typing import Any

from engine.disclosure.audit.findings import Finding, Kind
from engine.disclosure.linked import Link, links_of, stored_links

Entry = Mapping[str, Any]
"""An entry as it was read back; what is in it is checked by whoever looks."""

Mark = tuple[str, str, str]
"""That an account paid for an answer: kind and id of the account, and the query id."""


class Balances:
    """What the entries of a log charged each account, which they linked, and which periods they closed."""

    def __init__(self) -> None:
        self._linked: set[Link] = set()
        self._spent: Counter[tuple[str, str, str]] = Counter()
        self._closed: set[str] = set()

    def add(self, entry: Entry) -> None:
        """Take an entry into account."""
        charged: Mapping[str, int] = entry.get("charged", {})
        for kind, amount in charged.items():
            self._spent[kind, str(entry[kind]), str(entry["period"])] += int(amount)
        self._linked.update(links_of(entry))
        if entry["outcome"] == "restored":
            self._closed.update(map(str, entry["closed"]))

    def findings(self, database: sqlite3.Connection) -> Iterator[Finding]:
        """Where the accounts and periods of the ledger say something else than the log."""
        accounts = database.execute("select kind, id, period, spent from account")
        kept = Counter({(kind, id, period): spent for kind, id, period, spent in accounts})
        for account in sorted({*kept, *self._spent}):
            if kept[account] != self._spent[account]:
                yield _balance(account, kept[account], self._spent[account])
        closed = {period for (period,) in database.execute("select period from closed")}
        yield from _differences("closed periods", closed, self._closed)
        yield from _differences("links between accounts of one person", stored_links(database), self._linked)


class Answers:
    """Which answers the entries of a log gave, and who paid for them. Holds each of them."""

    def __init__(self) -> None:
        self._entries = 0
        self._seen: set[Mark] = set()
        self._answered: dict[str, int] = {}

    def add(self, entry: Entry) -> None:
        """Take an entry into account."""
        self._entries += 1
        for qid in answered(entry):
            self._answered.setdefault(qid, self._entries)
        self._seen.update(marks(entry))
        if entry["outcome"] == "restored":
            self._forget(int(entry["copy"]))

    def _forget(self, copied: int) -> None:
        """An older copy was restored: what was answered after its last entry is charged, and not known any more."""
        self._answered = {qid: number for qid, number in self._answered.items() if number <= copied}
        self._seen = {mark for mark in self._seen if mark[2] in self._answered}

    def findings(self, database: sqlite3.Connection) -> Iterator[Finding]:
        """Where the ledger keeps other answers or marks than the log tells of."""
        seen = set(database.execute("select kind, id, qid from seen"))
        yield from _differences("accounts marked as having paid for an answer", seen, self._seen)
        kept = {qid for (qid,) in database.execute("select qid from memo")}
        yield from _differences("stored answers", kept, self._answered.keys())


class NewAnswers:
    """Answers that came after a log was examined: whether the ledger keeps each, and as many of all as it should.

    Holds only what came since. Of one row put in the place of another it does not tell.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._begin(_rows(database))

    def _begin(self, rows: tuple[int, int]) -> None:
        self._rows = rows
        self._seen: set[Mark] = set()
        self._answered: set[str] = set()
        self._first_answered: set[str] = set()
        self._paid = 0

    def add(self, entry: Entry) -> None:
        """Take an entry into account."""
        self._answered.update(answered(entry))
        self._seen.update(marks(entry))
        if answered(entry):
            self._first_answered.update(set(answered(entry)).difference(entry["replayed"]))
            self._paid += sum(int(amount) > 0 for amount in entry["charged"].values())

    def findings(self, database: sqlite3.Connection) -> Iterator[Finding]:
        """Where the ledger keeps other answers or marks than the new entries tell of."""
        found, rows = [*self._lacking(database)], _rows(database)
        # Who paid anything is marked for one answer at least; for how many of several the log does not say.
        new = ((self._paid, len(self._seen)), (len(self._first_answered), len(self._answered)))
        names = ("accounts marked as having paid for an answer", "stored answers")
        for name, before, now, (least, most) in zip(names, self._rows, rows, new, strict=True):
            if not before + least <= now <= before + most:
                message = f"{name}: there were {before}, and are {now} where {least} to {most} were added"
                found.append(Finding(kind=Kind.BUDGET, message=message))
        if not found:
            self._begin(rows)
        return iter(found)

    def _lacking(self, database: sqlite3.Connection) -> Iterator[Finding]:
        query = "select 1 from seen where kind = ? and id = ? and qid = ?"
        unmarked = sum(database.execute(query, mark).fetchone() is None for mark in self._seen)
        if unmarked:
            message = f"{unmarked} accounts that paid for a new answer are not marked as having paid"
            yield Finding(kind=Kind.BUDGET, message=message)
        query = "select 1 from memo where qid = ?"
        unstored = sum(database.execute(query, (qid,)).fetchone() is None for qid in self._answered)
        if unstored:
            yield Finding(kind=Kind.BUDGET, message=f"{unstored} new answers are not stored")


def answered(entry: Entry) -> tuple[str, ...]:
    """The query ids that an entry answered."""
    return tuple(map(str, entry["qids"])) if entry["outcome"] == "answered" else ()


def marks(entry: Entry) -> Iterator[Mark]:
    """Which accounts an entry says to have paid for which answers."""
    return ((kind, str(entry[kind]), qid) for kind in entry.get("charged", {}) for qid in answered(entry))


def _rows(database: sqlite3.Connection) -> tuple[int, int]:
    """How many marks and stored answers the ledger keeps."""
    ((seen, memo),) = database.execute("select (select count(*) from seen), (select count(*) from memo)")
    return int(seen), int(memo)


def _balance(account: tuple[str, str, str], kept: int, logged: int) -> Finding:
    kind, id, period = account
    return Finding(
        kind=Kind.BUDGET,
        message=f"{kind} {id} has spent {kept} nano-rho in {period} by the ledger, and {logged} by the log",
    )


def _differences(what: str, kept: Set[object], logged: Set[object]) -> Iterator[Finding]:
    if kept != logged:
        message = f"{what}: {len(kept - logged)} are in the ledger and not in the log, {len(logged - kept)} the reverse"
        yield Finding(kind=Kind.BUDGET, message=message)
