"""The durable ledger per person: what the answers about each one have cost, and whom no answer counts any more.

One file a release and period holds a balance in nano-rho for everybody on the person axis. It is as sensitive as the
data: a balance tells how many cohorts somebody is in. It is never logged, measured or shown, and belongs on the same
encrypted storage as the data.

The file has two slots, each a head (generation, SHA-256) and all balances. A change is written to the slot that is
not in use, head last, and synchronised to disk before the answer it pays for is stored. A process killed at any
moment, or a lost page, leaves the other slot, which is whole and holds every charge of every answer given. What was
charged for an answer that was never stored may be lost or kept; kept is too much, which is safe. Everything is
written each time, whoever is charged, so that neither time nor traffic follow from how many they are.
"""

import hashlib
import os
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.aggregate.raw import Raw
from engine.personset import Mask, Persons
from schemas.errors import DataProblem

_HEAD = struct.Struct("<8sQQ32s")
_MAGIC = b"KPERSON1"
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
    """What each person's record has paid for, uint32[N] nano-rho; `generation` counts the changes before this one."""

    generation: int
    spent: npt.NDArray[np.uint32]

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


Measure = Callable[[frozenset[str], PersonBalances], Mapping[str, tuple[int, ...]]]
"""Gives the noisy counts of the query ids named, after charging the people counted in them to the balances."""


class PersonLedger:
    """The files of all releases and periods in one folder. Whoever calls holds the write lock of the whole ledger.

    Raises `OSError` when the disk refuses, and `DataProblem` with code `person-ledger-damaged` when neither slot is
    whole or the file is older than the answers that were given.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, axis: PersonAxis, *, at_least: int) -> PersonBalances:
        """The balances. `at_least` is the generation of the last answer stored, 0 when there was none."""
        path = self._path(axis)
        if not path.exists():
            if at_least:
                raise _damaged()
            self._create(path, axis)
        newest = _newest(path, axis)
        if newest is None or newest.generation < at_least:
            raise _damaged()
        return newest

    def write(self, axis: PersonAxis, balances: PersonBalances) -> int:
        """Make the changed balances durable; returns their generation."""
        generation = balances.generation + 1
        descriptor = os.open(self._path(axis), os.O_WRONLY)
        try:
            self._write_slot(descriptor, axis, generation, balances.spent.tobytes())
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        return generation

    def _write_slot(self, descriptor: int, axis: PersonAxis, generation: int, body: bytes) -> None:
        """The body, then the head that makes it count: another process never sees a head before its body."""
        start = (generation % 2) * _slot_size(axis)
        _write_all(descriptor, body, start + _PAGE)
        _write_all(descriptor, _head_of(axis, generation, body), start)

    def _create(self, path: Path, axis: PersonAxis) -> None:
        """A file in which nobody was charged, made aside and renamed, so that one in place always has a whole slot."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, 2 * _slot_size(axis))  # a full disk is met here and not in a later write
            self._write_slot(descriptor, axis, 0, bytes(4 * axis.persons))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        aside.rename(path)
        _sync_folder(self._folder)

    def _path(self, axis: PersonAxis) -> Path:
        release = hashlib.sha256(axis.release_id.encode()).hexdigest()[:24]
        return self._folder / f"{release}-{axis.period}.persons"


def _slot_size(axis: PersonAxis) -> int:
    """A page for the head, and whole pages of four bytes a person."""
    return _PAGE + -(-4 * axis.persons // _PAGE) * _PAGE


def _newest(path: Path, axis: PersonAxis) -> PersonBalances | None:
    """The whole slot with the higher generation; absent when neither is whole and of these people."""
    with path.open("rb") as file:
        heads = [_read(file, slot * _slot_size(axis), _HEAD.size) for slot in (0, 1)]
        generations = [_HEAD.unpack(head.ljust(_HEAD.size, b"\0"))[1] for head in heads]
        for generation in sorted(set(generations), reverse=True):
            slot = generation % 2  # never the one that the next change is written to
            body = _read(file, slot * _slot_size(axis) + _PAGE, 4 * axis.persons)
            if len(body) == 4 * axis.persons and heads[slot] == _head_of(axis, generation, body):
                return PersonBalances(generation=generation, spent=np.frombuffer(bytearray(body), "<u4"))
    return None


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _head_of(axis: PersonAxis, generation: int, body: bytes) -> bytes:
    named = f"{axis.release_id}\0{axis.period}\0{generation}\0{axis.persons}\0".encode()
    return _HEAD.pack(_MAGIC, generation, axis.persons, hashlib.sha256(named + body).digest())


def _write_all(descriptor: int, content: bytes, at: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, at)
        view, at = view[written:], at + written


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged() -> DataProblem:
    return DataProblem(
        "person-ledger-damaged",
        "the ledger per person is damaged, or older than the answers that were given, so nothing new can be answered",
        hint="restore it from the copy that belongs to the ledger beside it",
    )
