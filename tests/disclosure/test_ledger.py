"""The ledger under races, crashes and damage: never an answer without its charge, and no answer without a ledger."""

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.gate import calendar_year
from engine.disclosure.ledger import LEDGER_FILE, Ledger
from engine.disclosure.ledger_file import open_database
from engine.disclosure.persons import Measure, PersonAxis, PersonBalances, PersonLedger
from schemas.errors import DataProblem, InternalError, OverBudget
from schemas.policy import Precision
from tests.disclosure import crash_worker, race_worker

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FINE = Precision.FINE.cost(1)
YEAR = calendar_year()
PROJECT = Account(kind=AccountKind.PROJECT, id="p", cap=10**9)


def claim(*qids: str, account: Account = PROJECT, cost: int = FINE) -> Claim:
    return Claim(
        accounts=(account,),
        questions=tuple(Question(qid=qid, sigma=10, cost=cost, cells=1) for qid in qids),
        period=YEAR,
        action="count",
        tier="controlled",
        release_id="r1",
        policy_version="1",
        population=1_000,
    )


def answers(**noisy: tuple[int, ...]) -> Measure:
    """What a gate would give for new questions, with nobody counted."""
    return lambda unanswered, balances: {qid: noisy[qid] for qid in unanswered if qid in noisy}


def spent(ledger: Ledger) -> int:
    return ledger.balances((PROJECT,), YEAR)[0].spent


def run_worker(script: str, *arguments: str) -> str:
    """What another Python process, started afresh, writes to standard output."""
    run = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return run.stdout.decode()


def test_twelve_threads_of_forty_questions_spend_the_budget_exactly(asker):
    answered, refused = [], []

    def ask(thread: int) -> None:
        for number in range(40):
            try:
                asker.count(f"{thread}/{number}", 1234)
                answered.append(1)
            except OverBudget:
                refused.append(1)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answered), len(refused)) == (200, 280)
    assert asker.gate.budget(asker.request("").principal)[0].spent == 200 * FINE


def test_twelve_threads_with_one_question_get_one_answer_and_one_charge(asker):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(asker.count("q", 1234).count)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 12
    assert len(set(answers)) == 1
    assert asker.gate.budget(asker.request("").principal)[0].spent == FINE


def test_three_processes_spend_one_budget_exactly(tmp_path):
    answered = [int(number) for number in run_worker("race_worker.py", str(tmp_path)).split()]
    with contextlib.closing(Ledger(tmp_path)) as ledger:
        assert (len(answered), sum(answered)) == (3, 40)
        assert spent(ledger) == 10**9
        ledger.check_audit()
    axis = PersonAxis(release_id="r1", period=YEAR, persons=race_worker.PEOPLE)
    assert set(PersonLedger(tmp_path / "persons").read(axis, at_least=40).spent.tolist()) == {40 * race_worker.PRICE}


STEPS = (
    "evaluate", "_due", "_charge", "_mark_seen", "_remember", "_log", "_settle", "charge_and_release",
    "persons.read", "persons._write_slot", "persons.head", "persons.write", "_keep_generation",
)  # fmt: skip


@pytest.fixture(scope="module")
def crashed(tmp_path_factory) -> Path:
    """One folder a step, left by a process that was killed at it."""
    folder = tmp_path_factory.mktemp("crashed")
    run_worker("crash_worker.py", str(folder), *STEPS)
    return folder


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_leaves_every_answer_paid(crashed, step):
    state = crashed / step
    assert int((state / "signal").read_text()) == signal.SIGKILL
    answered = (state / "told").read_text().split()
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        stored = {qid for (qid,) in database.execute("select qid from memo")}
    with contextlib.closing(Ledger(state)) as ledger:
        ledger.check_audit()
        assert set(answered) <= stored
        assert len(answered) >= 3
        assert spent(ledger) == FINE * len(stored) >= FINE * len(answered)


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_leaves_everybody_charged_for_every_answer(crashed, step, tmp_path):
    state = shutil.copytree(crashed / step, tmp_path / "state")
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        ((stored,),) = database.execute("select count(*) from memo")
        ((generation, period),) = database.execute("select generation, period from person_ledger")
    axis = PersonAxis(release_id="r1", period=period, persons=crash_worker.PEOPLE)
    persons = PersonLedger(state / "persons")
    before = persons.read(axis, at_least=generation).spent.copy()
    assert set(before[: crash_worker.COHORT].tolist()) <= {FINE * stored, FINE * (stored + 1)}
    assert not before[crash_worker.COHORT :].any()
    with contextlib.closing(Ledger(state)) as ledger:
        again = dataclasses.replace(claim("new"), period=period, population=crash_worker.PEOPLE)
        ledger.charge_and_release(again, counting_everybody)
    after = persons.read(axis, at_least=generation + 1).spent
    assert (after == before + FINE).all()


