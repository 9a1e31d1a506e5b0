"""A copy of the ledger put back: nothing is asked for less than was spent, and nobody is charged less than they were."""

import contextlib
import dataclasses
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.disclosure.account import Account, AccountKind
from engine.disclosure.audit.log import CHECKPOINT_FILE, SIGNING_KEY_FILE
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.backup import KEYS, MANIFEST_FILE, back_up, check_copy
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import LEDGER_FILE, PERSONS_FOLDER, UNFINISHED_FILE, hold
from engine.disclosure.persons import MOST
from engine.disclosure.query_id import read_or_create_key
from engine.disclosure.rebuild import rebuild_persons
from engine.disclosure.restore import Known, restore_ledger
from schemas.errors import DataProblem, OverBudget
from tests.disclosure.backup_world import AXIS, COST, WHO, YEAR, ask, claim, month, people, spent


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A ledger of five answers, about the first hundred people each."""
    folder = tmp_path / "state"
    read_or_create_key(folder)
    ask(folder, *(f"q{number}" for number in range(5)))
    return folder


@pytest.fixture
def copy(state: Path, tmp_path: Path) -> Path:
    """A copy of it, from before three more answers about the next hundred people."""
    back_up(state, tmp_path / "copy", with_keys=True)
    ask(state, "lost0", "lost1", "lost2", counted=slice(100, 200))
    return tmp_path / "copy"


def restored(state: Path, copy: Path, **known: object) -> None:
    restore_ledger(state, copy, Known(**known), WHO)
    assert verify_log(state).findings == ()


def test_a_copy_is_whole_and_examined_without_a_change(state, copy):
    files = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    told, report = check_copy(copy)
    assert (told.entries, report.entries, told.has_keys) == (5, 5, True)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == files
    assert all(path.stat().st_mode & 0o077 == 0 for path in copy.rglob("*") if path.name != MANIFEST_FILE)


def test_keys_are_in_a_copy_only_when_that_is_asked_for(state, tmp_path):
    back_up(state, tmp_path / "without")
    assert not any((tmp_path / "without" / name).exists() for name in KEYS)
    secrets = [(state / name).read_bytes() for name in KEYS]
    copied = [path.read_bytes() for path in (tmp_path / "without").iterdir() if path.is_file()]
    assert not any(key in content for content in copied for key in secrets)


def test_a_copy_goes_only_where_nothing_is(state, tmp_path):
    with pytest.raises(DataProblem, match="backup-unwritable"):
        back_up(state, state)
    with pytest.raises(DataProblem, match="backup-source"):
        back_up(tmp_path / "nothing", tmp_path / "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(DataProblem, match="backup-unwritable"):
        back_up(state, tmp_path / "file" / "below")


def cut(copy: Path) -> None:
    (copy / LEDGER_FILE).write_bytes((copy / LEDGER_FILE).read_bytes()[:-1])


def without_people(copy: Path) -> None:
    shutil.rmtree(copy / PERSONS_FOLDER)


def another_entry(copy: Path) -> None:
    content = bytearray((copy / LEDGER_FILE).read_bytes())
    at = content.index(b'"action":"count"')
    content[at + 10 : at + 15] = b"table"
    (copy / LEDGER_FILE).write_bytes(content)


def no_manifest(copy: Path) -> None:
    (copy / MANIFEST_FILE).unlink()


def pointing_outside(copy: Path) -> None:
    told = json.loads((copy / MANIFEST_FILE).read_text())
    told["files"]["../outside"] = told["files"][LEDGER_FILE]
    (copy / MANIFEST_FILE).write_text(json.dumps(told))


def of_older_people(copy: Path) -> None:
    """Somebody who can write the manifest anew gives people's balances from before the last answers."""
    (path,) = (copy / PERSONS_FOLDER).iterdir()
    content = path.read_bytes()
    path.write_bytes(bytes(len(content)))
    told = json.loads((copy / MANIFEST_FILE).read_text())
    del told["files"][f"{PERSONS_FOLDER}/{path.name}"]
    (copy / MANIFEST_FILE).write_text(json.dumps(told))


@pytest.mark.parametrize("damage", [cut, without_people, another_entry, no_manifest, pointing_outside, of_older_people])
def test_a_damaged_copy_is_told_and_never_put_back(state, copy, damage: Callable[[Path], None]):
    damage(copy)
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    for refused in (lambda: check_copy(copy), lambda: restore_ledger(state, copy, Known(is_complete=True), WHO)):
        with pytest.raises(DataProblem, match="backup-damaged"):
            refused()
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == before


