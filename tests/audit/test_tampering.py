"""Every way to tamper with a log's file, done to a real one, and what an examination says of it."""

import contextlib
import shutil
import sqlite3

import pytest

from engine.disclosure.audit.checkpoint import Signer, read_checkpoint, read_note
from engine.disclosure.audit.entry import GENESIS, entry_hash
from engine.disclosure.audit.log import CHECKPOINT_FILE, ENTRIES_A_CHECKPOINT, SIGNING_KEY_FILE, VERIFIER_KEY_FILE
from engine.disclosure.audit.merkle import completed_by
from engine.disclosure.ledger import LEDGER_FILE, PERSONS_FOLDER, Ledger
from schemas.errors import DataProblem
from tests.audit.conftest import Log, answer, claim


def first(log: Log, **settings) -> tuple[str, int | None, str]:
    """Kind, entry and message of the first finding."""
    finding = log.verify(**settings).findings[0]
    return finding.kind.value, finding.entry, finding.message


def resealed(database: sqlite3.Connection) -> None:
    """Make hashes and tree fit the entries again, as somebody would who knows how they are made."""
    nodes, previous = {}, GENESIS
    database.execute("delete from audit_node")
    for index, (number, text) in enumerate(
        database.execute("select number, entry from audit order by number").fetchall()
    ):
        previous = entry_hash(previous, text)
        database.execute("update audit set hash = ? where number = ?", (previous, number))
        nodes[0, index] = bytes.fromhex(previous)
        for level, place, found in completed_by(lambda *node: nodes[node], index, nodes[0, index]):
            nodes[level, place] = found
            database.execute("insert into audit_node values (?, ?, ?)", (level, place, found))


def signed_anew(log: Log, number: int) -> None:
    """Change an entry, make everything fit it again, and have it signed with the log's own key."""
    with log.tampering() as database:
        database.execute("update audit set entry = replace(entry, 'count', 'table') where number = ?", (number,))
        resealed(database)
        database.execute("delete from audit_checkpoint")
    (log.state / CHECKPOINT_FILE).unlink()
    with contextlib.closing(Ledger(log.state)) as ledger:
        ledger.sign_log()


def moved_down(database: sqlite3.Connection, after: int) -> None:
    """Make room behind an entry."""
    database.execute("update audit set number = -(number + 1) where number > ?", (after,))
    database.execute("update audit set number = -number where number < 0")


def test_an_edited_entry(log: Log):
    with log.tampering() as database:
        database.execute('update audit set entry = replace(entry, \'"user":"u"\', \'"user":"v"\') where number = 7')
    assert first(log) == ("edited", 7, "entry 7 was changed: its text is not what its hash was made of")


@pytest.mark.parametrize("column", ["entry", "hash"])
@pytest.mark.parametrize("value", ["", "not what belongs here", "00" * 32])
def test_an_entry_overwritten_with_rubbish(log: Log, column: str, value: str):
    with log.tampering() as database:
        database.execute(f"update audit set {column} = ? where number = 7", (value,))
    kind, entry, _ = first(log)
    assert (kind, entry) in {("edited", 7), ("missing", 7)}


def test_a_deleted_entry(log: Log):
    with log.tampering() as database:
        database.execute("delete from audit where number = 7")
    assert first(log) == ("missing", 7, "entry 7 is missing: entry 6 is followed by 8")


def test_several_deleted_entries(log: Log):
    with log.tampering() as database:
        database.execute("delete from audit where number between 1 and 3")
    assert first(log) == ("missing", 1, "entries 1 to 3 are missing: entry 0 is followed by 4")


def test_a_deleted_entry_whose_gap_was_closed(log: Log):
    with log.tampering() as database:
        database.execute("delete from audit where number = 7")
        database.execute("update audit set number = number - 1 where number > 7")
    message = "what entry 7 was written after is missing: it does not follow from entry 6"
    assert first(log) == ("missing", 7, message)
    assert "truncated" in log.kinds


def test_an_inserted_entry(log: Log):
    with log.tampering() as database:
        moved_down(database, 6)
        text, previous = database.execute("select entry, hash from audit where number = 6").fetchone()
        forged = text.replace('"q5"', '"forged"')
        database.execute("insert into audit values (7, ?, ?)", (forged, entry_hash(previous, forged)))
    assert first(log) == ("inserted", 7, "entry 7 was put in: entry 8 was written after entry 6")


def test_a_repeated_entry(log: Log):
    with log.tampering() as database:
        database.execute("insert into audit select 13, entry, hash from audit where number = 3")
    assert first(log) == ("inserted", 13, "entry 13 is a copy of entry 3 that was put in")