def counting_everybody(unanswered: frozenset[str], balances: PersonBalances) -> dict[str, tuple[int, ...]]:
    balances.admit(np.arange(len(balances.spent), dtype=np.uint32), cost=FINE, cap=2 * 10**9)
    return dict.fromkeys(unanswered, (5,))


def test_over_budget_leaves_everything_as_it_was_and_is_logged(ledger, tmp_path):
    ledger.charge_and_release(claim("a", cost=10**9 - 1), answers(a=(5,)))
    with pytest.raises(OverBudget):
        ledger.charge_and_release(claim("b", cost=2), answers(b=(5,)))
    assert spent(ledger) == 10**9 - 1
    assert ledger.preview(claim("b")).unanswered == {"b"}
    assert [entry["outcome"] for entry in entries(tmp_path)] == ["answered", "over-budget"]


def test_a_claim_of_two_questions_is_charged_whole_or_not_at_all(ledger):
    with pytest.raises(OverBudget):
        ledger.charge_and_release(claim("a", "b", cost=600_000_000), answers(a=(5,), b=(6,)))
    assert spent(ledger) == 0
    assert ledger.charge_and_release(claim("a", cost=600_000_000), answers(a=(5,))).noisy == ((5,),)


def test_a_failed_count_is_charged_and_cannot_overdraw(ledger, tmp_path):
    ledger.forfeit(claim("a", cost=600_000_000))
    assert spent(ledger) == 600_000_000
    ledger.forfeit(claim("b", cost=600_000_000))
    assert spent(ledger) == 600_000_000
    assert ledger.preview(claim("a")).unanswered == {"a"}
    assert [entry["outcome"] for entry in entries(tmp_path)] == ["failed", "failed"]


def test_the_first_candidate_is_the_answer_for_ever(ledger):
    assert ledger.charge_and_release(claim("a"), answers(a=(5,))).noisy == ((5,),)
    other = Account(kind=AccountKind.PROJECT, id="p2", cap=10**9)
    assert ledger.charge_and_release(claim("a", account=other), answers(a=(99,))).noisy == ((5,),)


@pytest.mark.parametrize("candidates", [{}, {"a": (1, 2)}])
def test_a_question_without_its_counts_is_our_bug_and_charges_nothing(ledger, candidates):
    with pytest.raises(InternalError, match="ledger-no-candidate"):
        ledger.charge_and_release(claim("a"), answers(**candidates))
    assert spent(ledger) == 0


def test_a_new_period_starts_a_new_balance_and_what_was_seen_stays_free(ledger):
    ledger.charge_and_release(claim("a", cost=10**9), answers(a=(5,)))
    assert ledger.balances((PROJECT,), str(int(YEAR) + 1))[0].remaining == 10**9
    assert ledger.charge_and_release(claim("a", cost=10**9), answers()).charged == 0


def test_a_balance_above_a_smaller_cap_has_nothing_left(ledger):
    ledger.charge_and_release(claim("a", cost=10**9), answers(a=(5,)))
    smaller = Account(kind=AccountKind.PROJECT, id="p", cap=10**8)
    assert ledger.balances((smaller,), YEAR)[0].remaining == 0


