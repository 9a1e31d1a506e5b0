"""A log under watch: what a look at new entries notices, what the next examination of all entries does, and that
neither takes anything for an attack that is none."""

import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.disclosure.audit.checkpoint import Checkpoint, Signer
from engine.disclosure.audit.findings import LogReport
from engine.disclosure.audit.log import (
    CHECKPOINT_FILE,
    ENTRIES_A_CHECKPOINT,
    SIGNING_KEY_FILE,
    VERIFIER_KEY_FILE,
    newest_note,
)
from engine.disclosure.audit.watch import LogWatch
from engine.disclosure.ledger import LEDGER_FILE, PERSONS_FOLDER, Ledger
from schemas.errors import DataProblem
from tests.audit.conftest import Log, answer, claim
from tests.audit.test_tampering import resealed, signed_anew

CHANGED = 'update audit set entry = replace(entry, \'"user":"u"\', \'"user":"v"\') where number = ?'


def watching(log: Log) -> LogWatch:
    """A watch that has examined the whole log."""
    watch = LogWatch(log.state)
    assert watch.examine_whole().findings == ()
    return watch


def seen(watch: LogWatch) -> list[str]:
    """The kinds of what a look tells, each once."""
    watched = watch.look()
    assert watched is not None
    return sorted({finding.kind.value for finding in watched.report.findings})


def alike(watched: LogReport, verified: LogReport) -> bool:
    """Whether both tell the same; `verify` counts the published checkpoint as well."""
    return watched == replace(verified, checkpoints=verified.checkpoints - 1)


def replaced(log: Log, by: Log) -> None:
    """Another ledger's file in the place of this one's, as when a backup is copied over it."""
    for stale in log.state.glob(f"{LEDGER_FILE}-*"):
        stale.unlink()
    shutil.copy(by.state / LEDGER_FILE, log.state / LEDGER_FILE)


def test_before_all_entries_were_examined_nothing_is_known(log: Log) -> None:
    assert LogWatch(log.state).look() is None


def test_new_entries_are_examined_and_the_times_of_both_told(log: Log) -> None:
    watch = watching(log)
    before = watch.look()
    assert before is not None
    assert (before.report.entries, before.whole_entries, before.report.findings) == (12, 12, ())
    log.fill(ENTRIES_A_CHECKPOINT + 30, prefix="since")
    after = watch.look()
    assert after is not None
    assert (after.report.entries, after.whole_entries, after.whole) == (142, 12, before.whole)
    assert after.report.findings == ()
    assert alike(after.report, log.verify())
    assert watch.examine_whole().entries == 142
    assert seen(watch) == []


def test_a_server_that_goes_on_writing_is_no_attack(log: Log) -> None:
    watch = watching(log)
    with contextlib.closing(Ledger(log.state)) as ledger:
        for number in range(8):
            answer(ledger, f"n{number % 5}")
            if number % 3 == 0:
                ledger.sign_log()
            assert seen(watch) == []
            if number % 4 == 0:
                assert watch.examine_whole(lambda: answer(ledger, "meanwhile")).findings == ()


def test_an_examination_in_slices_finds_what_one_in_a_piece_does(tmp_path: Path) -> None:
    log = Log(tmp_path / "state")
    log.fill(450)
    rests: list[None] = []
    assert alike(LogWatch(log.state).examine_whole(lambda: rests.append(None)), log.verify())
    assert len(rests) == 2


@pytest.mark.parametrize(
    "cut",
    [
        ["delete from audit where number > 9"],
        [
            "delete from audit where number > 9",
            "delete from audit_node where (place + 1) * (1 << level) > 9",
            "delete from audit_checkpoint where size > 9",
            "delete from memo where qid in ('q9', 'q10', 'q11')",
            "delete from seen where qid in ('q9', 'q10', 'q11')",
            "update account set spent = spent / 12 * 9",
        ],
    ],
    ids=["entries", "everything that tells"],
)
def test_a_log_cut_short_is_noticed_at_once(log: Log, cut: list[str]) -> None:
    watch = watching(log)
    with log.tampering() as database:
        for statement in cut:
            database.execute(statement)
    (log.state / CHECKPOINT_FILE).unlink()
    assert "truncated" in seen(watch)
    watch.examine_whole()
    assert "truncated" in seen(watch), "the next examination of all entries does not forget it"


def test_a_log_cut_short_and_gone_on_with_is_noticed_at_once(log: Log, tmp_path: Path) -> None:
    older = log.copy(tmp_path / "older")
    shutil.copytree(log.state / PERSONS_FOLDER, older.state / PERSONS_FOLDER)
    log.fill(3, prefix="forgotten")
    watch = watching(log)
    replaced(log, older)
    (log.state / CHECKPOINT_FILE).unlink()
    shutil.rmtree(log.state / PERSONS_FOLDER)
    shutil.copytree(older.state / PERSONS_FOLDER, log.state / PERSONS_FOLDER)
    log.fill(6, prefix="instead")
    assert log.verify().findings == (), "by itself it is a sound log"
    assert seen(watch) == ["forked"]