def test_a_copy_of_another_schema_says_what_to_do(copy):
    told = json.loads((copy / MANIFEST_FILE).read_text())
    (copy / MANIFEST_FILE).write_text(json.dumps(told | {"schema": 2}))
    with pytest.raises(DataProblem, match="ledger-schema") as refused:
        check_copy(copy)
    assert refused.value.hint == "restore it with the version that made it"


def test_an_older_copy_put_back_by_hand_answers_nothing(state, copy):
    for name in (f"{LEDGER_FILE}-wal", f"{LEDGER_FILE}-shm"):
        (state / name).unlink(missing_ok=True)
    shutil.copy(copy / LEDGER_FILE, state / LEDGER_FILE)
    with pytest.raises(DataProblem, match="ledger-older"):
        Ledger(state)
    (state / CHECKPOINT_FILE).unlink()
    with pytest.raises(DataProblem, match="people were charged when it had 7"):
        Ledger(state)


def test_without_the_log_everything_of_the_year_counts_as_spent(state, copy):
    restored(state, copy)
    with contextlib.closing(Ledger(state)) as ledger:
        for balance in ledger.balances(claim("x").accounts, YEAR):
            assert (balance.spent, balance.remaining) == (balance.cap, 0)
        assert ask(state, "q0") == [(5,)]
        for new in ("lost0", "never asked"):
            with pytest.raises(OverBudget):
                ask(state, new)
        unknown = dataclasses.replace(claim("x"), accounts=(Account(kind=AccountKind.PROJECT, id="new", cap=10**9),))
        assert not ledger.preview(unknown).is_affordable
        assert ledger.preview(dataclasses.replace(claim("x"), period=str(int(YEAR) + 1))).is_affordable
    assert set(people(state)) == {MOST}


def test_with_the_log_every_charge_is_back_and_answers_are_forgotten(state, copy, tmp_path):
    written = month(state, tmp_path / "month.jsonl")
    restored(state, copy, logs=[written], is_complete=True)
    assert spent(state) == 8 * COST
    assert people(state)[[0, 100, 200]].tolist() == [5 * COST, 3 * COST, 0]
    assert ask(state, "q0", noisy=7) == [(5,)]
    assert spent(state) == 8 * COST
    assert ask(state, "lost0", noisy=7, counted=slice(100, 200)) == [(7,)]
    assert (spent(state), people(state)[100]) == (9 * COST, 4 * COST)
    assert verify_log(state).findings == ()


def test_with_the_log_and_without_the_people_everybody_is_charged_for_what_was_lost(state, copy, tmp_path):
    shutil.rmtree(state / PERSONS_FOLDER)
    restored(state, copy, logs=[state / LEDGER_FILE], is_complete=True)
    assert spent(state) == 8 * COST
    assert people(state)[[0, 100, 200]].tolist() == [8 * COST, 3 * COST, 3 * COST]


def test_a_witness_of_the_log_that_was_is_told_only_what_is_true(state, copy, tmp_path):
    witnessed = {"kept": (state / CHECKPOINT_FILE).read_text()}
    written = month(state, tmp_path / "month.jsonl")
    shutil.rmtree(state / PERSONS_FOLDER)
    (state / CHECKPOINT_FILE).unlink()
    with pytest.raises(DataProblem, match="restore-incomplete"):
        restore_ledger(state, copy, Known(witnessed=witnessed, is_complete=True), WHO)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder, known in ((whole, Known(logs=[written], is_complete=True)), (broken, Known())):
        restore_ledger(folder, copy, known, WHO)
    assert verify_log(whole, witnessed=witnessed).findings == ()
    assert [one.kind.value for one in verify_log(broken, witnessed=witnessed).findings] == ["truncated"]


def test_people_charged_since_show_that_more_was_answered(state, copy):
    (state / CHECKPOINT_FILE).unlink()
    with pytest.raises(DataProblem, match="restore-incomplete"):
        restore_ledger(state, copy, Known(is_complete=True), WHO)


def test_a_log_that_is_not_the_copy_s_or_has_a_gap_is_refused(state, copy, tmp_path):
    lines = month(state, tmp_path / "month.jsonl").read_text().splitlines(keepends=True)
    for name, kept in (("gap", lines[:6] + lines[7:]), ("forged", [line.replace("lost1", "forged") for line in lines])):
        (tmp_path / name).write_text("".join(kept))
    (tmp_path / "none").write_text("not an export")
    for name in ("gap", "forged", "none"):
        with pytest.raises(DataProblem, match="restore-log"):
            restore_ledger(state, copy, Known(logs=[tmp_path / name]), WHO)


