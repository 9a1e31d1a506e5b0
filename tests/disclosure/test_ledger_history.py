"""No balance moves back, whatever happened: random histories of answers, crashes, copies, losses, restores, rebuilds.

The model is what researchers and nature know: which numbers were told, who paid, and who was counted. It is never told
less than the truth by the ledger, and nothing is asked twice for the price of one.
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.disclosure.audit.log import CHECKPOINT_FILE, log_size, stored_nodes
from engine.disclosure.audit.merkle import root
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.backup import back_up
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import LEDGER_FILE, PERSONS_FOLDER
from engine.disclosure.query_id import read_or_create_key
from engine.disclosure.rebuild import rebuild_persons
from engine.disclosure.restore import Known, restore_ledger
from schemas.errors import DataProblem, OverBudget
from tests.disclosure.backup_world import COST, PEOPLE, WHO, YEAR, ask, claim, month, people
from tests.lib.budgets import examples

PROJECTS = ("p", "q", "r")
QUESTIONS = st.integers(0, 5).map("question {}".format)
GROUPS = st.integers(0, 3)
LOST = st.sampled_from(["everything", "first slot", "second slot"])


def counted(group: int) -> slice:
    """A quarter of the people; two neighbours have a part in common."""
    return slice(group * 200, group * 200 + 300)


def lose(people_folder: Path, what: str) -> None:
    """The files of people, or one slot of each, as a bad sector does it."""
    for path in people_folder.glob("*.persons"):
        content = bytearray(path.read_bytes())
        match what:
            case "everything":
                path.unlink()
            case "first slot" | "second slot":
                content[(what == "second slot") * len(content) // 2 + 4096 + 8] ^= 1
                path.write_bytes(content)


class Killed(BaseException):
    """The process ends here."""


class History(RuleBasedStateMachine):
    """A ledger, and what it must never say less of."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.state = self.folder / "state"
        read_or_create_key(self.state)
        self.paid: Counter[str] = Counter()
        self.counted = np.zeros(PEOPLE, np.int64)
        self.noise = iter(range(10, 10**6))  # never what a killed process stored, which is five
        self.copies: list[Path] = []

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(question=QUESTIONS, project=st.sampled_from(PROJECTS), group=GROUPS)
    def answer(self, question: str, project: str, group: int) -> None:
        drawn, before = next(self.noise), self._spent(project)
        try:
            ((number,),) = ask(self.state, question, project=project, counted=counted(group), noisy=drawn)
        except (OverBudget, DataProblem):
            return
        if number == drawn:  # new noise: somebody paid for it now, and was counted
            assert self._spent(project) == before + COST
            self.counted[counted(group)] += COST
        self.paid[project] += self._spent(project) - before

    @rule(
        question=QUESTIONS,
        project=st.sampled_from(PROJECTS),
        group=GROUPS,
        step=st.sampled_from(["write", "_log", "publish"]),
    )
    def killed_while_answering(self, question: str, project: str, group: int, step: str) -> None:
        """Nobody was told. What was charged may be kept or lost, and is kept where the answer is stored."""

        def die(*_: object, **__: object) -> None:
            raise Killed

        def killed_at(ledger: Ledger) -> None:
            owner = {"write": ledger._persons, "_log": ledger, "publish": ledger._audit}[step]
            setattr(owner, step, die)

        with contextlib.suppress(Killed, OverBudget, DataProblem):
            ask(self.state, question, project=project, counted=counted(group), prepare=killed_at)

    @precondition(lambda self: len(self.copies) < 3 and (self.state / LEDGER_FILE).exists())
    @rule(with_keys=st.booleans())
    def copy(self, *, with_keys: bool) -> None:
        copy = self.folder / f"copy{len(self.copies)}"
        back_up(self.state, copy, with_keys=with_keys)
        self.copies.append(copy)

    @precondition(lambda self: self.copies)
    @rule(data=st.data(), lost=st.just("nothing") | LOST, keeps_checkpoint=st.booleans(), with_log=st.booleans())
    def restore(self, *, data: st.DataObject, lost: str, keeps_checkpoint: bool, with_log: bool) -> None:
        copy = data.draw(st.sampled_from(self.copies))
        logs = (
            [month(self.state, self.folder / "month.jsonl")] if with_log and (self.state / LEDGER_FILE).exists() else []
        )
        before = shutil.copytree(self.state, self.folder / "before")
        lose(self.state / PERSONS_FOLDER, lost)
        if not keeps_checkpoint:
            (self.state / CHECKPOINT_FILE).unlink(missing_ok=True)
        # the log of the state folder is whole here, so the operator's word is true when it is given
        known = Known(logs=logs, is_complete=bool(logs))
        try:
            restore_ledger(self.state, copy, known, WHO)
        except DataProblem:  # told by the checkpoint or the log that since then another copy was gone on from
            assert not self._went_on_from(copy)
            shutil.rmtree(self.state)
            shutil.copytree(before, self.state)
        finally:
            shutil.rmtree(before)

    @precondition(lambda self: (self.state / PERSONS_FOLDER).exists())
    @rule(lost=LOST)
    def lose_people(self, lost: str) -> None:
        lose(self.state / PERSONS_FOLDER, lost)
        rebuild_persons(self.state, WHO)

    @invariant()
    def nobody_has_paid_less_than_was_told(self) -> None:
        if not (self.state / LEDGER_FILE).exists():
            return
        for project in PROJECTS:
            assert self._spent(project) >= self.paid[project]
        if (self.state / PERSONS_FOLDER).exists() and self.counted.any():
            assert (people(self.state) >= self.counted).all()
        assert verify_log(self.state).findings == ()

    def _went_on_from(self, copy: Path) -> bool:
        """Whether the log of the state folder begins with the entries of the copy, as far as it goes."""
        with contextlib.ExitStack() as stack:
            now, then = (
                stack.enter_context(contextlib.closing(sqlite3.connect(folder / LEDGER_FILE)))
                for folder in (self.state, copy)
            )
            size = min(log_size(now), log_size(then))
            return root(stored_nodes(now), size) == root(stored_nodes(then), size)

    def _spent(self, project: str) -> int:
        with contextlib.closing(Ledger(self.state)) as ledger:
            return ledger.balances(claim("", project).accounts, YEAR)[0].spent


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=examples(12, nightly=500),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


