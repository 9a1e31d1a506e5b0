"""Proofs about the log for somebody who does not have it: that an entry is in it, and that it only grew."""

import sqlite3
from dataclasses import dataclass

from engine.disclosure.audit.checkpoint import Checkpoint, VerifierKey, read_checkpoint, read_note
from engine.disclosure.audit.entry import GENESIS, entry_hash
from engine.disclosure.audit.log import log_size, newest_note, stored_nodes
from engine.disclosure.audit.merkle import consistency_proof, inclusion_proof, proves_consistency, proves_inclusion
from schemas.errors import DataProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """That entry `number` is in the log which `checkpoint` was signed over. `previous` is the hash before it; hashes
    are hexadecimal."""

    number: int
    entry: str
    previous: str
    proof: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthProof:
    """That what `older` was signed over is the beginning of what `checkpoint` was signed over."""

    older: str
    proof: tuple[str, ...]
    checkpoint: str


def prove_entry(database: sqlite3.Connection, number: int) -> EntryProof:
    """The proof of an entry under the newest checkpoint; raises `DataProblem` when that does not cover it."""
    note = newest_note(database)
    size = read_checkpoint(read_note(note)).size if note else 0
    if note is None or not 0 < number <= size:
        raise DataProblem(
            "audit-entry-unsigned",
            f"the newest checkpoint covers {size} of {log_size(database)} entries, and entry {number} is not one",
            hint="`kohort audit checkpoint` signs one over all entries",
        )
    (text,) = database.execute("select entry from audit where number = ?", (number,)).fetchone()
    before = database.execute("select hash from audit where number = ?", (number - 1,)).fetchone()
    return EntryProof(
        number=number,
        entry=str(text),
        previous=GENESIS if before is None else str(before[0]),
        proof=tuple(step.hex() for step in inclusion_proof(stored_nodes(database), number - 1, size)),
        checkpoint=note,
    )


def prove_growth(database: sqlite3.Connection, older: str) -> GrowthProof:
    """The proof that the log grew from an older checkpoint to its newest; raises `DataProblem` when it did not."""
    old, note = read_checkpoint(read_note(older)), newest_note(database)
    new = read_checkpoint(read_note(note)) if note else None
    if note is None or new is None or not 0 < old.size <= new.size:
        raise DataProblem(
            "audit-proof-wrong", f"the checkpoint was signed over {old.size} entries, more than the log has signed"
        )
    steps = consistency_proof(stored_nodes(database), old.size, new.size)
    found = GrowthProof(older=older, proof=tuple(step.hex() for step in steps), checkpoint=note)
    _check_growth(found, old, new)
    return found


def check_entry(proof: EntryProof, keys: tuple[VerifierKey, ...]) -> Checkpoint:
    """The checkpoint that the entry is proven to be under; raises `DataProblem` when the proof does not hold."""
    checkpoint = _signed(proof.checkpoint, keys)
    try:
        leaf = bytes.fromhex(entry_hash(proof.previous, proof.entry))
        steps = tuple(map(bytes.fromhex, proof.proof))
    except ValueError:
        raise DataProblem("audit-proof-wrong", "the proof holds something that is no hash") from None
    if not proves_inclusion(steps, leaf=leaf, index=proof.number - 1, size=checkpoint.size, root=checkpoint.root):
        raise DataProblem(
            "audit-proof-wrong", f"entry {proof.number} as it is here is not in the log of {checkpoint.size} entries"
        )
    return checkpoint


def check_growth(proof: GrowthProof, keys: tuple[VerifierKey, ...]) -> Checkpoint:
    """The newer checkpoint, once it is proven to go on from the older; raises `DataProblem` when it does not."""
    newer = _signed(proof.checkpoint, keys)
    _check_growth(proof, _signed(proof.older, keys), newer)
    return newer


def _check_growth(proof: GrowthProof, old: Checkpoint, new: Checkpoint) -> None:
    try:
        steps = tuple(map(bytes.fromhex, proof.proof))
    except ValueError:
        steps = ()
    if not proves_consistency(steps, old=old.size, old_root=old.root, new=new.size, new_root=new.root):
        raise DataProblem(
            "audit-proof-wrong",
            f"the log of {new.size} entries does not go on from the one of {old.size} that was signed at {old.time}",
        )


def _signed(text: str, keys: tuple[VerifierKey, ...]) -> Checkpoint:
    note = read_note(text)
    if note.signer_among(keys) is None:
        names = " or ".join(key.name for key in keys)
        raise DataProblem("audit-proof-wrong", f"the checkpoint was not signed by {names}")
    return read_checkpoint(note)
