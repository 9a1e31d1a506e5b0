"""The commands about the log, from a count to what an auditor without the log can check."""

import datetime
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from engine.disclosure.ledger import LEDGER_FILE
from engine.disclosure.years import KOREA
from tests.cli.conftest import ADULTS, Run


@pytest.fixture(scope="module")
def state(folders: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a service that answered at least twice."""
    adults = tmp_path_factory.mktemp("document") / "adults.kohort"
    adults.write_text(ADULTS)
    for project in ("log-one", "log-two"):
        asked = ["count", str(adults), "--tier", "registered", "--project", project]
        assert CliRunner().invoke(app, asked, env=folders).exit_code == 0
    return Path(folders["KOHORT_STATE"])


def newest_month(state: Path) -> str:
    """The month in Korea of the newest entry."""
    with sqlite3.connect(state / LEDGER_FILE) as database:
        (text,) = database.execute("select entry from audit order by number desc limit 1").fetchone()
    return datetime.datetime.fromisoformat(json.loads(text)["time"]).astimezone(KOREA).strftime("%Y-%m")


def test_a_whole_log_is_called_whole(run: Run, state: Path) -> None:
    done = run("audit", "verify")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("the log is whole: ")
    found = json.loads(run("audit", "verify", "--json").stdout)
    assert found["is_whole"] is True
    assert found["entries"] >= 2


def test_an_auditor_checks_a_proof_with_a_key_alone(run: Run, state: Path, tmp_path: Path) -> None:
    key = run("audit", "key").stdout.strip()
    assert run("audit", "checkpoint").exit_code == 0
    (tmp_path / "proof.json").write_text(run("audit", "proof", "2").stdout)
    checked = run("audit", "check", str(tmp_path / "proof.json"), "--key", key)
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.startswith("entry 2 is in the log of ")
    (tmp_path / "wrong.json").write_text((tmp_path / "proof.json").read_text().replace('"number": 2', '"number": 1'))
    wrong = run("audit", "check", str(tmp_path / "wrong.json"), "--key", key)
    assert wrong.exit_code == 2
    assert "audit-proof-wrong" in wrong.output
    assert run("audit", "check", "--key", key, str(Path(__file__))).exit_code == 2


def test_a_witness_follows_the_log(run: Run, state: Path, tmp_path: Path, adults: str) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(run("audit", "checkpoint").stdout)
    run("count", adults, "--tier", "registered", "--project", "log-later")
    assert run("audit", "verify", "--checkpoint", str(kept)).exit_code == 0
    (tmp_path / "growth.json").write_text(run("audit", "growth", str(kept)).stdout)
    checked = run("audit", "check", str(tmp_path / "growth.json"), "--key", run("audit", "key").stdout.strip())
    assert checked.stdout.startswith("the older checkpoint is the beginning of the log of ")


def test_a_month_is_written_once(run: Run, state: Path, tmp_path: Path) -> None:
    month = newest_month(state)
    written = tmp_path / "month.jsonl"
    assert run("audit", "export", "--month", month, "--output", str(written)).exit_code == 0
    head, *entries = map(json.loads, written.read_text().splitlines())
    assert head["is_whole"] is True
    assert len(entries) == head["entries"]
    assert run("audit", "export", "--month", month, "--output", str(written)).exit_code == 2
    assert "audit-month" in run("audit", "export", "--month", "today").output


def test_tampering_is_told_and_ends_with_status_1(run: Run, state: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    with sqlite3.connect(state / LEDGER_FILE) as source, sqlite3.connect(copy / LEDGER_FILE) as target:
        source.backup(target)
        target.execute("drop trigger audit_fixed")
        (number,) = target.execute("select min(number) from audit where entry like '%log-one%'").fetchone()
        target.execute("update audit set entry = replace(entry, 'log-one', 'log-own') where number = ?", (number,))
    key = run("audit", "key").stdout.strip()
    found = run("audit", "verify", "--state", str(copy), "--key", key)
    assert found.exit_code == 1
    assert f"edited: entry {number} was changed" in found.output
    assert "the log is NOT whole" in found.output
    unknown = run("audit", "verify", "--state", str(copy))
    assert (unknown.exit_code, "audit-unreadable" in unknown.output) == (2, True)


def test_a_folder_without_a_log_says_so(run: Run, tmp_path: Path) -> None:
    for command in (["verify"], ["key"], ["checkpoint"], ["proof", "1"], ["export", "--month", "2026-11"]):
        done = run("audit", *command, "--state", str(tmp_path / "nothing"))
        assert done.exit_code == 2, command
        assert "audit-unreadable" in done.output


def test_reviewers_read_what_was_asked(run: Run, state: Path, tmp_path: Path, adults: str) -> None:
    public = run("audit", "review-key", str(tmp_path / "private"))
    assert public.exit_code == 0, public.output
    assert (tmp_path / "private").stat().st_mode & 0o077 == 0
    assert run("audit", "review-key", str(tmp_path / "private")).exit_code == 2
    installed = state / "audit-review.pub"
    installed.write_text(public.stdout)
    try:
        assert run("breakdown", adults, "--tier", "registered", "--project", "log-read").exit_code == 0
    finally:
        installed.unlink()
    found = run("audit", "find", "--project", "log-read").stdout
    assert "answered" in found
    assert "Adults" not in found
    run("audit", "export", "--month", newest_month(state), "--output", str(tmp_path / "month.jsonl"))
    opened = run("audit", "open", str(tmp_path / "month.jsonl"), "--key", str(tmp_path / "private"))
    assert opened.exit_code == 0, opened.output
    assert 'cohort "Adults"' in opened.stdout
    assert opened.stdout.rstrip().endswith("sex")


def test_what_is_no_month_is_told_and_so_is_that_nothing_was_found(run: Run, state: Path, tmp_path: Path) -> None:
    assert "no entry of the log" in run("audit", "find", "--user", "nobody").stdout
    assert run("audit", "review-key", str(tmp_path / "private")).exit_code == 0
    for text in ("sample_id,person_id\n", "[]\n"):
        (tmp_path / "month.jsonl").write_text(text)
        opened = run("audit", "open", str(tmp_path / "month.jsonl"), "--key", str(tmp_path / "private"))
        assert opened.exit_code == 2, opened.output
        assert "audit-unreadable: month.jsonl" in opened.output
