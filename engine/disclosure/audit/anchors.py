"""What a log is held against: its own checkpoints, those that a witness kept, and the signatures under them."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping

from engine.disclosure.audit.checkpoint import Checkpoint, SignedNote, VerifierKey, read_checkpoint, read_note
from engine.disclosure.audit.findings import Finding, Kind
from engine.disclosure.audit.log import stored_nodes
from engine.disclosure.audit.merkle import root
from schemas.errors import DataProblem

_FIRST = -(2**63)


class Anchors:
    """Checkpoints by how many entries they were signed over; those of the log are read as they come."""

    def __init__(self, keys: tuple[VerifierKey, ...], witnessed: Mapping[str, SignedNote]) -> None:
        self.findings: list[Finding] = []
        """Witnessed checkpoints that cannot be used."""
        self._keys = keys
        self._ahead: defaultdict[int, list[tuple[str, Checkpoint]]] = defaultdict(list)
        self.number = 0
        """How many there are, met and ahead."""
        self._own: list[int] = []
        self._last = _FIRST
        self._read = hashlib.sha256()
        for name, note in witnessed.items():
            checkpoint = read_signed(name, note, keys)
            if isinstance(checkpoint, Finding):
                self.findings.append(checkpoint)
            else:
                self._ahead[checkpoint.size].append((name, checkpoint))
                self.number += 1

    @property
    def own_sizes(self) -> tuple[int, ...]:
        """Over how many entries the log's own checkpoints were signed, in order."""
        return tuple(self._own)

    def met(self, size: int) -> tuple[tuple[str, Checkpoint], ...]:
        """The checkpoints over so many entries, each with what it is called; each is given once."""
        return tuple(self._ahead.pop(size, ()))

    def ahead(self) -> Iterator[tuple[str, Checkpoint]]:
        """The checkpoints that were not met."""
        for size in sorted(self._ahead):
            yield from self._ahead[size]

    def read(self, database: sqlite3.Connection, examined: int) -> Iterator[Finding]:
        """Take in the checkpoints that the log has signed since, and tell which cannot be used; `examined` entries were
        looked at before."""
        query = "select size, note from audit_checkpoint where size > ? order by size"
        for size, note in database.execute(query, (self._last,)).fetchall():
            self._last = int(size)
            self._read.update(_spelled(size, note))
            yield from self._take_in(self._last, str(note), examined)

    def changed(self, database: sqlite3.Connection) -> Iterator[Finding]:
        """Tell whether a checkpoint that was read is another now or gone, or one was put in among them."""
        found = hashlib.sha256()
        query = "select size, note from audit_checkpoint where size <= ? order by size"
        for size, note in database.execute(query, (self._last,)):
            found.update(_spelled(size, note))
        if found.digest() != self._read.digest():
            message = "the checkpoints up to the last one examined are others now: one was changed, removed or put in"
            yield Finding(kind=Kind.SIGNATURE, message=message)

    def _take_in(self, row: int, note: str, examined: int) -> Iterator[Finding]:
        name = f"the log's checkpoint {row}"
        checkpoint = _read_text(name, note, self._keys)
        if isinstance(checkpoint, Finding):
            yield checkpoint
        elif checkpoint.size != row:
            message = f"{name} was signed over {checkpoint.size} entries: it is another one"
            yield Finding(kind=Kind.SIGNATURE, message=message, entry=row)
        elif checkpoint.size < examined:
            message = f"{name} was put in after its entries were examined"
            yield Finding(kind=Kind.SIGNATURE, message=message, entry=row)
        else:
            self._ahead[row].insert(0, (name, checkpoint))  # what is wrong is told of the log's own first
            self._own.append(row)
            self.number += 1


def read_signed(name: str, note: SignedNote, keys: tuple[VerifierKey, ...]) -> Checkpoint | Finding:
    """What a note says of a log, or why it cannot be used."""
    try:
        checkpoint = read_checkpoint(note)
    except DataProblem as problem:
        return Finding(kind=Kind.SIGNATURE, message=f"{name}: {problem.message}")
    if note.signer_among(keys) is None:
        signers = " or ".join(key.name for key in keys)
        message = f"{name} over {checkpoint.size} entries was not signed by {signers}"
        return Finding(kind=Kind.SIGNATURE, message=message, entry=checkpoint.size)
    return checkpoint


def _read_text(name: str, text: str, keys: tuple[VerifierKey, ...]) -> Checkpoint | Finding:
    try:
        return read_signed(name, read_note(text), keys)
    except DataProblem as problem:
        return Finding(kind=Kind.SIGNATURE, message=f"{name}: {problem.message}")


def contradiction(
    database: sqlite3.Connection, name: str, text: str, *, keys: tuple[VerifierKey, ...], size: int
) -> Finding | None:
    """Where a checkpoint is not one of the log of `size` entries, whose tree was examined; absent when it is."""
    checkpoint = _read_text(name, text, keys)
    if isinstance(checkpoint, Finding):
        return checkpoint
    if checkpoint.size > size:
        return cut_off(name, checkpoint, size)
    try:
        if root(stored_nodes(database), checkpoint.size) == checkpoint.root:
            return None
    except DataProblem as problem:
        return Finding(kind=Kind.TREE, message=problem.message)
    message = f"{name} was signed over {checkpoint.size} entries at {checkpoint.time}, and these are others"
    return Finding(kind=Kind.FORKED, message=message, entry=checkpoint.size)


def cut_off(name: str, checkpoint: Checkpoint, size: int) -> Finding:
    """That a log of `size` entries lacks some of those that a checkpoint was signed over."""
    message = (
        f"the log ends at entry {size}, and {name} was signed over {checkpoint.size} at {checkpoint.time}: "
        f"{checkpoint.size - size} entries were cut off"
    )
    return Finding(kind=Kind.TRUNCATED, message=message, entry=size)


def _spelled(size: object, note: object) -> bytes:
    text = str(note)
    return f"{size} {len(text)} {text}\n".encode()
