"""Whole releases killed at every durable step: whatever was told stays told, paid and logged, and says the same again."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.disclosure.audit.reading import verify_log
from engine.disclosure.gate import calendar_year
from engine.disclosure.ledger_file import LEDGER_FILE, PERSONS_FOLDER
from engine.disclosure.persons import PersonAxis, PersonLedger
from tests.disclosure.release_crash_worker import BEFORE, COHORT, KINDS, MOST_STEPS, PEOPLE, open_gate

ROOT = Path(__file__).parents[2]
AXIS = PersonAxis(release_id="r1", period=calendar_year(), persons=PEOPLE)


EVERY = {"count": 1, "overlap": 2}
"""All kinds take the same steps; those not named here die at each fifth."""


def killed(folder: Path, kind: str) -> list[Path]:
    """The state folders that were left, in the order of the steps."""
    worker = Path(__file__).with_name("release_crash_worker.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, worker, folder, kind, str(EVERY.get(kind, 5))], env=environment, check=True)
    return sorted((path for path in folder.iterdir() if path.name.isdecimal()), key=lambda path: int(path.name))


def balances(state: Path) -> tuple[dict[tuple[str, str], int], np.ndarray]:
    """What accounts have spent, and what people have."""
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        accounts = {(kind, id): spent for kind, id, spent in database.execute("select kind, id, spent from account")}
    return accounts, PersonLedger(state / PERSONS_FOLDER).read(AXIS, at_least=1).spent.copy()


def answered(state: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        entries = [json.loads(text) for (text,) in database.execute("select entry from audit")]
    return {qid for entry in entries if entry["outcome"] == "answered" for qid in entry["qids"]}


@pytest.mark.parametrize("kind", KINDS)
def test_a_release_killed_at_any_durable_step(tmp_path, kind: str):
    *deaths, done = killed(tmp_path, kind)
    assert {int((state / "signal").read_text()) for state in deaths} == {signal.SIGKILL}
    assert 5 < len(deaths) < MOST_STEPS
    if kind == "count":
        steps = {(state / "step").read_text() for state in deaths}
        assert {"os.pwrite", "os.fdatasync", "SQL: begin immediate", "SQL: commit"} <= steps
    before_accounts, before_people = balances(tmp_path / "before")
    paid, charged = (
        {key: spent * (BEFORE + 1) // BEFORE for key, spent in before_accounts.items()},
        before_people[0] // 2,
    )
    for state in (*deaths, done):
        told = [json.loads(line) for line in (state / "told").read_text().splitlines()]
        assert verify_log(state).findings == ()
        accounts, people = balances(state)
        assert accounts in (before_accounts, paid)
        assert set(people[:COHORT] - before_people[:COHORT]) <= {0, charged}
        assert not people[COHORT:].any()
        assert {qid for qids, _ in told for qid in qids} <= answered(state)
        was_stored = accounts == paid
        assert not was_stored or set(people[:COHORT] - before_people[:COHORT]) == {charged}
        ledger, gate = open_gate(state)
        with contextlib.closing(ledger):
            for number, (qids, shown) in enumerate(told):
                name = f"q{number}" if number < BEFORE else "last"
                assert KINDS[kind](gate, name) == (qids, shown)
            assert balances(state)[0] == accounts
            first = KINDS[kind](gate, "last")
            assert KINDS[kind](gate, "last") == first
        after_accounts, after_people = balances(state)
        assert after_accounts == paid
        assert (after_people >= people).all()
        assert verify_log(state).findings == ()
