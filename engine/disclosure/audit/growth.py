"""Whether a log that was examined before only grew since: nothing cut off, nothing rewritten."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from engine.disclosure.audit.findings import Finding, Kind
from engine.disclosure.audit.log import log_size, stored_nodes
from engine.disclosure.audit.merkle import consistency_proof, proves_consistency, root
from schemas.errors import DataProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far an examination came: entries, the root over them, and the hash of the last, which commits to all."""

    size: int
    root: bytes
    hash: str


def lost(database: sqlite3.Connection, before: Reached) -> Finding | None:
    """Where the last entry examined is not there any more, or is another; absent while it is."""
    if not before.size:
        return None
    row = database.execute("select hash from audit where number = ?", (before.size,)).fetchone()
    if row is None:
        size = log_size(database)
        message = f"the log ends at entry {size}, and {before.size} were examined before: entries were cut off"
        return Finding(kind=Kind.TRUNCATED, message=message, entry=size)
    if str(row[0]) != before.hash:
        message = f"the first {before.size} entries were examined before, and are others now"
        return Finding(kind=Kind.FORKED, message=message, entry=before.size)
    return None


def parted(database: sqlite3.Connection, before: Reached, after: Reached) -> Iterator[Finding]:
    """Tell unless the log's own tree proves that what was examined before is the beginning of what is there now."""
    if not before.size:
        return
    try:
        if root(stored_nodes(database), before.size) != before.root:  # for as many entries a proof says nothing of it
            raise ValueError
        proof = consistency_proof(stored_nodes(database), before.size, after.size)
        is_proven = proves_consistency(
            proof, old=before.size, old_root=before.root, new=after.size, new_root=after.root
        )
    except (DataProblem, ValueError):  # a subtree that is missing, or a hash that is none
        is_proven = False
    if not is_proven:
        message = (
            f"the log's tree does not prove that its {after.size} entries go on from the {before.size} examined before"
        )
        yield Finding(kind=Kind.TREE, message=message, entry=before.size)
