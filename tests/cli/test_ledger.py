"""The commands that copy a ledger, examine a copy and put it back, from a count to the count after it."""

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Run


def test_a_ledger_is_copied_examined_lost_and_restored(run: Run, adults: str, tmp_path: Path) -> None:
    state, copy = tmp_path / "state", tmp_path / "copy"
    asked = ("count", adults, "--tier", "registered", "--project", "p", "--state", str(state))
    first = run(*asked).stdout
    made = run("ledger", "backup", str(copy), "--with-keys", "--state", str(state))
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("copied: log entries 1, ")
    assert made.stdout.rstrip().endswith(", with keys")
    assert run("ledger", "backup", str(copy), "--with-keys", "--state", str(state)).exit_code == 2
    found = json.loads(run("ledger", "check", str(copy), "--json").stdout)
    assert (found["entries"], found["has_keys"]) == (1, True)
    shutil.rmtree(state)
    done = run("ledger", "restore", str(copy), "--reason", "lost", "--complete", "--state", str(state))
    assert done.stdout.startswith("restored: log entries of the copy 1, from what was left 0"), done.output
    assert run(*asked).stdout == first
    assert run("audit", "verify", "--state", str(state)).exit_code == 0
    (copy / "ledger.sqlite").write_bytes(b"")
    assert "backup-damaged" in run("ledger", "check", str(copy)).output


def test_without_the_log_the_year_is_closed_and_the_people_can_be_rebuilt(
    run: Run, adults: str, tmp_path: Path
) -> None:
    state, copy = tmp_path / "state", tmp_path / "copy"
    asked = ("count", adults, "--tier", "registered", "--state", str(state), "--project")
    run(*asked, "p")
    run("ledger", "backup", str(copy), "--without-keys", "--state", str(state))
    assert "nothing to do" in run("ledger", "rebuild", "--reason", "r", "--state", str(state)).stdout
    shutil.rmtree(state / "persons")
    assert (
        "rebuilt: the people of release small"
        in run("ledger", "rebuild", "--reason", "r", "--state", str(state)).stdout
    )
    done = run("ledger", "restore", str(copy), "--reason", "lost", "--state", str(state))
    assert "closed, so that nothing new is answered in: " in done.stdout, done.output
    assert run(*asked, "p").exit_code == 0
    assert "budget-exhausted" in run(*asked, "another").output
