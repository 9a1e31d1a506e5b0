"""Consent that was withdrawn since a release was made: a file in the state folder to which lines are added only.

A line is the person's id in the source, what is withdrawn (`*` for everything) and when it was recorded, separated by
tabs. It holds from the next question on, without a restart. A last line that is not finished is not there yet. Whatever
else is odd about the file stops all questions: a withdrawal that cannot be read must not be ignored.
"""

import datetime
import fcntl
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schemas.consent import PERMISSION_CODES, is_permission
from schemas.errors import DataProblem, located

FILE_NAME = "withdrawals.tsv"
EVERYTHING = "*"
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True, repr=False)
class Withdrawal:
    """A person, by the id of the source, and the permission withdrawn; `EVERYTHING` for all."""

    source_person_id: int
    permission: str


@dataclass(frozen=True, slots=True, repr=False)
class Withdrawals:
    """All withdrawals in the order recorded, with the length in bytes and SHA-256 of the lines they were read from."""

    entries: tuple[Withdrawal, ...]
    length: int
    sha256: str


NONE = Withdrawals((), 0, hashlib.sha256().hexdigest())


def read_withdrawals(path: Path, before: Withdrawals | None) -> Withdrawals:
    """The finished lines of the file, none when there is no file. Raises `DataProblem` when lines read `before` are no
    longer there as they were, or one cannot be understood."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raw = b""
    except OSError:
        raise DataProblem("withdrawals-unreadable", f"{path.name} cannot be read", place=path) from None
    raw = raw[: raw.rfind(b"\n") + 1]
    if before is not None and hashlib.sha256(raw[: before.length]).hexdigest() != before.sha256:
        raise DataProblem(
            "withdrawals-changed", f"{path.name} lost or changed lines that were in force",
            hint="restore it; lines are only ever added", place=path,
        )  # fmt: skip
    lines = raw.split(b"\n")[:-1]
    with located(path):
        entries = tuple(_withdrawal(path.name, number, line) for number, line in enumerate(lines, start=1))
    return Withdrawals(entries, len(raw), hashlib.sha256(raw).hexdigest())


def _withdrawal(name: str, number: int, line: bytes) -> Withdrawal:
    parts = line.decode("ascii", "replace").split("\t")
    is_whole = len(line) <= _LONGEST_LINE and len(parts) == 3 and parts[0].isdigit() and len(parts[0]) <= 18
    if is_whole and may_be_withdrawn(parts[1]):
        return Withdrawal(int(parts[0]), parts[1])
    raise DataProblem("withdrawals-form", f"line {number} of {name} is no withdrawal")


def may_be_withdrawn(permission: str) -> bool:
    """Everything, or one use; a restriction cannot be, for that would open data."""
    return permission == EVERYTHING or (is_permission(permission) and PERMISSION_CODES[permission.split(":")[0]].is_use)


def add_withdrawals(path: Path, withdrawals: Iterable[Withdrawal], *, now: datetime.datetime) -> int:
    """Add lines, on disk when this returns, and say how many. An unfinished last line, of a writer that was killed
    before it could report success, is removed first. Raises `DataProblem`."""
    lines = [
        f"{each.source_person_id}\t{each.permission}\t{now.isoformat(timespec='seconds')}\n" for each in withdrawals
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            read_withdrawals(path, None)
            end = stream.read().rfind(b"\n") + 1
            stream.truncate(end)
            stream.seek(end)
            stream.write("".join(lines).encode("ascii"))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        raise DataProblem("withdrawals-unreadable", f"{path.name} cannot be written", place=path) from None
    return len(lines)


def withdraw(state: Path, source_person_ids: Iterable[int], permission: str, *, now: datetime.datetime) -> int:
    """Record that people withdrew everything (`EVERYTHING`) or one use, and say how many; raises `DataProblem`."""
    if not may_be_withdrawn(permission):
        raise DataProblem(
            "withdrawals-permission", "a use is withdrawn, as GRU, HMB, DS:201826 or POA, or everything",
            hint="withdrawing a restriction would open data; it takes a new release",
        )  # fmt: skip
    return add_withdrawals(state / FILE_NAME, [Withdrawal(each, permission) for each in source_person_ids], now=now)
