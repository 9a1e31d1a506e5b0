"""The durable ledger per person: what the answers about each one have cost, and whom no answer counts any more.

One file a release and period holds a balance in nano-rho for everybody on the person axis. It is as sensitive as the
data: a balance tells how many cohorts somebody is in. It is never logged, measured or shown, and belongs on the same
encrypted storage as the data.

The file has two slots, each a head (generation, entries of the log then, SHA-256) and all balances. A change is
written to the slot that is not in use, head last, and synchronised to disk before the answer it pays for is stored. A
process killed at any moment, or a lost page, leaves the other slot, which is whole and holds every charge of every
answer given. What was charged for an answer that was never stored may be lost or kept; kept is too much, which is
safe. Everything is written each time, whoever is charged, so that neither time nor traffic follow from how many they
are. The entries say which answers a file knows of: a ledger with fewer is an older copy.
"""

import hashlib
import os
import secrets
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.aggregate.raw import Raw
from engine.disclosure.ledger_file import sync_folder
from engine.personset import Mask, Persons
from schemas.errors import DataProblem

_HEAD = struct.Struct("<8sQQQ32s")
_MAGIC = b"KPERSON2"
_PAGE = 4096
MOST = 2**32 - 1
"""The largest balance, and cap, that the file can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAxis:
    """Whose ledger it is: the people 0..persons-1 of one release, in one period."""

    release_id: str
    period: str
    persons: int


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class PersonBalances(Raw):
    """What each person's record has paid for, uint32[N] nano-rho; `generation` counts the changes before this one.

    `entries` is how many entries the log had when they were written: they hold every charge up to the next entry, -1
    for those of nobody.
    """

    generation: int
    spent: npt.NDArray[np.uint32]
    entries: int = 0

    def admit(self, persons: Persons, *, cost: int, cap: int) -> Mask:
        """Charge those who stay within the cap, and say who they are: bool[n] over `persons`, each listed once.

        This is an individual privacy filter (Feldman and Zrnic 2021): whoever is left out has no part in the answer.
        Nobody may be told how many they are.
        """
        room = min(cap, MOST) - cost
        if room < 0:
            return np.zeros(len(persons), np.bool_)
        spent = self.spent[persons]
        admitted = spent <= np.uint32(room)
        spent += admitted * np.uint32(cost)
        self.spent[persons] = spent
        return admitted

    def with_others(self, others: Sequence["PersonBalances"]) -> "PersonBalances":
        """What these people have paid here and there together, as far as a balance can tell."""
        if not others:
            return self
        return replace(self, spent=np.minimum(_sum(self, others), np.uint64(MOST)).astype(np.uint32))

    def charged_as(self, shown: "PersonBalances", others: Sequence["PersonBalances"]) -> "PersonBalances":
        """These balances with what was charged to those that `with_others` gave."""
        if not others:
            return self
        before = np.minimum(_sum(self, others), np.uint64(MOST))
        return replace(self, spent=self.spent + (shown.spent - before).astype(np.uint32))


Measure = Callable[[frozenset[str], PersonBalances], Mapping[str, tuple[int, ...]]]
"""Gives the noisy counts of the query ids named, after charging the people counted in them to the balances."""


class PersonLedger:
    """The files of all releases and periods in one folder. Whoever calls holds the write lock of the whole ledger.

    Raises `OSError` when the disk refuses, and `DataProblem` with code `person-ledger-damaged` when neither slot is
    whole or the file is older than the answers that were given.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[PersonAxis, tuple[bytes, PersonBalances]] = {}
        """What this process read or wrote last, with its head: while the file has that head it is not read again."""

    def read(self, axis: PersonAxis, *, at_least: int) -> PersonBalances:
        """The balances. `at_least` is the generation of the last answer stored, 0 when there was none."""
        path = self._path(axis)
        if not path.exists():
            if at_least:
                raise _damaged()
            nobody = PersonBalances(generation=0, spent=np.zeros(axis.persons, np.uint32))
            self._create(path, axis, nobody)
        newest = self._newest(path, axis)
        if newest is None or newest.generation < at_least:
            raise _damaged()
        return newest

    def write(self, axis: PersonAxis, balances: PersonBalances, *, entries: int = 0) -> int:
        """Make the changed balances durable; returns their generation. `entries` is how many the log has by now."""
        generation = balances.generation + 1
        descriptor = os.open(self._path(axis), os.O_WRONLY)
        try:
            head = self._write_slot(descriptor, axis, generation, entries, balances.spent.tobytes())
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        self._held[axis] = head, replace(balances, generation=generation, entries=entries)
        return generation

    def newest(self, axis: PersonAxis) -> PersonBalances | None:
        """The balances as they are in the file, however old; absent when there are none that are whole."""
        path = self._path(axis)
        return self._newest(path, axis) if path.is_file() else None

    def is_last(self, axis: PersonAxis) -> bool:
        """Whether no change came after the newest that is whole: the other slot has the one before it, and is whole."""
        path = self._path(axis)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            heads = _heads_of(file, axis)
            newest = _newest(file, axis, heads)
            if newest is None:
                return False
            heads[newest.generation % 2] = b""
            before = _newest(file, axis, heads)
        return before is not None and before.generation == newest.generation - 1

    def newest_entries(self) -> int:
        """The most entries that the log had at any change of any file; by the heads alone, so that it takes no time."""
        heads = (head for path in self._folder.glob("*.persons") for head in _heads(path))
        return max((entries for _, entries in heads), default=0)

    def replace(self, axis: PersonAxis, balances: PersonBalances) -> int:
        """Put the balances in place of the file, whatever it holds; returns their generation."""
        self._create(self._path(axis), axis, replace(balances, generation=balances.generation + 1))
        return balances.generation + 1

    def _newest(self, path: Path, axis: PersonAxis) -> PersonBalances | None:
        """The whole slot with the higher generation; absent when neither is whole and of these people."""
        with path.open("rb") as file:
            heads = _heads_of(file, axis)
            latest = max(heads, key=_generation)
            head, held = self._held.get(axis, (b"", None))
            if held is None or head != latest:
                held = _newest(file, axis, heads)
            if held is None or held.generation != _generation(latest):
                return held
            self._held[axis] = latest, held
            return replace(held, spent=held.spent.copy())

    def _write_slot(self, descriptor: int, axis: PersonAxis, generation: int, entries: int, body: bytes) -> bytes:
        """The body, then the head that makes it count: another process never sees a head before its body."""
        start, head = (generation % 2) * _slot_size(axis), _head_of(axis, generation, entries, body)
        _write_all(descriptor, body, start + _PAGE)
        _write_all(descriptor, head, start)
        return head

    def _create(self, path: Path, axis: PersonAxis, balances: PersonBalances) -> None:
        """A file of these balances, made aside and renamed, so that one in place always has a whole slot."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, 2 * _slot_size(axis))  # a full disk is met here and not in a later write
            self._write_slot(descriptor, axis, balances.generation, balances.entries, balances.spent.tobytes())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        aside.rename(path)
        sync_folder(self._folder)

    def _path(self, axis: PersonAxis) -> Path:
        release = hashlib.sha256(axis.release_id.encode()).hexdigest()[:24]
        return self._folder / f"{release}-{axis.period}.persons"


def _sum(balances: PersonBalances, others: Sequence[PersonBalances]) -> npt.NDArray[np.uint64]:
    total = balances.spent.astype(np.uint64)
    for other in others:
        total += other.spent
    return total


def _slot_size(axis: PersonAxis) -> int:
    """A page for the head, and whole pages of four bytes a person."""
    return _PAGE + -(-4 * axis.persons // _PAGE) * _PAGE


def _heads_of(file: BinaryIO, axis: PersonAxis) -> list[bytes]:
    """The heads of both slots, whole or not."""
    return [_read(file, slot * _slot_size(axis), _HEAD.size) for slot in (0, 1)]


def _newest(file: BinaryIO, axis: PersonAxis, heads: Sequence[bytes]) -> PersonBalances | None:
    for head in sorted(heads, key=_generation, reverse=True):
        _, generation, entries, _, _ = _fields(head)
        slot = generation % 2  # never the one that the next change is written to
        body = _read(file, slot * _slot_size(axis) + _PAGE, 4 * axis.persons)
        if len(body) == 4 * axis.persons and heads[slot] == _head_of(axis, generation, entries, body):
            spent = np.frombuffer(bytearray(body), "<u4")
            return PersonBalances(generation=generation, entries=entries, spent=spent)
    return None


def _fields(head: bytes) -> tuple[bytes, int, int, int, bytes]:
    magic, generation, entries, persons, seal = _HEAD.unpack(head.ljust(_HEAD.size, b"\0"))
    return bytes(magic), int(generation), int(entries), int(persons), bytes(seal)


def _generation(head: bytes) -> int:
    return _fields(head)[1]


def _heads(path: Path) -> Iterator[tuple[int, int]]:
    """Generation and entries of the heads in a file, of however many people it is."""
    slot = path.stat().st_size // 2
    with path.open("rb") as file:
        for start in (0, slot):
            head = _read(file, start, _HEAD.size)
            if head.startswith(_MAGIC):
                yield _fields(head)[1:3]


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _head_of(axis: PersonAxis, generation: int, entries: int, body: bytes) -> bytes:
    seal = hashlib.sha256(f"{axis.release_id}\0{axis.period}\0{generation}\0{entries}\0{axis.persons}\0".encode())
    seal.update(body)
    return _HEAD.pack(_MAGIC, generation, entries, axis.persons, seal.digest())


def _write_all(descriptor: int, content: bytes, at: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, at)
        view, at = view[written:], at + written


def _damaged() -> DataProblem:
    return DataProblem(
        "person-ledger-damaged",
        "the ledger per person is damaged, or older than the answers that were given, so nothing new can be answered",
        hint="`kohort ledger rebuild` makes it anew, with everybody charged as much as the log allows for",
    )
