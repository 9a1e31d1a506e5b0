"""Copies made while servers answer and while the machine fails: a copy is whole or not there, and nothing is disturbed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.disclosure import backup
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.backup import back_up, check_copy
from engine.disclosure.query_id import read_or_create_key
from engine.disclosure.request import COUNT, Breakdown, Overlap, Profile, Steps
from engine.disclosure.restore import Known, restore_ledger
from tests.disclosure.backup_world import COST, WHO, ask, people, spent

ROOT = Path(__file__).parents[2]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    read_or_create_key(folder)
    ask(folder, "q0", "q1")
    return folder


def test_copies_made_while_answers_are_given_are_whole_and_can_be_restored(state, tmp_path):
    is_over = threading.Event()

    def serve() -> None:
        for batch in range(30):  # the budget pays for forty
            if is_over.is_set():
                return
            ask(state, *(f"while{batch}-{number}" for number in range(5)))

    server = threading.Thread(target=serve)
    server.start()
    try:
        copies = [tmp_path / f"copy{number}" for number in range(4)]
        for copy in copies:
            back_up(state, copy, with_keys=True)
    finally:
        is_over.set()
        server.join()
    for number, copy in enumerate(copies):
        told, report = check_copy(copy)
        assert report.entries == told.entries
        elsewhere = tmp_path / f"restored{number}"
        restore_ledger(elsewhere, copy, Known(is_complete=True), WHO)
        assert spent(elsewhere) == told.entries * COST
        assert people(elsewhere)[0] >= told.entries * COST
    assert verify_log(state).findings == ()


STEPS = ("_copy_ledger", "_copy_people", "copy_file", "sync_folder", "utc_now")


@pytest.mark.parametrize("step", STEPS)
def test_a_backup_killed_at_any_step_leaves_no_copy_and_a_whole_ledger(state, tmp_path, step: str):
    child = os.fork()
    if child == 0:
        setattr(backup, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        back_up(state, tmp_path / "copy", with_keys=True)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert not (tmp_path / "copy").exists()
    assert ask(state, "q0", "new") == [(5,), (5,)]
    back_up(state, tmp_path / "copy", with_keys=True)
    assert check_copy(tmp_path / "copy")[0].entries == 4
    assert verify_log(state).findings == ()


def test_a_disk_that_is_full_gives_no_answer_and_loses_none(tmp_path):
    """On a file system of four megabytes, in a name space where this user may mount one."""
    worker = f"{sys.executable} -m tests.disclosure.tmpfs_worker {tmp_path}"
    mounting = f"mount -t tmpfs -o size=4m none {tmp_path} && exec {worker}"
    alone = ["unshare", "--user", "--map-root-user", "--mount"]
    mount = [*alone, "mount", "-t", "tmpfs", "none", tmp_path]
    if shutil.which("unshare") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a file system of their own")
    run = subprocess.run([*alone, "sh", "-c", mounting], cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    rounds = [line.split() for line in run.stdout.splitlines()]
    assert {code for _, code, _ in rounds} == {"ledger-unavailable"}
    assert int(rounds[-1][2]) > int(rounds[0][2])


@pytest.mark.parametrize(
    "shape",
    [
        COUNT,
        Breakdown(spec="sex", labels=(("a",), ("b",))),
        Steps(spec="s", labels=(("a",), ("b",))),
        Overlap(hashes=("a", "b")),
        Profile(hashes=("a", "b", "c"), most=3),
    ],
    ids=lambda shape: type(shape).__name__,
)
def test_what_accounts_pay_is_never_less_than_what_a_person_pays(shape):
    """The worst case of a person is taken from the log, which says what accounts paid."""
    assert shape.distance_squared >= shape.presence_squared