@pytest.mark.parametrize("step", ["write", "_log"])
def test_a_copy_from_before_the_first_answer_knows_of_no_answer(step: str) -> None:
    """The file of people is new, and charges nobody, or charges those of an answer that was never given."""
    history = History()
    try:
        history.killed_while_answering(question="question 0", project="r", group=3, step=step)
        back_up(history.state, history.folder / "copy", with_keys=False)
        history.answer(question="question 1", project="r", group=2)
        logs = [month(history.state, history.folder / "month.jsonl")]
        shutil.rmtree(history.state / PERSONS_FOLDER)
        restore_ledger(history.state, history.folder / "copy", Known(logs=logs, is_complete=True), WHO)
        assert people(history.state).min() == COST
    finally:
        history.teardown()


@pytest.fixture
def torn(tmp_path: Path) -> Path:
    """A state folder whose file of people lost its last change; the change before is of an answer that nobody got."""
    history = History()
    try:
        history.answer(question="question 0", project="p", group=0)
        back_up(history.state, tmp_path / "copy", with_keys=True)
        history.killed_while_answering(question="question 1", project="p", group=1, step="_log")
        history.answer(question="question 2", project="p", group=2)
        lose(history.state / PERSONS_FOLDER, "second slot")  # it has the third change
        return shutil.copytree(history.state, tmp_path / "state")
    finally:
        history.teardown()


def test_people_rebuilt_pay_for_an_answer_that_came_after_one_nobody_got(torn: Path) -> None:
    assert rebuild_persons(torn, WHO)
    assert people(torn)[counted(2)].min() >= COST


def test_people_restored_pay_for_an_answer_that_came_after_one_nobody_got(torn: Path, tmp_path: Path) -> None:
    logs = [month(torn, tmp_path / "month.jsonl")]
    restore_ledger(torn, tmp_path / "copy", Known(logs=logs, is_complete=True), WHO)
    assert people(torn)[counted(2)].min() >= COST
