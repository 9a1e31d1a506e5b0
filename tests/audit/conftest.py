"""A ledger with a log of real answers, and ways to tamper with its file as somebody with the disk could."""

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.audit.findings import LogReport
from engine.disclosure.audit.log import CHECKPOINT_FILE
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.gate import calendar_year
from engine.disclosure.ledger import LEDGER_FILE, Ledger

COST = 5_000_000
YEAR = calendar_year()
NOISY = (5,)


def claim(qid: str, **changes: object) -> Claim:
    values = {
        "accounts": (
            Account(kind=AccountKind.PROJECT, id="p", cap=10**12),
            Account(kind=AccountKind.USER, id="u", cap=10**12),
            Account(kind=AccountKind.INSTITUTION, id="i", cap=10**12),
        ),
        "questions": (Question(qid=qid, sigma=10, cost=COST, cells=1),),
        "period": YEAR,
        "action": "count",
        "tier": "controlled",
        "release_id": "r1",
        "policy_version": "1",
        "population": 100,
    }
    return Claim(**(values | changes))


def answer(ledger: Ledger, qid: str) -> None:
    """Ask a question that costs something."""
    ledger.charge_and_release(claim(qid), lambda unanswered, balances: dict.fromkeys(unanswered, NOISY))


@dataclass(frozen=True)
class Log:
    """The log of a state folder."""

    state: Path

    def fill(self, answers: int, *, prefix: str = "q", **settings: object) -> None:
        """Answer so many new questions, and shut down in order."""
        with contextlib.closing(Ledger(self.state, **settings)) as ledger:
            for number in range(answers):
                answer(ledger, f"{prefix}{number}")

    def verify(self, **settings: object) -> LogReport:
        return verify_log(self.state, **settings)

    @property
    def kinds(self) -> list[str]:
        return [finding.kind.value for finding in self.verify().findings]

    @property
    def checkpoint(self) -> str:
        return (self.state / CHECKPOINT_FILE).read_text()

    @contextlib.contextmanager
    def tampering(self) -> Iterator[sqlite3.Connection]:
        """The ledger's file, open to any change: its triggers are law for the service, not for who has the disk."""
        with contextlib.closing(sqlite3.connect(self.state / LEDGER_FILE)) as database:
            for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
                database.execute(f"drop trigger {trigger}")
            yield database
            database.commit()

    def copy(self, to: Path) -> "Log":
        """A backup as SQLite makes it, without the published checkpoint and keys."""
        to.mkdir()
        with (
            contextlib.closing(sqlite3.connect(self.state / LEDGER_FILE)) as source,
            contextlib.closing(sqlite3.connect(to / LEDGER_FILE)) as target,
        ):
            source.backup(target)
        return Log(to)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A log of twelve answers, shut down in order."""
    made = Log(tmp_path / "state")
    made.fill(12)
    assert made.verify().findings == ()
    return made


@pytest.fixture
def clock() -> Callable[..., Callable[[], str]]:
    """A clock that says the times given, and the last one for ever."""

    def saying(*times: str) -> Callable[[], str]:
        said = itertools.chain(times, itertools.repeat(times[-1]))
        return lambda: next(said)

    return saying