def test_a_copy_that_is_not_what_was_witnessed_is_refused(state, copy, tmp_path):
    ask(tmp_path / "other", "q0", "q1")
    other = (tmp_path / "other" / CHECKPOINT_FILE).read_text()
    with pytest.raises(DataProblem, match="audit-broken"):
        restore_ledger(state, copy, Known(witnessed={"another's": other}), WHO)


def test_a_copy_needs_the_keys_it_was_made_with(state, tmp_path):
    back_up(state, tmp_path / "copy", with_keys=False)
    with pytest.raises(DataProblem, match="restore-key"):
        restore_ledger(tmp_path / "new", tmp_path / "copy", Known(), WHO)
    for name in KEYS:
        shutil.copy(state / name, tmp_path / "new" / name)
    (tmp_path / "new" / SIGNING_KEY_FILE).write_bytes(b"k" * 32)
    with pytest.raises(DataProblem, match="restore-key"):
        restore_ledger(tmp_path / "new", tmp_path / "copy", Known(), WHO)
    shutil.copy(state / SIGNING_KEY_FILE, tmp_path / "new" / SIGNING_KEY_FILE)
    restored(tmp_path / "new", tmp_path / "copy", is_complete=True)
    assert ask(tmp_path / "new", "q0") == [(5,)]


def test_nothing_is_put_back_under_a_server(state, copy):
    with contextlib.closing(Ledger(state)), pytest.raises(DataProblem, match="ledger-in-use"):
        restore_ledger(state, copy, Known(), WHO)
    held = hold(state, alone=True)
    with pytest.raises(DataProblem, match="ledger-in-use"):
        Ledger(state)
    os.close(held)


def test_it_is_logged_who_restored_what_and_why(state, copy):
    restored(state, copy)
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        (text,) = database.execute("select entry from audit order by number desc limit 1").fetchone()
    entry = json.loads(text)
    assert (entry["user"], entry["reason"], entry["copy"], entry["closed"]) == (
        "operator",
        "a disk died",
        5,
        [YEAR, "cube"],
    )
    assert entry["witnessed"] == 8


def test_people_of_a_closed_year_stay_at_the_most_whatever_is_lost(state, copy, tmp_path):
    restored(state, copy)
    shutil.rmtree(state / PERSONS_FOLDER)
    assert rebuild_persons(state, WHO) == (AXIS,)
    assert set(people(state)) == {MOST}
    back_up(state, tmp_path / "later")
    shutil.rmtree(state / PERSONS_FOLDER)
    restored(state, tmp_path / "later", is_complete=True)
    assert set(people(state)) == {MOST}
    with pytest.raises(OverBudget):
        ask(state, "new")


@pytest.mark.parametrize("damage", ["missing", "zeroed", "one slot"])
def test_people_that_are_lost_are_rebuilt_at_the_worst_case(state, damage: str):
    (path,) = (state / PERSONS_FOLDER).iterdir()
    content = bytearray(path.read_bytes())
    match damage:
        case "missing":
            path.unlink()
        case "zeroed":
            path.write_bytes(bytes(len(content)))
        case "one slot":  # the fifth change is in the second
            content[len(content) // 2 + 4096] ^= 1
            path.write_bytes(content)
    with pytest.raises(DataProblem, match="person-ledger-damaged"):
        ask(state, "new")
    assert ask(state, "q0") == [(5,)]
    assert rebuild_persons(state, WHO) == (AXIS,)
    assert rebuild_persons(state, WHO) == ()
    others = COST if damage == "one slot" else 5 * COST
    assert people(state)[[0, 999]].tolist() == [5 * COST, others]
    assert ask(state, "new") == [(5,)]
    assert people(state)[[0, 999]].tolist() == [6 * COST, others]
    assert verify_log(state).findings == ()


def test_a_restore_that_was_killed_keeps_the_ledger_shut_and_is_done_again(state, copy, monkeypatch):
    before, real, moved = people(state).tolist(), Path.rename, []

    def rename(self: Path, target: Path) -> Path:
        moved.extend([target] * (self.parent == state))
        if len(moved) == 2:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", rename)
        restore_ledger(state, copy, Known(), WHO)
    assert (state / UNFINISHED_FILE).exists()
    with pytest.raises(DataProblem, match="ledger-unfinished"):
        Ledger(state)
    with pytest.raises(DataProblem, match="restore-incomplete"):
        restore_ledger(state, copy, Known(is_complete=True), WHO)
    assert people(state).tolist() == before
    restored(state, copy)
    assert set(people(state)) == {MOST}