def test_the_file_refuses_to_forget(ledger, tmp_path):
    ledger.charge_and_release(claim("a"), answers(a=(5,)))
    with contextlib.closing(sqlite3.connect(tmp_path / LEDGER_FILE)) as database:
        for statement in (
            "update account set spent = spent - 1",
            "delete from account",
            "delete from seen",
            "delete from memo",
            "update memo set noisy = '[6]'",
            "delete from audit",
            "update audit set entry = '{}'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(statement)
    assert (tmp_path / LEDGER_FILE).stat().st_mode & 0o077 == 0


def entries(state: Path) -> list[dict[str, object]]:
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        return [json.loads(text) for (text,) in database.execute("select entry from audit order by number")]


@pytest.mark.parametrize(
    "tampering",
    [
        "update audit set entry = replace(entry, 'count', 'table') where number = 2",
        "delete from audit where number = 2",
        "insert into audit select 5, entry, hash from audit where number = 2",
        "update audit set number = case number when 2 then 30 when 3 then 20 else number end",
    ],
)
def test_the_log_shows_edits_deletions_insertions_and_reordering(ledger, tmp_path, tampering):
    for qid in "abcd":
        ledger.charge_and_release(claim(qid), answers(**{qid: (5,)}))
    ledger.check_audit()
    with contextlib.closing(sqlite3.connect(tmp_path / LEDGER_FILE)) as database:
        database.execute("drop trigger audit_stays")
        database.execute("drop trigger audit_fixed")
        database.execute(tampering)
        database.commit()
    with pytest.raises(DataProblem, match="audit-broken"):
        ledger.check_audit()


def test_the_log_says_who_asked_and_what_it_cost_and_no_true_count(asker, tmp_path):
    asker.count("q", 31_337)
    asker.count("q", 31_337)
    first, second = entries(tmp_path)
    assert (first["user"], first["project"], first["institution"], first["tier"]) == ("u", "p", "i", "controlled")
    assert first["charged"] == {"project": FINE, "user": FINE, "institution": FINE}
    assert second["charged"] == {"project": 0, "user": 0, "institution": 0}
    assert second["replayed"] == first["qids"]
    assert "31337" not in json.dumps([first, second])


def damaged_header(file: Path) -> None:
    file.write_bytes(b"not a ledger at all" * 100)


def damaged_pages(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    file.write_bytes(data)


def damaged_last_page(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-4096:] = b"\xff" * 4096
    file.write_bytes(data)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:6000])


def replaced_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [damaged_header, damaged_pages, damaged_last_page, cut_short, replaced_by_folder])
def test_a_damaged_ledger_does_not_open(tmp_path, damage):
    with contextlib.closing(Ledger(tmp_path)) as ledger:
        for number in range(50):
            ledger.charge_and_release(claim(f"q{number}"), answers(**{f"q{number}": (5,)}))
    damage(tmp_path / LEDGER_FILE)
    with pytest.raises(DataProblem, match="ledger-unavailable"):
        Ledger(tmp_path)


def test_a_ledger_of_another_schema_does_not_open(tmp_path):
    Ledger(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / LEDGER_FILE)) as database:
        database.execute("update version set number = 1")
        database.commit()
    with pytest.raises(DataProblem, match="ledger-schema"):
        Ledger(tmp_path)


def test_a_ledger_that_stays_locked_answers_nothing(tmp_path):
    with contextlib.closing(Ledger(tmp_path, busy_seconds=0.05)) as ledger:
        with contextlib.closing(sqlite3.connect(tmp_path / LEDGER_FILE, isolation_level=None)) as other:
            other.execute("begin immediate")
            with pytest.raises(DataProblem, match="ledger-unavailable"):
                ledger.charge_and_release(claim("a"), answers(a=(5,)))
        assert spent(ledger) == 0


def test_processes_that_open_a_new_ledger_at_once_wait_for_each_other(tmp_path):
    file = tmp_path / LEDGER_FILE
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("begin immediate")
        with pytest.raises(sqlite3.OperationalError):
            open_database(file, 0.05)
        done = threading.Timer(0.2, lambda: other.execute("commit"))
        done.start()
        open_database(file, 30.0).close()
        done.join()


def test_a_closed_or_unwritable_ledger_answers_nothing(asker, ledger):
    ledger._database.execute("pragma query_only = on")
    with pytest.raises(DataProblem, match="ledger-unavailable"):
        asker.count("q", 1234)
    ledger.close()
    with pytest.raises(DataProblem, match="ledger-unavailable"):
        asker.count("q", 1234)


def test_a_full_disk_answers_nothing_more_and_loses_nothing(tmp_path):
    code, answered = run_worker("full_disk_worker.py", str(tmp_path)).split()
    assert code == "ledger-unavailable"
    with contextlib.closing(Ledger(tmp_path)) as ledger:
        assert spent(ledger) == int(answered) >= 5
        ledger.check_audit()
