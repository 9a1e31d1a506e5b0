"""The commands that copy a ledger, examine a copy and put it back, from a count to the count after it."""

import contextlib
import datetime
import json
import shutil
from pathlib import Path

from engine.disclosure.ledger import Ledger
from engine.disclosure.years import KOREA
from tests.cli.conftest import Run
from tests.disclosure.backup_world import claim


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


def test_a_clock_that_was_ahead_is_shown_and_put_on_record(run: Run, adults: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    asked = ("count", adults, "--tier", "registered", "--state", str(state), "--project")
    in_state = ("--state", str(state))
    run(*asked, "p")
    assert "nothing in the log is ahead of it" in run("ledger", "clock", *in_state).stdout
    now = datetime.datetime.now(datetime.UTC)
    later = (now + datetime.timedelta(days=365)).isoformat(timespec="milliseconds")
    with contextlib.closing(Ledger(state, clock=lambda: later)) as ledger:
        ledger.record(claim("exact"), {"outcome": "exact"})
    refused = run(*asked, "another")
    assert refused.exit_code != 0
    assert "kohort ledger clock" in refused.output
    shown = run("ledger", "clock", *in_state).stdout
    assert "entries ahead of the clock 1, up to " in shown
    assert "nothing is charged" in shown
    found = json.loads(run("ledger", "clock", "--json", *in_state).stdout)
    assert (found["ahead"], found["is_blocking"], [each["number"] for each in found["entries"]]) == (1, True, [2])
    today = ("--today", f"{now.astimezone(KOREA):%Y-%m-%d}")
    why = ("--reason", "the time server was a year ahead")
    for half in (today, why, (*today, "--reason", " ")):
        assert "clock-unconfirmed" in run("ledger", "clock", *half, *in_state).output
    assert "clock-day" in run("ledger", "clock", "--today", later[:10], *why, *in_state).output
    assert "clock" in run("audit", "verify", *in_state).output
    done = run("ledger", "clock", *today, *why, *in_state)
    assert "recorded: the clock was ahead when 1 entries" in done.stdout, done.output
    assert run(*asked, "another").exit_code == 0
    verified = run("audit", "verify", *in_state)
    assert verified.exit_code == 0
    assert why[1] in verified.stdout
    assert "clock-none-ahead" in run("ledger", "clock", *today, *why, *in_state).output
