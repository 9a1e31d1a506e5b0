"""The durable ledger: what each account has learned, every noisy answer, and the log, in one SQLite file.

One transaction charges, stores and logs; an answer leaves only after that transaction is on disk. The people counted
in an answer are charged in a file of their own (`engine.disclosure.persons`), which is on disk before the transaction
ends. The ledger never sees a true count: the gate counts and adds the noise in a callback. A process killed at any
moment leaves the whole transaction or nothing of it, so nobody holds an answer that was not paid.
"""

import contextlib
import datetime
import json
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine.disclosure.account import Account, AccountKind, Balance, Claim, Preview, Question, Settlement
from engine.disclosure.audit.entry import Entry
from engine.disclosure.audit.log import AuditLog, log_size, newest_time, utc_now
from engine.disclosure.audit.verify import examine
from engine.disclosure.ledger_file import (
    BUSY_SECONDS,
    LEDGER_FILE,
    PERSONS_FOLDER,
    failing_closed,
    hold,
    open_database,
    sync_folder,
)
from engine.disclosure.linked import accounts_of_person, new_links, remember_links
from engine.disclosure.persons import Measure, PersonAxis, PersonBalances, PersonLedger
from engine.disclosure.worst_case import (
    Answered,
    all_spent,
    answered_by_axis,
    as_surely_charged,
    generation_of,
    keep_generation,
    worst_case,
)
from engine.disclosure.years import KOREA, booked_in, counting_for
from schemas.errors import DataProblem, InternalError, OverBudget, located


