"""Whether an entry is where it was written, and if not, what was done."""

import sqlite3
from dataclasses import dataclass

from engine.disclosure.audit.entry import GENESIS, entry_hash
from engine.disclosure.audit.findings import Finding, Kind
from engine.disclosure.audit.merkle import node_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry as the table has it; any part may have been tampered with."""

    number: int
    text: str
    hash: str


def misplaced(
    database: sqlite3.Connection, row: Row, expected: int, previous: str, *, is_moved: bool
) -> Finding | None:
    """What is wrong with a row that should be entry `expected` and follow the hash `previous`; absent when nothing is.

    `is_moved` says that an earlier row was found to be in the wrong order.
    """
    number = row.number
    if number > expected:
        which = f"entry {expected} is" if number == expected + 1 else f"entries {expected} to {number - 1} are"
        return Finding(
            kind=Kind.MISSING, message=f"{which} missing: entry {expected - 1} is followed by {number}", entry=expected
        )
    if number < expected:
        message = f"an entry numbered {number} was put in before the first"
        return Finding(kind=Kind.INSERTED, message=message, entry=number)
    if _follows(previous, row):
        return None
    twin = database.execute("select min(number) from audit where hash = ?", (row.hash,)).fetchone()[0]
    if twin < number:
        message = f"entry {number} is a copy of entry {twin} that was put in"
        return Finding(kind=Kind.INSERTED, message=message, entry=number)
    return _out_of_place(database, row, is_moved=is_moved)


def _out_of_place(database: sqlite3.Connection, row: Row, *, is_moved: bool) -> Finding:
    number, written_after = row.number, _predecessor(database, row)
    if written_after is None:
        if _has_kept_its_place(database, row):
            message = f"entry {number} was changed: its text is not what its hash was made of"
            return Finding(kind=Kind.EDITED, message=message, entry=number)
        message = f"what entry {number} was written after is missing: it does not follow from entry {number - 1}"
        return Finding(kind=Kind.MISSING, message=message, entry=number)
    if written_after > number or is_moved:
        message = f"entry {number} is out of order: it was written after entry {written_after}"
        return Finding(kind=Kind.REORDERED, message=message, entry=number)
    first = written_after + 1
    which = f"entry {first} was" if first == number - 1 else f"entries {first} to {number - 1} were"
    message = f"{which} put in: entry {number} was written after entry {written_after}"
    return Finding(kind=Kind.INSERTED, message=message, entry=first)


def _predecessor(database: sqlite3.Connection, row: Row) -> int | None:
    """The number of the entry that the row was written after, 0 for the first; absent when it is not there."""
    if _follows(GENESIS, row):
        return 0
    others = database.execute("select number, hash from audit")
    return next((number for number, previous in others if _follows(str(previous), row)), None)


def _follows(previous: str, row: Row) -> bool:
    try:
        return entry_hash(previous, row.text) == row.hash
    except ValueError:  # a hash that is none
        return False


def _has_kept_its_place(database: sqlite3.Connection, row: Row) -> bool:
    """Whether the log's tree knows the row's hash at this place; also where the tree does not reach yet."""
    place = (row.number - 1) // 2
    pair = database.execute(
        "select hash from audit where number in (?, ?) order by number", (place * 2 + 1, place * 2 + 2)
    )
    node = database.execute("select hash from audit_node where level = 1 and place = ?", (place,)).fetchone()
    try:
        leaves = [bytes.fromhex(str(leaf)) for (leaf,) in pair]
    except ValueError:
        return True
    return node is None or len(leaves) != 2 or node_hash(*leaves) == bytes(node[0])
