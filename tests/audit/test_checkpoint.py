"""Signed notes against the reference implementation's example, and when the ledger signs and publishes one."""

import base64
import contextlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.disclosure.audit.checkpoint import Checkpoint, Signer, read_checkpoint, read_note, read_verifier_key
from engine.disclosure.audit.log import CHECKPOINT_FILE, ENTRIES_A_CHECKPOINT, SIGNING_KEY_FILE, VERIFIER_KEY_FILE
from engine.disclosure.audit.reading import sign_log, verifier_key
from engine.disclosure.ledger import Ledger
from schemas.errors import DataProblem
from tests.audit.conftest import Log, answer

# The example of golang.org/x/mod/sumdb/note, which witnesses of transparency logs are built on.
SECRET = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n— PeterNeumann {SIGNATURE}\n"


def test_a_note_is_signed_as_the_reference_signs_it():
    signer = Signer(SECRET, name="PeterNeumann")
    assert str(signer.verifier) == KEY
    assert signer.sign(TEXT) == NOTE


def test_a_note_is_opened_by_its_key_and_by_no_other():
    key = read_verifier_key(f"{KEY}\n")
    assert read_note(NOTE).text == TEXT
    assert read_note(NOTE).signer_among([Signer(b"o" * 32).verifier, key]) == key
    assert read_note(NOTE).signer_among([Signer(b"o" * 32).verifier]) is None
    assert read_note(NOTE.replace("answer", "Answer")).signer_among([key]) is None
    assert read_note(NOTE.replace("— PeterNeumann", "— SomebodyElse")).signer_among([key]) is None


def test_a_witness_may_sign_below_the_log():
    signed = Signer(b"w" * 32, name="witness")
    both = NOTE + signed.sign(TEXT).split("\n\n")[1]
    assert read_note(both).signer_among([read_verifier_key(KEY)])
    assert read_note(both).signer_among([signed.verifier])


@pytest.mark.parametrize(
    "wrong", ["", "a+b+c", KEY[:-1], KEY.replace("c74f20a3", "c74f20a4"), KEY.replace("+ARpc", "+ZRpc"), "PeterNeumann"]
)
def test_what_is_no_verifier_key_is_refused(wrong: str):
    with pytest.raises(DataProblem, match="checkpoint-key"):
        read_verifier_key(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        TEXT,
        NOTE[:-1],
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace(SIGNATURE, "AA=="),
        NOTE * 999,
    ],
)
def test_what_is_no_note_is_refused(wrong: str):
    with pytest.raises(DataProblem, match="checkpoint-unreadable"):
        read_note(wrong)


def test_a_checkpoint_reads_as_it_was_written():
    made = Checkpoint(origin="kohort-log/1", size=7, root=b"r" * 32, time="2026-11-29T00:00:00.000+00:00")
    assert read_checkpoint(read_note(Signer(SECRET).sign(made.text))) == made
    for wrong in ("size\n7", "kohort-log/1\n07\n", "kohort-log/1\n-7\n"):
        with pytest.raises(DataProblem, match="checkpoint-unreadable"):
            read_checkpoint(read_note(Signer(SECRET).sign(made.text.replace("kohort-log/1\n7\n", wrong))))


def signed_sizes(log: Log) -> list[int]:
    with log.tampering() as database:
        return [size for (size,) in database.execute("select size from audit_checkpoint order by size")]


def test_a_checkpoint_is_signed_at_first_then_every_so_many_entries_and_at_shutdown(tmp_path):
    log = Log(tmp_path / "state")
    log.fill(ENTRIES_A_CHECKPOINT * 2 + 3)
    every = ENTRIES_A_CHECKPOINT
    assert signed_sizes(log) == [1, 1 + every, 1 + 2 * every, 3 + 2 * every]
    assert read_checkpoint(read_note(log.checkpoint)).size == 3 + 2 * every


def test_a_checkpoint_is_signed_after_ten_minutes(tmp_path, clock):
    log = Log(tmp_path / "state")
    minutes = [f"2026-11-29T00:{minute:02}:00.000+00:00" for minute in (0, 0, 0, 5, 5, 12, 12)]
    log.fill(3, clock=clock(*minutes))
    assert signed_sizes(log)[:2] == [1, 3]


def test_nothing_new_is_not_signed_again(log: Log):
    before = log.checkpoint
    assert sign_log(log.state) == before
    log.fill(0)
    assert log.checkpoint == before


def test_keys_and_what_is_published(log: Log):
    assert verifier_key(log.state) == (log.state / VERIFIER_KEY_FILE).read_text().strip()
    assert stat.S_IMODE((log.state / SIGNING_KEY_FILE).stat().st_mode) == 0o600
    assert read_note(log.checkpoint).signer_among([read_verifier_key(verifier_key(log.state))])
    secret = (log.state / SIGNING_KEY_FILE).read_bytes()
    assert secret not in log.checkpoint.encode() + (log.state / VERIFIER_KEY_FILE).read_bytes()


def test_a_checkpoint_that_cannot_be_published_keeps_no_answer_back(log: Log):
    (log.state / CHECKPOINT_FILE).unlink()
    (log.state / CHECKPOINT_FILE).mkdir()
    with pytest.raises(DataProblem, match="ledger-unavailable"):
        Ledger(log.state)
    (log.state / CHECKPOINT_FILE).rmdir()
    with contextlib.closing(Ledger(log.state)) as ledger:
        (log.state / CHECKPOINT_FILE).mkdir()
        answer(ledger, "meanwhile")
        (log.state / CHECKPOINT_FILE).rmdir()
        answer(ledger, "afterwards")
    assert read_checkpoint(read_note(log.checkpoint)).size == 14
    assert log.verify().findings == ()


STEPS = ("entered", "signed", "committed", "publishing")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder a step, left by a process that was killed at it."""
    folder = tmp_path_factory.mktemp("killed")
    worker = Path(__file__).with_name("signing_worker.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, worker, folder, *STEPS], env=environment, check=True)
    return folder


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_of_signing_leaves_a_whole_log(killed: Path, step: str):
    log = Log(killed / step)
    assert int((log.state / "signal").read_text()) == signal.SIGKILL
    assert log.verify().findings == ()
    log.fill(2, prefix="afterwards")
    assert log.verify().findings == ()
