"""The durable ledger: what each account has learned, every noisy answer, and the log, in one SQLite file.

One transaction charges, stores and logs; an answer leaves only after that transaction is on disk. The people counted
in an answer are charged in a file of their own (`engine.disclosure.persons`), which is on disk before the transaction
ends. The ledger never sees a true count: the gate counts and adds the noise in a callback. A process killed at any
moment leaves the whole transaction or nothing of it, so nobody holds an answer that was not paid.
"""

import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from engine.disclosure.account import Account, Balance, Claim, Preview, Question, Settlement
from engine.disclosure.audit.entry import Entry
from engine.disclosure.audit.log import LOG_TABLES, AuditLog, utc_now
from engine.disclosure.audit.verify import examine
from engine.disclosure.persons import Measure, PersonAxis, PersonLedger
from schemas.errors import DataProblem, InternalError, OverBudget

LEDGER_FILE = "ledger.sqlite"
PERSONS_FOLDER = "persons"
SCHEMA_VERSION = 2
BUSY_SECONDS = 10.0
"""How long to wait for another process's transaction before refusing."""

# Triggers state as law of the file what the code relies on: answers and log are only added, balances only rise.
_SCHEMA = """
create table if not exists version (number integer not null);
insert into version select 2 where not exists (select 1 from version);
create table if not exists account (
    kind text not null, id text not null, period text not null, spent integer not null check (spent >= 0),
    primary key (kind, id, period)) without rowid;
create table if not exists seen (
    kind text not null, id text not null, qid text not null, primary key (kind, id, qid)) without rowid;
create table if not exists memo (qid text primary key, sigma integer not null, noisy text not null) without rowid;
create table if not exists person_ledger (
    release_id text not null, period text not null, generation integer not null,
    primary key (release_id, period)) without rowid;
create trigger if not exists account_rises before update on account
    when new.spent < old.spent begin select raise(abort, 'a balance never moves back'); end;
create trigger if not exists account_stays before delete on account begin select raise(abort, 'accounts stay'); end;
create trigger if not exists seen_stays before delete on seen begin select raise(abort, 'charges stay'); end;
create trigger if not exists memo_stays before delete on memo begin select raise(abort, 'answers stay'); end;
create trigger if not exists memo_fixed before update on memo begin select raise(abort, 'answers stay'); end;
create trigger if not exists person_ledger_rises before update on person_ledger
    when new.generation < old.generation begin select raise(abort, 'generations only rise'); end;
create trigger if not exists person_ledger_stays before delete on person_ledger
    begin select raise(abort, 'generations stay'); end;
"""


