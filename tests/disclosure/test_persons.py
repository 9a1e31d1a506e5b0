"""The ledger per person: nobody pays less than their part in the answers, nobody more than the cap, and no crash or
damage lowers a balance."""

import os
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.disclosure.persons import PersonAxis, PersonBalances, PersonLedger
from schemas.errors import DataProblem

AXIS = PersonAxis(release_id="r1", period="2026", persons=5_000)
CAP = 2 * 10**9


def charge(ledger: PersonLedger, *persons: int, cost: int = 7, at_least: int = 0, axis: PersonAxis = AXIS) -> int:
    balances = ledger.read(axis, at_least=at_least)
    balances.admit(np.array(persons, np.uint32), cost=cost, cap=CAP)
    return ledger.write(axis, balances)


def spent(folder: Path, *persons: int, axis: PersonAxis = AXIS) -> list[int]:
    return PersonLedger(folder).read(axis, at_least=0).spent[list(persons)].tolist()


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("*.persons")
    return path


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 5)), st.integers(1, 9)), max_size=12),
    st.integers(0, 20),
)
def test_everybody_pays_until_the_cap_and_is_left_out_then(questions, cap):
    balances, paid = PersonBalances(generation=0, spent=np.zeros(6, np.uint32)), Counter()
    for persons, cost in questions:
        listed = sorted(persons)
        admitted = balances.admit(np.array(listed, np.uint32), cost=cost, cap=cap)
        expected = [paid[person] + cost <= cap for person in listed]
        paid.update({person: cost for person, is_in in zip(listed, expected, strict=True) if is_in})
        assert admitted.tolist() == expected
    assert balances.spent.tolist() == [paid[person] for person in range(6)]


def test_no_cap_is_too_large_for_the_file_to_keep():
    balances = PersonBalances(generation=0, spent=np.array([2**32 - 3], np.uint32))
    assert not balances.admit(np.array([0], np.uint32), cost=3, cap=2**40)[0]
    assert balances.admit(np.array([0], np.uint32), cost=2, cap=2**40)[0]
    assert balances.spent.tolist() == [2**32 - 1]


def test_balances_are_kept_for_each_release_and_period(tmp_path):
    ledger = PersonLedger(tmp_path)
    other_year = PersonAxis(release_id="r1", period="2027", persons=5_000)
    other_release = PersonAxis(release_id="r2", period="2026", persons=6_000)
    assert [charge(ledger, 1, 4_999), charge(ledger, 1), charge(ledger, 3, axis=other_release)] == [1, 2, 1]
    assert spent(tmp_path, 0, 1, 4_999) == [0, 14, 7]
    assert spent(tmp_path, 1, 3, 4_999, axis=other_release) == [0, 7, 0]
    assert spent(tmp_path, 1, axis=other_year) == [0]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_a_reading_that_is_not_written_changes_nothing(tmp_path):
    ledger = PersonLedger(tmp_path)
    charge(ledger, 1)
    ledger.read(AXIS, at_least=1).admit(np.array([1], np.uint32), cost=7, cap=CAP)
    assert spent(tmp_path, 1) == [7]


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5_000])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def scribbled(path: Path) -> None:
    """One byte in the balances of each slot."""
    content = bytearray(path.read_bytes())
    for slot in (0, 1):
        content[slot * len(content) // 2 + 4096 + 40] ^= 1
    path.write_bytes(content)


def swapped(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[len(content) // 2 :] + content[: len(content) // 2])


@pytest.mark.parametrize("damage", [zeroed, cut_short, emptied, scribbled, swapped, Path.unlink])
def test_a_damaged_file_is_never_taken_for_a_new_one(tmp_path, damage):
    ledger = PersonLedger(tmp_path)
    charge(ledger, 1), charge(ledger, 1)
    damage(the_file(tmp_path))
    with pytest.raises(DataProblem, match="person-ledger-damaged"):
        PersonLedger(tmp_path).read(AXIS, at_least=2)


def test_an_older_copy_is_refused_and_a_newer_one_is_not(tmp_path):
    ledger = PersonLedger(tmp_path)
    charge(ledger, 1)
    shutil.copy(the_file(tmp_path), tmp_path / "copy")
    charge(ledger, 1)
    shutil.copy(tmp_path / "copy", the_file(tmp_path))
    with pytest.raises(DataProblem, match="person-ledger-damaged"):
        ledger.read(AXIS, at_least=2)
    assert ledger.read(AXIS, at_least=0).generation == 1


def test_the_file_of_another_release_is_refused(tmp_path):
    ledger = PersonLedger(tmp_path)
    charge(ledger, 1)
    mine = the_file(tmp_path)
    other = PersonAxis(release_id="r2", period="2026", persons=5_000)
    charge(ledger, 2, axis=other)
    (theirs,) = set(tmp_path.glob("*.persons")) - {mine}
    shutil.copy(mine, theirs)
    with pytest.raises(DataProblem, match="person-ledger-damaged"):
        ledger.read(other, at_least=1)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9], ids="{:.0%} of the body".format)
@pytest.mark.parametrize("with_head", [False, True])
def test_a_write_that_stopped_half_way_leaves_what_was_there(tmp_path, kept, with_head):
    """A killed process leaves a body without its head; a power cut, which keeps no order, also a head without its body."""
    ledger = PersonLedger(tmp_path)
    charge(ledger, 1), charge(ledger, 1, 2)
    path, before = the_file(tmp_path), the_file(tmp_path).read_bytes()
    charge(ledger, 1, 2, 3)
    after, half = path.read_bytes(), len(before) // 2  # the third generation is in the second slot
    reached = half + 4096 + int(kept * 4 * 5_000)
    torn = bytearray(before)
    torn[half + 4096 : reached] = after[half + 4096 : reached]
    if with_head:
        torn[half : half + 4096] = after[half : half + 4096]
    path.write_bytes(torn)
    # only the few first balances differ, so that any of the body is all that the head was made over
    assert spent(tmp_path, 1, 2, 3) == ([21, 14, 7] if kept and with_head else [14, 7, 0])
    assert charge(ledger, 4, at_least=2) >= 3


def test_a_disk_that_refuses_charges_nothing(tmp_path, monkeypatch):
    ledger = PersonLedger(tmp_path)
    charge(ledger, 1)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr(os, "pwrite", full)
        charge(ledger, 1)
    assert spent(tmp_path, 1) == [7]
    assert charge(ledger, 1) == 2
