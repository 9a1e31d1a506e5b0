"""Attacks on the moment of the charge: nothing that callers see tells when counting ended, nor which ended first.

A question is charged, logged and stored at a time that its text alone decides. Counting is in the hands of these tests:
it ends when they say, and so does the wait that follows.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.aggregate import RawCells
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.measurement import Evaluate
from engine.disclosure.request import Breakdown
from engine.disclosure.safe import SafeCounts, SafeTable
from schemas.errors import DataProblem, InternalError, OverBudget, TooExpensive
from schemas.policy import Precision
from tests.disclosure.conftest import Asker, histogram
from tests.disclosure.release_crash_worker import cells, open_gate, request

ROOT = Path(__file__).parents[2]
FINE, TABLE = Precision.FINE.cost(1), Precision.FINE.cost(2)
PATIENCE = 60.0
"""Seconds after which a test that waits for another thread has failed."""

SEXES = (("female",), ("male",))


@dataclass
class Stages:
    """A question in steps: its counting ends when it may, and it is settled when it may."""

    may_count: threading.Event = field(default_factory=threading.Event)
    counted: threading.Event = field(default_factory=threading.Event)
    may_settle: threading.Event = field(default_factory=threading.Event)

    def counting(self, evaluate: Evaluate) -> Evaluate:
        """The same, once it may be."""

        def run() -> RawCells:
            assert self.may_count.wait(PATIENCE)
            return evaluate()

        return run

    def settling(self) -> None:
        self.counted.set()
        assert self.may_settle.wait(PATIENCE)

    def count(self) -> None:
        """Let counting end, and wait until it has."""
        self.may_count.set()
        assert self.counted.wait(PATIENCE)


@dataclass
class Asking:
    """Questions under way at one gate, each in a thread of its own."""

    asker: Asker
    threads: ThreadPoolExecutor

    def count(self, query: str, true: int, stages: Stages, **names: str) -> "Future[SafeCounts]":
        asked = replace(self.asker.request(query, **names), settling=stages.settling)
        evaluate = stages.counting(histogram(((),), [true]))
        return self.threads.submit(self.asker.gate.release_count, asked, evaluate)

    def table(self, query: str, cells: list[int], stages: Stages) -> "Future[SafeTable]":
        return self.threads.submit(
            self.asker.gate.release_table,
            replace(self.asker.request(query), settling=stages.settling),
            Breakdown(spec="sex", labels=SEXES),
            evaluate_count=stages.counting(histogram(((),), [sum(cells)])),
            evaluate_table=stages.counting(histogram(SEXES, cells)),
        )

    def seen(self, state: Path) -> tuple[object, ...]:
        """What anybody may see of the ledger: balances, and the length of the log."""
        balances = self.asker.gate.budget(self.asker.request("").principal)
        return balances, verify_log(state).entries


@pytest.fixture
def asking(asker: Asker) -> Iterator[Asking]:
    with ThreadPoolExecutor(4) as threads:
        yield Asking(asker, threads)


def settled(future: "Future[SafeCounts] | Future[SafeTable]", stages: Stages) -> SafeCounts | SafeTable:
    stages.may_settle.set()
    return future.result(PATIENCE)


def test_nothing_is_seen_of_a_question_before_it_is_settled(asking: Asking, tmp_path: Path):
    before, fast, slow = asking.seen(tmp_path), Stages(), Stages()
    first, second = asking.count("fast", 900, fast), asking.count("slow", 9_000, slow)
    assert asking.seen(tmp_path) == before
    fast.count()
    assert asking.seen(tmp_path) == before  # one is counted, the other is not
    slow.count()
    assert asking.seen(tmp_path) == before
    assert [settled(first, fast).receipt.charged, settled(second, slow).receipt.charged] == [FINE, FINE]
    balances, entries = asking.seen(tmp_path)
    assert [balance.spent for balance in balances] == [2 * FINE] * 3
    assert entries == before[1] + 2


@pytest.mark.parametrize("first_counted", ["count", "table"])
@pytest.mark.parametrize("first_settled", ["count", "table"])
def test_who_pays_for_a_shared_count_follows_from_when_they_are_settled(
    asking: Asking, first_counted: str, first_settled: str
):
    stages = {"count": Stages(), "table": Stages()}
    asked = {
        "count": asking.count("q", 700, stages["count"]),
        "table": asking.table("q", [300, 400], stages["table"]),
    }
    for name in sorted(stages, key=lambda name: name != first_counted):
        stages[name].count()
    answers = {name: settled(asked[name], stages[name]) for name in sorted(stages, key=lambda n: n != first_settled)}
    charged = {name: answer.receipt.charged for name, answer in answers.items()}
    prices = {"count": {"count": FINE, "table": TABLE}, "table": {"count": 0, "table": FINE + TABLE}}
    assert charged == prices[first_settled]
    assert answers["count"].count == answers["table"].total  # the noise was drawn once


@pytest.mark.parametrize("first_counted", [0, 1])
def test_the_last_of_a_budget_goes_to_who_is_settled_first(asking: Asking, tmp_path: Path, first_counted: int):
    for number in range(199):
        asking.asker.count(f"spent {number}", 50)
    stages = Stages(), Stages()
    asked = [asking.count(f"last {number}", 500 + number, each) for number, each in enumerate(stages)]
    stages[first_counted].count()
    stages[1 - first_counted].count()
    assert asking.seen(tmp_path)[0][0].remaining == FINE
    assert settled(asked[0], stages[0]).receipt.charged == FINE
    with pytest.raises(OverBudget):
        settled(asked[1], stages[1])
    assert asking.seen(tmp_path)[0][0].remaining == 0


def test_who_cannot_pay_is_told_and_logged_when_the_question_is_settled(asking: Asking, tmp_path: Path):
    for number in range(200):
        asking.asker.count(f"spent {number}", 50)
    before, stages = asking.seen(tmp_path), Stages()
    asked = asking.count("dear", 500, stages)
    assert stages.counted.wait(PATIENCE)  # without having been counted
    assert asking.seen(tmp_path) == before
    with pytest.raises(OverBudget):
        settled(asked, stages)
    assert asking.seen(tmp_path) == (before[0], before[1] + 1)
    assert not stages.may_count.is_set()


def test_a_repeated_question_is_settled_like_a_new_one(asking: Asking, tmp_path: Path):
    asking.asker.count("q", 700)
    before, stages = asking.seen(tmp_path), Stages()
    asked = asking.count("q", 700, stages, project="p2", user="u2")
    assert stages.counted.wait(PATIENCE)
    assert asking.seen(tmp_path) == before
    assert settled(asked, stages).receipt.charged == FINE


@pytest.mark.parametrize(("fault", "told"), [(MemoryError(), MemoryError), (TooExpensive("t", "…"), InternalError)])
def test_a_failure_is_charged_and_told_when_the_question_is_settled(
    asking: Asking, tmp_path: Path, fault: Exception, told: type[Exception]
):
    def fail() -> RawCells:
        raise fault

    before, stages = asking.seen(tmp_path), Stages()
    asked = replace(asking.asker.request("q"), settling=stages.settling)
    failing = asking.threads.submit(asking.asker.gate.release_count, asked, fail)
    assert stages.counted.wait(PATIENCE)
    assert asking.seen(tmp_path) == before and not failing.done()
    stages.may_settle.set()
    with pytest.raises(told):
        failing.result(PATIENCE)
    balances, entries = asking.seen(tmp_path)
    assert ([balance.spent for balance in balances], entries) == ([FINE] * 3, before[1] + 1)


def test_a_question_that_is_never_settled_is_neither_charged_nor_answered(asking: Asking, tmp_path: Path):
    """The server was told to stop at once."""

    def stopped() -> None:
        raise DataProblem("server-stopping", "…")

    before = asking.seen(tmp_path)
    asked = replace(asking.asker.request("q"), settling=stopped)
    with pytest.raises(DataProblem):
        asking.asker.gate.release_count(asked, histogram(((),), [700]))
    assert asking.seen(tmp_path) == before
    assert asking.asker.count("q", 700).receipt.charged == FINE


def test_a_process_killed_while_a_question_waits_leaves_nothing_of_it(tmp_path: Path):
    """It was counted; nobody was told, and nobody paid."""
    command = [sys.executable, "-c", "from tests.disclosure.test_settling_attacks import die; die()", str(tmp_path)]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert verify_log(tmp_path).findings == ()
    ledger, gate = open_gate(tmp_path)
    with closing(ledger):
        assert {balance.spent for balance in gate.budget(request("q").principal)} == {0}
        answer = gate.release_count(request("q"), cells(((),)))
        assert answer.receipt.charged == FINE
        assert gate.release_count(request("q"), cells(((),))).count == answer.count


def die() -> None:
    """Ask a question, and die when it is counted: what the process of the test above does."""
    _, gate = open_gate(Path(sys.argv[1]))
    gate.release_count(replace(request("q"), settling=lambda: os.kill(os.getpid(), signal.SIGKILL)), cells(((),)))