def test_an_older_backup_in_its_place_is_noticed_at_once(log: Log, tmp_path: Path) -> None:
    older = log.copy(tmp_path / "older")
    log.fill(5, prefix="since")
    watch = watching(log)
    replaced(log, older)
    (log.state / CHECKPOINT_FILE).unlink()
    assert seen(watch) == ["truncated"]


def test_what_was_put_back_again_stays_told(log: Log, tmp_path: Path) -> None:
    watch, kept = watching(log), log.copy(tmp_path / "kept")
    with log.tampering() as database:
        database.execute("delete from audit where number > 9")
    assert "truncated" in seen(watch)
    replaced(log, kept)
    assert log.verify().findings == ()
    assert seen(watch) == ["truncated"]
    assert watch.examine_whole().findings == ()
    assert seen(watch) == ["truncated"]


def test_another_ledger_in_its_place_is_noticed_at_once(log: Log, tmp_path: Path) -> None:
    watch, other = watching(log), Log(tmp_path / "other")
    other.fill(40, prefix="other")
    replaced(log, other)
    for name in (CHECKPOINT_FILE, SIGNING_KEY_FILE, VERIFIER_KEY_FILE):
        shutil.copy(other.state / name, log.state / name)
    assert log.verify().findings == (), "by itself it is a sound log"
    assert seen(watch) == ["forked"]
    assert "signature" in {finding.kind.value for finding in watch.examine_whole().findings}, "the keys are others"


def test_no_ledger_in_its_place_is_a_problem(log: Log) -> None:
    watch = watching(log)
    (log.state / LEDGER_FILE).write_bytes(b"rubbish" * 1000)
    with pytest.raises(DataProblem, match="audit-unreadable"):
        watch.look()
    (log.state / LEDGER_FILE).unlink()
    with pytest.raises(DataProblem, match="audit-unreadable"):
        watch.examine_whole()


@pytest.mark.parametrize(
    ("statement", "kind"), [(CHANGED, "edited"), ("delete from audit where number = ?", "missing")]
)
def test_an_old_entry_that_alone_was_changed_is_noticed_when_all_are_examined(
    log: Log, statement: str, kind: str
) -> None:
    watch = watching(log)
    with log.tampering() as database:
        database.execute(statement, (3,))
    assert seen(watch) == [], "which is why all are examined every hour"
    assert next(finding.kind.value for finding in watch.examine_whole().findings) == kind
    log.fill(2, prefix="since")
    assert kind in seen(watch)
    watched = watch.look()
    assert watched is not None
    assert watched.report.entries == 14, "new entries are examined all the same"


def test_a_log_rewritten_so_that_every_hash_fits_is_noticed_at_once(log: Log) -> None:
    watch = watching(log)
    with log.tampering() as database:
        database.execute(CHANGED, (3,))
        resealed(database)
    assert "forked" in seen(watch)


def test_a_log_rewritten_and_signed_anew_with_the_stolen_key_is_noticed_at_once(log: Log) -> None:
    """Nothing in the state folder can show it: what the watch remembers does, as a witness would."""
    watch = watching(log)
    signed_anew(log, 3)
    assert log.verify().findings == ()
    assert seen(watch) == ["forked"]


def test_a_rewriting_while_all_entries_are_examined_is_noticed(tmp_path: Path) -> None:
    log = Log(tmp_path / "state")
    log.fill(450)

    def once() -> None:
        with log.tampering() as database:
            database.execute("update audit set entry = replace(entry, 'count', 'table') where number = 3")
            resealed(database)

    kinds = {finding.kind.value for finding in LogWatch(log.state).examine_whole(once).findings}
    assert "forked" in kinds


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ('update audit set entry = replace(entry, \'"user":"u"\', \'"user":"v"\') where number = 14', "edited"),
        ("delete from audit where number = 14", "missing"),
        ("update audit_node set hash = zeroblob(32) where level = 1 and place = 6", "tree"),
        ("update audit_checkpoint set note = replace(note, 'time 2', 'time 3') where size = 15", "signature"),
        ("delete from memo where qid = 'n1'", "budget"),
        ("delete from seen where qid = 'n1' and kind = 'user'", "budget"),
        ("update account set spent = spent - 5000000 where kind = 'project'", "budget"),
        ("insert into seen values ('user', 'u', 'stolen')", "budget"),
        ("delete from seen where qid = 'q3'", "budget"),
        ("insert into memo values ('stolen', 10, '[1]')", "budget"),
        ("delete from memo where qid = 'q3'", "budget"),
    ],
)
def test_what_is_wrong_with_new_entries_and_balances_is_noticed_at_once(log: Log, statement: str, kind: str) -> None:
    watch = watching(log)
    with contextlib.closing(Ledger(log.state)) as ledger:
        for number in range(3):
            answer(ledger, f"n{number}")
    with log.tampering() as database:
        database.execute(statement)
    assert kind in seen(watch)
    assert kind in seen(watch), "and stays so at the next look"