def test_an_entry_before_the_first(log: Log):
    with log.tampering() as database:
        database.execute("insert into audit select 0, entry, hash from audit where number = 3")
    assert first(log) == ("inserted", 0, "an entry numbered 0 was put in before the first")


def test_two_entries_in_each_other_s_place(log: Log):
    with log.tampering() as database:
        for before, after in ((7, -8), (8, 7), (-8, 8)):
            database.execute("update audit set number = ? where number = ?", (after, before))
    assert first(log) == ("reordered", 7, "entry 7 is out of order: it was written after entry 8")
    assert "inserted" not in log.kinds


def test_a_log_cut_short(log: Log):
    signed = read_checkpoint(read_note(log.checkpoint)).time
    with log.tampering() as database:
        database.execute("delete from audit where number > 9")
    message = (
        f"the log ends at entry 9, and the log's checkpoint 12 was signed over 12 at {signed}: 3 entries were cut off"
    )
    assert first(log) == ("truncated", 9, message)


def test_a_log_cut_short_with_everything_that_tells(log: Log):
    """Entries, subtrees, checkpoints, charges and answers are gone; only who kept a checkpoint knows."""
    witnessed = log.checkpoint
    with log.tampering() as database:
        for statement in (
            "delete from audit where number > 9",
            "delete from audit_node where (place + 1) * (1 << level) > 9",
            "delete from audit_checkpoint where size > 9",
            "delete from memo where qid in ('q9', 'q10', 'q11')",
            "delete from seen where qid in ('q9', 'q10', 'q11')",
            "update account set spent = spent / 12 * 9",
        ):
            database.execute(statement)
    (log.state / CHECKPOINT_FILE).unlink()
    assert log.verify().findings == ()
    kind, entry, message = first(log, witnessed={"the witness's checkpoint": witnessed})
    assert (kind, entry) == ("truncated", 9)
    assert "the witness's checkpoint was signed over 12" in message
    assert message.endswith("3 entries were cut off")


def test_a_log_rewritten_so_that_every_hash_fits(log: Log):
    with log.tampering() as database:
        database.execute('update audit set entry = replace(entry, \'"user":"u"\', \'"user":"v"\') where number = 7')
        resealed(database)
    kind, entry, message = first(log)
    assert (kind, entry) == ("forked", 12)
    assert "what was signed and what is here part between entries 2 and 12" in message


def test_a_log_rewritten_and_signed_anew_by_who_has_the_key(log: Log):
    """Nothing in the state folder can show it; a checkpoint kept elsewhere does."""
    witnessed = log.checkpoint
    signer = Signer((log.state / SIGNING_KEY_FILE).read_bytes())
    signed_anew(log, 7)
    assert read_note(log.checkpoint).signer_among([signer.verifier])
    assert log.verify().findings == ()
    assert first(log, witnessed={"the witness's checkpoint": witnessed})[:2] == ("forked", 12)


def test_two_histories_of_one_log(log: Log, tmp_path):
    """One service shows different logs to different people: each is sound alone, and both together are not."""
    other = log.copy(tmp_path / "other")
    shutil.copytree(log.state / PERSONS_FOLDER, other.state / PERSONS_FOLDER)
    for name in (SIGNING_KEY_FILE, VERIFIER_KEY_FILE):
        shutil.copy(log.state / name, other.state / name)
    log.fill(3, prefix="one")
    other.fill(3, prefix="two")
    assert (log.verify().findings, other.verify().findings) == ((), ())
    kind, entry, message = first(log, witnessed={"what the other was shown": other.checkpoint})
    assert (kind, entry) == ("forked", 15)
    assert "what was signed and what is here part between entries 13 and 15" in message


def test_a_clock_set_back_between_two_entries(log: Log, clock):
    earlier = "2026-01-01T00:00:00.000+00:00"
    with contextlib.closing(Ledger(log.state, clock=clock(earlier))) as ledger:
        ledger.record(claim("late"), {"outcome": "exact"})
    kind, entry, message = first(log)
    assert (kind, entry) == ("clock", 13)
    assert "entry 13 is of 2026-01-01 00:00:00+00:00 and the one before it of 20" in message


def test_a_clock_set_back_before_a_checkpoint(log: Log, clock):
    with contextlib.closing(Ledger(log.state)) as ledger:
        answer(ledger, "now")
        ledger._audit._clock = clock("2026-01-01T00:00:00.000+00:00")
        ledger.sign_log()
    kind, entry, message = first(log)
    assert (kind, entry) == ("clock", 13)
    assert message.startswith("the log's checkpoint 13 is of 2026-01-01")


def test_an_entry_of_a_time_that_is_not_yet(log: Log, clock):
    with contextlib.closing(Ledger(log.state, clock=clock("2999-01-01T00:00:00.000+00:00"))) as ledger:
        answer(ledger, "early")
    assert first(log)[:2] == ("clock", 13)