class Ledger:
    """An open ledger; several threads share one, and each process opens its own on the same file.

    Every method raises `DataProblem` with code `ledger-unavailable` when the file cannot be read or written, is
    damaged, or stays locked: without a ledger there are no answers.
    """

    def __init__(self, state: Path, *, busy_seconds: float = BUSY_SECONDS, clock: Callable[[], str] = utc_now) -> None:
        self._lock = threading.Lock()
        self._state = state
        self._persons = PersonLedger(state / PERSONS_FOLDER)
        with located(state), failing_closed(state), contextlib.ExitStack() as opened:
            state.mkdir(parents=True, exist_ok=True)
            self._held: int | None = hold(state)
            opened.callback(os.close, self._held)
            self._database = open_database(state / LEDGER_FILE, busy_seconds)
            opened.callback(self._database.close)
            sync_folder(state)
            self._audit = AuditLog(self._database, state, clock=clock)
            charged_at = self._persons.newest_entries()  # read before the log, which others may be adding to
            self._check_covers(charged_at)
            opened.pop_all()

    def close(self) -> None:
        """Sign what the log holds, and close the file."""
        try:
            with contextlib.suppress(DataProblem):  # what cannot be signed now is signed by who opens the ledger next
                self.sign_log()
        finally:
            with self._lock:
                self._database.close()
                held, self._held = self._held, None
                if held is not None:
                    os.close(held)

    def sign_log(self) -> None:
        """Sign a checkpoint over all entries, unless the newest covers them already."""
        with self._transaction():
            self._audit.sign()

    def prepare(self, axis: PersonAxis) -> None:
        """Make the file of these people where there is none yet, and read it, so that the next answer need not."""
        with self._transaction():
            booked = replace(axis, period=self._booked(axis.period))
            self._persons.read(booked, at_least=generation_of(self._database, booked))

    def preview(self, claim: Claim) -> Preview:
        """Which of the claim's questions were never answered, and whether its accounts could pay now.

        Nothing is charged. What it says decides only whether the work of counting is worth starting. Raises as
        `charge_and_release` when the clock was set back.
        """
        with self._lock, failing_closed(self._state):
            unanswered = frozenset(q.qid for q in claim.questions if self._noisy(q) is None)
            refused_by = self._first_over(self._payable(claim), claim.period)
        return Preview(unanswered=unanswered, is_affordable=refused_by is None)

    def charge_and_release(self, claim: Claim, measure: Measure) -> Settlement:
        """Charge every account that has not seen the answers, and give them: the stored ones, else new ones.

        `measure` is called at most once, inside the transaction, for the query ids that nobody was answered before.
        Raises `OverBudget`, with nothing charged, when a cap would be exceeded; that depends on the accounts alone.
        Raises `DataProblem` with code `clock-behind` when something is to be charged and the clock was set back.
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
            linked = self._link(claim)
            due = self._due(claim)
            payers = due if self._first_over(due, claim.period) is None else ()
            for account in payers:
                self._charge(account, due[account], claim.period)
            charged = {account.kind.value: due[account] for account in payers}
            self._log(claim, {"outcome": "failed", "charged": charged, **linked})

    def record(self, claim: Claim, outcome: Entry) -> None:
        """Write an entry for a claim that is not charged, before its answer is computed or anything is done."""
        with self._transaction():
            self._log(claim, outcome)

    def balances(self, accounts: tuple[Account, ...], period: str) -> tuple[Balance, ...]:
        """What each account has spent and may still spend in the period."""
        with self._lock, failing_closed(self._state):
            return self._balances(accounts, period)

    def check_audit(self) -> None:
        """Raise `DataProblem` with the first thing that is wrong with the log, its checkpoints or the balances."""
        with self._lock, failing_closed(self._state):
            findings = examine(self._database, keys=(self._audit.key,)).findings
        if findings:
            raise DataProblem("audit-broken", findings[0].message)

    def rebuild_persons(self, entry: Entry) -> tuple[PersonAxis, ...]:
        """Make every file of people anew that is missing, damaged or older than the answers; gives whose they are.

        Everybody is charged what the log allows for and no file that is left knows. `entry` is logged for each.
        """
        with self._transaction():
            lost = {axis: found for axis, found in answered_by_axis(self._database).items() if self._is_lost(axis)}
            for axis, answered in lost.items():
                self._rebuild(axis, answered)
                self._audit.append({**entry, "release_id": axis.release_id, "period": axis.period})
        return tuple(lost)

    def record_clock(self, entry: Entry, today: datetime.date) -> int:
        """Record that the clock was ahead when entries of the log were written, after which it is judged by the entries
        that follow; gives how many they are, and writes nothing when there are none.

        Raises `DataProblem` when the clock does not say that it is `today` in Korea.
        """
        with self._transaction():
            now = datetime.datetime.fromisoformat(self._audit.now()).astimezone(KOREA)
            if now.date() != today:
                raise DataProblem(
                    "clock-day",
                    f"the machine's clock says that it is {now:%Y-%m-%d} in Korea, and {today:%Y-%m-%d} was given",
                    hint="look at another clock: set this one, or give the right day",
                )
            return self._audit.record_clock(entry)

    def _is_lost(self, axis: PersonAxis) -> bool:
        newest = self._persons.newest(axis)
        return newest is None or newest.generation < generation_of(self._database, axis)

    def _rebuild(self, axis: PersonAxis, answered: Sequence[Answered]) -> None:
        newest, reached = self._persons.newest(axis), generation_of(self._database, axis)
        left = [] if newest is None else [as_surely_charged(newest, answered, later=reached - newest.generation)]
        raised = worst_case(axis, left, answered)
        if self._is_closed(axis.period):
            raised = all_spent(raised)
        generation = max(raised.generation, reached)
        self._keep_generation(axis, self._persons.replace(axis, replace(raised, generation=generation)))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """One writer at a time among all threads and processes; leaving it normally means: it is on disk."""
        with self._lock, failing_closed(self._state):
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
        linked = self._link(claim)
        due = self._payable(claim)
        refused_by = self._first_over(due, claim.period)
        if refused_by is not None:
            self._log(claim, {"outcome": "over-budget", "refused_by": refused_by.kind.value, **linked})
            return refused_by
        for account, amount in due.items():
            self._charge(account, amount, claim.period)
            self._mark_seen(account, claim.questions)
        return self._settle(claim, self._measured(claim, measure), due, linked)

    def _measured(self, claim: Claim, measure: Measure) -> Mapping[str, tuple[int, ...]]:
        """Noisy counts of what was never answered, once the people counted are durably charged."""
        unanswered = frozenset(question.qid for question in claim.questions if self._noisy(question) is None)
        if not unanswered:
            return {}
        period = self._booked(claim.period)
        axis = PersonAxis(release_id=claim.release_id, period=period, persons=claim.population)
        booked = self._read_people(axis)
        others = [self._read_people(other) for other in self._counting_too(axis, claim.period)]
        shown = booked.with_others(others)
        noisy = measure(unanswered, shown)
        charged = booked.charged_as(shown, others)
        self._keep_generation(axis, self._persons.write(axis, charged, entries=log_size(self._database)))
        return noisy

    def _read_people(self, axis: PersonAxis) -> PersonBalances:
        balances = self._persons.read(axis, at_least=generation_of(self._database, axis))
        self._check_covers(balances.entries)
        return balances

    def _counting_too(self, axis: PersonAxis, period: str) -> list[PersonAxis]:
        """The same people in other periods whose charges count for this one, as there are after a clock was ahead."""
        rows = self._database.execute(
            "select period from person_ledger where release_id = ? and period between ? and ? and period <> ?",
            (axis.release_id, *counting_for(period), axis.period),
        )
        return [replace(axis, period=str(other)) for (other,) in rows]

    def _booked(self, period: str) -> str:
        """The period that charges of this one are booked in."""
        return booked_in(period, newest_time(self._database))

    def _check_covers(self, charged_at: int) -> None:
        """People were charged when the log had so many entries: one that has fewer is of an older copy."""
        size = log_size(self._database)
        if charged_at > size:
            raise DataProblem(
                "ledger-older",
                f"the ledger's log has {size} entries, and people were charged when it had {charged_at}",
                hint="restore the newest copy with `kohort ledger restore`",
            )

    def _keep_generation(self, axis: PersonAxis, generation: int) -> None:
        keep_generation(self._database, axis, generation)

    def _settle(
        self, claim: Claim, candidates: Mapping[str, tuple[int, ...]], due: Mapping[Account, int], linked: Entry
    ) -> Settlement:
        replayed = [question.qid for question in claim.questions if self._noisy(question) is not None]
        noisy = tuple(self._remember(question, candidates) for question in claim.questions)
        balances = self._balances(claim.accounts, claim.period)
        charged = {account.kind.value: amount for account, amount in due.items()}
        remaining = {balance.kind.value: balance.remaining for balance in balances}
        outcome = {"outcome": "answered", "charged": charged, "remaining": remaining, "replayed": replayed}
        self._log(claim, {**outcome, **linked})
        return Settlement(noisy=noisy, charged=max(due.values(), default=0), balances=balances)

    def _link(self, claim: Claim) -> Entry:
        """Remember that accounts are one person's, before anything is charged; gives what the log is to say of it."""
        links = new_links(self._database, claim.accounts)
        remember_links(self._database, links)
        return {"links": [list(link) for link in links]} if links else {}

    def _due(self, claim: Claim) -> dict[Account, int]:
        """What each account owes: the price of the answers it has not paid for yet."""
        return {account: self._owed(account, claim.questions) for account in claim.accounts}

    def _owed(self, account: Account, questions: Sequence[Question]) -> int:
        theirs = accounts_of_person(self._database, account)
        return sum(question.cost for question in questions if not self._have_seen(account.kind, theirs, question))

    def _payable(self, claim: Claim) -> dict[Account, int]:
        """What each account owes, and may be charged for now: raises `DataProblem` when today is in doubt."""
        due = self._due(claim)
        if any(due.values()):
            self._audit.check_clock()
        return due

    def _have_seen(self, kind: AccountKind, ids: Collection[str], question: Question) -> bool:
        query = "select 1 from seen where kind = ? and id = ? and qid = ?"
        return any(self._database.execute(query, (kind.value, id, question.qid)).fetchone() is not None for id in ids)

    def _first_over(self, due: Mapping[Account, int], period: str) -> Account | None:
        """The first account whose cap the charge would exceed. What is free is never refused."""
        over = (account for account, cost in due.items() if cost and self._spent(account, period) + cost > account.cap)
        return next(over, None)

    def _is_closed(self, period: str) -> bool:
        """Whether an older copy was restored in the period, so that nobody knows what was spent: it counts as all."""
        query = "select 1 from closed where period between ? and ?"
        return self._database.execute(query, counting_for(period)).fetchone() is not None

    def _charge(self, account: Account, amount: int, period: str) -> None:
        self._database.execute(
            "insert into account values (?, ?, ?, ?) "
            "on conflict (kind, id, period) do update set spent = spent + excluded.spent",
            (account.kind.value, account.id, self._booked(period), amount),
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
        """What the account's holder has spent; all it may, at least, where the period is closed."""
        kept = sum(self._kept(account.kind, id, period) for id in accounts_of_person(self._database, account))
        return max(kept, account.cap) if self._is_closed(period) else kept

    def _kept(self, kind: AccountKind, id: str, period: str) -> int:
        (kept,) = self._database.execute(
            "select coalesce(sum(spent), 0) from account where kind = ? and id = ? and period between ? and ?",
            (kind.value, id, *counting_for(period)),
        ).fetchone()
        return int(kept)

    def _balances(self, accounts: tuple[Account, ...], period: str) -> tuple[Balance, ...]:
        return tuple(
            Balance(kind=account.kind, spent=self._spent(account, period), cap=account.cap) for account in accounts
        )

    def _log(self, claim: Claim, outcome: Entry) -> None:
        entry = {**claim.entry(), "period": self._booked(claim.period), **outcome}
        self._audit.append(entry, claim.document)


def _over_budget(account: Account) -> OverBudget:
    return OverBudget(
        "budget-exhausted",
        f"this answer costs more than the {account.kind.value} has left in this period",
        hint="a coarser precision costs less, and a question already answered costs nothing",
    )