def test_one_row_in_the_place_of_another_is_noticed_when_all_are_examined(log: Log) -> None:
    watch = watching(log)
    with log.tampering() as database:
        database.execute("update seen set qid = 'stolen' where qid = 'q3' and kind = 'user'")
    assert seen(watch) == []
    watch.examine_whole()
    assert seen(watch) == ["budget"]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from audit_checkpoint where size = 1",
        "update audit_checkpoint set note = (select note from audit_checkpoint where size = 12) where size = 1",
        "insert into audit_checkpoint select 7, note from audit_checkpoint where size = 12",
    ],
)
def test_checkpoints_changed_behind_its_back_are_noticed_at_once(log: Log, statement: str) -> None:
    watch = watching(log)
    with log.tampering() as database:
        database.execute(statement)
    assert seen(watch) == ["signature"]
    watch.examine_whole()
    assert seen(watch) == ["signature"]


def test_a_checkpoint_of_another_log_published_is_noticed_at_once(log: Log, tmp_path: Path) -> None:
    watch, other = watching(log), Log(tmp_path / "other")
    shutil.copytree(log.state, other.state)
    log.fill(5, prefix="since")
    other.fill(5, prefix="another")
    assert seen(watch) == []
    shutil.copy(other.state / CHECKPOINT_FILE, log.state / CHECKPOINT_FILE)
    assert seen(watch) == ["forked"]


@pytest.mark.parametrize(
    ("published", "kind"), [("", "signature"), ("no note", "signature"), ("\xff\n\n", "signature")]
)
def test_a_published_checkpoint_that_is_none_is_noticed_at_once(log: Log, published: str, kind: str) -> None:
    watch = watching(log)
    (log.state / CHECKPOINT_FILE).write_bytes(published.encode("latin-1"))
    assert seen(watch) == [kind]


def test_a_clock_that_was_set_back_stays_told_and_the_watch_goes_on(
    log: Log, clock: Callable[..., Callable[[], str]]
) -> None:
    with contextlib.closing(Ledger(log.state, clock=clock("2026-01-01T00:00:00.000+00:00"))) as ledger:
        ledger.record(claim("late"), {"outcome": "exact"})
    watch = LogWatch(log.state)
    watch.examine_whole()
    assert seen(watch) == ["clock"]
    log.fill(3, prefix="since")
    assert seen(watch) == ["clock"]
    with log.tampering() as database:
        database.execute("delete from audit where number > 9")
    assert {"clock", "truncated"} <= set(seen(watch))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[]",
        '{"time":"2026-11-30T00:00:00"}',
        json.dumps({"time": "2026-11-30T00:00:00Z", "outcome": "answered", "qids": [10**30], "charged": {"user": 1}}),
        json.dumps({"time": "2026-11-30T00:00:00Z", "outcome": "answered", "qids": [], "charged": {"user": 1e999},
                    "user": ["u"], "period": 7}),
    ],
)  # fmt: skip
def test_what_is_nothing_like_an_entry_is_noticed_and_breaks_nothing(log: Log, text: str) -> None:
    watch = watching(log)
    with log.tampering() as database:
        database.execute("insert into audit values (13, ?, 'x')", (text,))
        resealed(database)
    assert seen(watch) != []
    assert watch.examine_whole().findings != ()
    assert log.verify().findings != ()


@pytest.mark.parametrize("statement", ["delete from audit_node", "update audit_node set hash = zeroblob(32)"])
def test_an_old_subtree_that_proofs_are_made_from_is_noticed_at_once(log: Log, statement: str) -> None:
    watch = watching(log)
    with log.tampering() as database:
        database.execute(f"{statement} where level = 3 and place = 0")
    assert seen(watch) == ["tree"]


def test_a_tree_that_does_not_go_on_from_the_one_examined_is_noticed_at_once(log: Log) -> None:
    """Twelve entries are two subtrees; the larger is part of no proof but the one that both are needed for."""
    watch = watching(log)
    log.fill(9, prefix="since")
    with log.tampering() as database:
        database.execute("update audit_node set hash = zeroblob(32) where level = 2 and place = 2")
    assert seen(watch) == ["tree"]


def test_a_checkpoint_signed_later_over_fewer_entries_is_noticed_at_once(log: Log) -> None:
    with contextlib.closing(Ledger(log.state)) as ledger:
        for number in range(3):
            answer(ledger, f"n{number}")
        watch = watching(log)
        with log.tampering() as database:
            signer = Signer((log.state / SIGNING_KEY_FILE).read_bytes())
            forged = Checkpoint(origin=signer.verifier.name, size=13, root=bytes(32), time="2026-11-30T00:00:00+00:00")
            database.execute("insert into audit_checkpoint values (13, ?)", (signer.sign(forged.text),))
        assert seen(watch) == ["signature"]


def test_a_published_checkpoint_over_a_subtree_that_is_gone_is_noticed_at_once(log: Log) -> None:
    watch = watching(log)
    with log.tampering() as database:
        database.execute("delete from audit_node")
    watch.examine_whole()
    assert "tree" in seen(watch)


def test_looking_changes_nothing(log: Log) -> None:
    watch = watching(log)
    with log.tampering() as database:
        before = list(database.iterdump())
    watch.look()
    watch.examine_whole()
    with log.tampering() as database:
        assert list(database.iterdump()) == before
        assert newest_note(database) == log.checkpoint