def test_a_second_more_or_less_is_nothing(tmp_path, clock):
    log = Log(tmp_path / "state")
    log.fill(2, clock=clock("2026-01-01T00:00:02.000+00:00", "2026-01-01T00:00:00.500+00:00"))
    assert log.verify().findings == ()


def test_a_checkpoint_signed_with_another_key(log: Log, tmp_path):
    with log.tampering() as database:
        (note,) = database.execute("select note from audit_checkpoint where size = 12").fetchone()
        forged = Signer(b"k" * 32, name=read_checkpoint(read_note(note)).origin).sign(read_note(note).text)
        database.execute("update audit_checkpoint set note = ? where size = 12", (forged,))
    kind, entry, message = first(log)
    assert (kind, entry) == ("signature", 12)
    assert message.startswith("the log's checkpoint 12 over 12 entries was not signed by kohort-log/")


@pytest.mark.parametrize("note", ["", "a\nb\n", "x\n12\nAAAA\ntime t\n\n— n AAAAAAAA\n", "x\n\n— n !\n"])
def test_a_checkpoint_that_is_none(log: Log, note: str):
    with log.tampering() as database:
        database.execute("update audit_checkpoint set note = ? where size = 12", (note,))
    assert first(log)[0] == "signature"


def test_a_witness_s_checkpoint_that_says_nothing_or_was_signed_by_another(log: Log):
    other = Signer(b"k" * 32)
    forged = other.sign(read_note(log.checkpoint).text)
    kind, entry, message = first(log, witnessed={"the witness's checkpoint": forged})
    assert (kind, entry) == ("signature", 12)
    assert message.startswith("the witness's checkpoint over 12 entries was not signed by kohort-log/")
    kind, _, message = first(log, witnessed={"the witness's checkpoint": other.sign("x\n")})
    assert kind == "signature"
    assert "lacks origin, size, root or time" in message


def test_checkpoints_that_were_removed(tmp_path):
    log = Log(tmp_path / "state")
    log.fill(ENTRIES_A_CHECKPOINT * 2 + 10)
    assert log.verify().findings == ()
    with log.tampering() as database:
        database.execute("delete from audit_checkpoint where size between 2 and 205")
    assert first(log)[:2] == ("unsigned", 2)


def test_a_subtree_that_was_changed(log: Log):
    with log.tampering() as database:
        database.execute("update audit_node set hash = zeroblob(32) where level = 1 and place = 2")
    assert first(log)[:2] == ("tree", 6)


@pytest.mark.parametrize(
    ("tampering", "message"),
    [
        (
            "update account set spent = spent - 5000000 where kind = 'project'",
            "project p has spent 55000000 nano-rho in 2026 by the ledger, and 60000000 by the log",
        ),
        (
            "insert into account values ('user', 'other', '2026', 1)",
            "user other has spent 1 nano-rho in 2026 by the ledger, and 0 by the log",
        ),
        (
            "delete from account where kind = 'institution'",
            "institution i has spent 0 nano-rho in 2026 by the ledger, and 60000000 by the log",
        ),
        (
            "delete from seen where kind = 'user' and qid = 'q3'",
            "accounts marked as having paid for an answer: 0 are in the ledger and not in the log, 1 the reverse",
        ),
        ("delete from memo where qid = 'q3'", "stored answers: 0 are in the ledger and not in the log, 1 the reverse"),
    ],
)
def test_balances_that_do_not_follow_from_the_log(log: Log, tampering: str, message: str):
    with log.tampering() as database:
        database.execute(tampering)
    assert first(log) == ("budget", None, message)


def test_a_log_that_is_another_altogether_is_not_told_line_by_line(tmp_path):
    log = Log(tmp_path / "state")
    log.fill(60)
    with log.tampering() as database:
        database.execute("update audit set entry = replace(entry, 'count', 'table')")
    assert 20 <= len(log.verify().findings) <= 21


def test_a_ledger_restored_from_an_older_copy_does_not_open(log: Log, tmp_path):
    older = log.copy(tmp_path / "backup")
    log.fill(5, prefix="since")
    for stale in log.state.glob(f"{LEDGER_FILE}-*"):
        stale.unlink()
    shutil.copy(older.state / LEDGER_FILE, log.state / LEDGER_FILE)
    with pytest.raises(DataProblem, match="ledger-older"):
        Ledger(log.state)
    assert first(log)[0] == "truncated"


def test_a_ledger_with_another_history_does_not_open(log: Log):
    with log.tampering() as database:
        database.execute("update audit set entry = replace(entry, 'count', 'table') where number = 3")
        resealed(database)
    with pytest.raises(DataProblem, match="audit-broken"):
        Ledger(log.state)
