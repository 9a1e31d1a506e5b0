"""The tree of a log as it grows entry by entry, compared with the subtrees that the log keeps."""

import sqlite3
from collections.abc import Iterator

from engine.disclosure.audit.findings import Finding, Kind
from engine.disclosure.audit.merkle import EMPTY, node_hash


class GrowingTree:
    """Holds only the complete subtrees that are not yet part of a larger one, from the largest to the smallest."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []

    def add(self, database: sqlite3.Connection, sealed: str) -> Iterator[Finding]:
        """Add an entry by its hash; tells where the log keeps other subtrees than follow from its entries."""
        self._subtrees.append(bytes.fromhex(sealed))
        level, place = 0, self.size
        self.size += 1
        while place & 1:
            right, left = self._subtrees.pop(), self._subtrees.pop()
            level, place = level + 1, place >> 1
            self._subtrees.append(node_hash(left, right))
            if _kept(database, level, place) != self._subtrees[-1]:
                message = f"the log's tree does not fit its entries up to {self.size}: proofs made from it are wrong"
                yield Finding(kind=Kind.TREE, message=message, entry=self.size)

    def root(self) -> bytes:
        """The root over all entries added."""
        if not self._subtrees:
            return EMPTY
        found = self._subtrees[-1]
        for larger in reversed(self._subtrees[:-1]):
            found = node_hash(larger, found)
        return found


def _kept(database: sqlite3.Connection, level: int, place: int) -> bytes | None:
    query = "select hash from audit_node where level = ? and place = ?"
    row = database.execute(query, (level, place)).fetchone()
    return None if row is None else bytes(row[0])