class Ledger:
    """An open ledger; several threads share one, and each process opens its own on the same file.

    Every method raises `DataProblem` with code `ledger-unavailable` when the file cannot be read or written, is
    damaged, or stays locked: without a ledger there are no answers.
    """

    def __init__(self, state: Path, *, busy_seconds: float = BUSY_SECONDS, clock: Callable[[], str] = utc_now) -> None:
        self._lock = threading.Lock()
        self._persons = PersonLedger(state / PERSONS_FOLDER)
        with _failing_closed():
            state.mkdir(parents=True, exist_ok=True)
            self._database = _open(state / LEDGER_FILE, busy_seconds)
            _sync(state)
            self._audit = _log_of(self._database, state, clock)

    def close(self) -> None:
        """Sign what the log holds, and close the file."""
        with contextlib.suppress(DataProblem):  # what cannot be signed now is signed by who opens the ledger next
            self.sign_log()
        with self._lock:
            self._database.close()

    def sign_log(self) -> None:
        """Sign a checkpoint over all entries, unless the newest covers them already."""
        with self._transaction():
            self._audit.sign()

    def preview(self, claim: Claim) -> Preview:
        """Which of the claim's questions were never answered, and whether its accounts could pay now.

        Nothing is charged. What it says decides only whether the work of counting is worth starting.
        """
        with self._lock, _failing_closed():
            unanswered = frozenset(q.qid for q in claim.questions if self._noisy(q) is None)
            refused_by = self._first_over(self._due(claim), claim.period)
        return Preview(unanswered=unanswered, is_affordable=refused_by is None)

    def charge_and_release(self, claim: Claim, measure: Measure) -> Settlement:
        """Charge every account that has not seen the answers, and give them: the stored ones, else new ones.

        `measure` is called at most once, inside the transaction, for the query ids that nobody was answered before.
        Raises `OverBudget`, with nothing charged, when a cap would be exceeded; that depends on the accounts alone.
        """
        with self._transaction():
            outcome = self._decide(claim, measure)
        if isinstance(outcome, Account):
            raise _over_budget(outcome)
        return outcome

    def forfeit(self, claim: Claim) -> None:
        """Charge a claim whose counting failed, and give nothing.

        A failure may depend on the data, so it must not be a free answer. An account that cannot pay is left as it is.
        """
        with self._transaction():
            due = self._due(claim)
            payers = due if self._first_over(due, claim.period) is None else ()
            for account in payers:
                self._charge(account, due[account], claim.period)
            charged = {account.kind.value: due[account] for account in payers}
            self._log(claim, {"outcome": "failed", "charged": charged})

    def record(self, claim: Claim, outcome: Entry) -> None:
        """Write an entry for a claim that is not charged, before its answer is computed or anything is done."""
        with self._transaction():
            self._log(claim, outcome)

    def balances(self, accounts: tuple[Account, ...], period: str) -> tuple[Balance, ...]:
        """What each account has spent and may still spend in the period."""
        with self._lock, _failing_closed():
            return self._balances(accounts, period)

    def check_audit(self) -> None:
        """Raise `DataProblem` with the first thing that is wrong with the log, its checkpoints or the balances."""
        with self._lock, _failing_closed():
            findings = examine(self._database, keys=(self._audit.key,)).findings
        if findings:
            raise DataProblem("audit-broken", findings[0].message)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """One writer at a time among all threads and processes; leaving it normally means: it is on disk."""
        with self._lock, _failing_closed():
            self._database.execute("begin immediate")
            try:
                yield
                self._database.execute("commit")
                self._audit.publish()
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("rollback")
                raise

    def _decide(self, claim: Claim, measure: Measure) -> Settlement | Account:
        """The settlement, or the account that cannot pay; either is logged."""
        due = self._due(claim)
        refused_by = self._first_over(due, claim.period)
        if refused_by is not None:
            self._log(claim, {"outcome": "over-budget", "refused_by": refused_by.kind.value})
            return refused_by
        for account, amount in due.items():
            self._charge(account, amount, claim.period)
            self._mark_seen(account, claim.questions)
        return self._settle(claim, self._measured(claim, measure), due)

    def _measured(self, claim: Claim, measure: Measure) -> Mapping[str, tuple[int, ...]]:
        """Noisy counts of what was never answered, once the people counted are durably charged."""
        unanswered = frozenset(question.qid for question in claim.questions if self._noisy(question) is None)
        if not unanswered:
            return {}
        axis = PersonAxis(release_id=claim.release_id, period=claim.period, persons=claim.population)
        balances = self._persons.read(axis, at_least=self._generation(axis))
        noisy = measure(unanswered, balances)
        self._keep_generation(axis, self._persons.write(axis, balances))
        return noisy

    def _generation(self, axis: PersonAxis) -> int:
        """How many changes the file of these people must hold at least."""
        row = self._database.execute(
            "select generation from person_ledger where release_id = ? and period = ?", (axis.release_id, axis.period)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def _keep_generation(self, axis: PersonAxis, generation: int) -> None:
        self._database.execute(
            "insert into person_ledger values (?, ?, ?) "
            "on conflict (release_id, period) do update set generation = excluded.generation",
            (axis.release_id, axis.period, generation),
        )

    def _settle(
        self, claim: Claim, candidates: Mapping[str, tuple[int, ...]], due: Mapping[Account, int]
    ) -> Settlement:
        replayed = [question.qid for question in claim.questions if self._noisy(question) is not None]
        noisy = tuple(self._remember(question, candidates) for question in claim.questions)
        balances = self._balances(claim.accounts, claim.period)
        charged = {account.kind.value: amount for account, amount in due.items()}
        remaining = {balance.kind.value: balance.remaining for balance in balances}
        self._log(claim, {"outcome": "answered", "charged": charged, "remaining": remaining, "replayed": replayed})
        return Settlement(noisy=noisy, charged=max(due.values(), default=0), balances=balances)

    def _due(self, claim: Claim) -> dict[Account, int]:
        """What each account owes: the price of the answers it has not paid for yet."""
        return {
            account: sum(question.cost for question in claim.questions if not self._has_seen(account, question))
            for account in claim.accounts
        }

    def _has_seen(self, account: Account, question: Question) -> bool:
        row = self._database.execute(
            "select 1 from seen where kind = ? and id = ? and qid = ?", (account.kind.value, account.id, question.qid)
        ).fetchone()
        return row is not None

    def _first_over(self, due: Mapping[Account, int], period: str) -> Account | None:
        """The first account whose cap the charge would exceed. What is free is never refused."""
        over = (account for account, cost in due.items() if cost and self._spent(account, period) + cost > account.cap)
        return next(over, None)

    def _charge(self, account: Account, amount: int, period: str) -> None:
        self._database.execute(
            "insert into account values (?, ?, ?, ?) "
            "on conflict (kind, id, period) do update set spent = spent + excluded.spent",
            (account.kind.value, account.id, period, amount),
        )

    def _mark_seen(self, account: Account, questions: tuple[Question, ...]) -> None:
        self._database.executemany(
            "insert or ignore into seen values (?, ?, ?)",
            [(account.kind.value, account.id, question.qid) for question in questions],
        )

    def _remember(self, question: Question, candidates: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
        """The answer everybody gets: the stored one, or the candidate, which is stored by this."""
        stored = self._noisy(question)
        noisy = candidates.get(question.qid) if stored is None else stored
        if noisy is None or len(noisy) != question.cells:
            raise InternalError("ledger-no-candidate", "a new question came to the ledger without its noisy counts")
        if stored is None:
            text = json.dumps(noisy, separators=(",", ":"))
            self._database.execute("insert into memo values (?, ?, ?)", (question.qid, question.sigma, text))
        return noisy

    def _noisy(self, question: Question) -> tuple[int, ...] | None:
        row = self._database.execute("select noisy from memo where qid = ?", (question.qid,)).fetchone()
        return None if row is None else tuple(json.loads(row[0]))

    def _spent(self, account: Account, period: str) -> int:
        row = self._database.execute(
            "select spent from account where kind = ? and id = ? and period = ?",
            (account.kind.value, account.id, period),
        ).fetchone()
        return 0 if row is None else int(row[0])

    def _balances(self, accounts: tuple[Account, ...], period: str) -> tuple[Balance, ...]:
        return tuple(
            Balance(kind=account.kind, spent=self._spent(account, period), cap=account.cap) for account in accounts
        )

    def _log(self, claim: Claim, outcome: Entry) -> None:
        self._audit.append({**claim.entry(), **outcome}, claim.document)


def _open(file: Path, busy_seconds: float) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are opened and closed by this module and by nothing else."""
    file.touch(mode=0o600)
    database = sqlite3.connect(file, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        _prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _log_of(database: sqlite3.Connection, state: Path, clock: Callable[[], str]) -> AuditLog:
    try:
        return AuditLog(database, state, clock=clock)
    except BaseException:
        database.close()
        raise


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("pragma journal_mode = wal")
    # FULL syncs the write-ahead log at every commit: a charge survives a power cut, not only a crash.
    database.execute("pragma synchronous = full")
    database.execute("begin immediate")
    for statement in _statements(_SCHEMA + LOG_TABLES):
        database.execute(statement)
    database.execute("commit")
    (number,) = database.execute("select number from version").fetchone()
    if number != SCHEMA_VERSION:
        raise DataProblem("ledger-schema", f"the ledger has schema {number}; this version reads {SCHEMA_VERSION}")
    (health,) = database.execute("pragma quick_check(1)").fetchone()
    if health != "ok":
        raise sqlite3.DatabaseError(health)


def _sync(folder: Path) -> None:
    """Make the folder's own entry for a new ledger durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit between them."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def _failing_closed() -> Iterator[None]:
    """Whatever SQLite or the disk says, the caller learns only that there is no answer now."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError) as error:
        raise DataProblem(
            "ledger-unavailable",
            "the privacy ledger cannot be read or written, so nothing can be answered",
            hint="try again later; the operator finds the cause in the ledger's state folder",
        ) from error


def _over_budget(account: Account) -> OverBudget:
    return OverBudget(
        "budget-exhausted",
        f"this answer costs more than the {account.kind.value} has left in this period",
        hint="a coarser precision costs less, and a question already answered costs nothing",
    )
