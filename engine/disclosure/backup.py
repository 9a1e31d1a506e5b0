"""Copies of the ledger: making one while servers answer, and examining one.

A copy is a folder: the ledger as one SQLite file, the files per person, the verifier key, and a manifest with the
SHA-256 of each. The order makes it consistent: first the ledger, by SQLite's own backup, which is one moment of it;
then the people, each file under the ledger's write lock. So people may have been charged for more answers than the
copy holds, which is safe, and never for fewer. A copy is made aside and renamed: it is whole or not there.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from engine.disclosure.audit.findings import LogReport
from engine.disclosure.audit.log import SIGNING_KEY_FILE, VERIFIER_KEY_FILE, log_size, utc_now
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.audit.sealing import REVIEW_KEY_FILE
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import (
    BUSY_SECONDS,
    LEDGER_FILE,
    PERSONS_FOLDER,
    SCHEMA_VERSION,
    check_schema,
    hold,
    sync_folder,
)
from engine.disclosure.ledger_folder import require_ledger
from engine.disclosure.persons import PersonLedger
from engine.disclosure.query_id import KEY_FILE
from engine.disclosure.worst_case import answered_by_axis, generation_of
from schemas.errors import DataProblem, located

MANIFEST_FILE: Final = "manifest.json"
KEYS: Final = (KEY_FILE, SIGNING_KEY_FILE)
"""The secrets of a state folder; they are copied only when that is asked for."""

_PUBLIC: Final = (VERIFIER_KEY_FILE, REVIEW_KEY_FILE)
_FORM: Final = 1
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedFile:
    """A file of a copy as it was written."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCopy:
    """What a manifest says of a copy: when it was made (UTC), of how many log entries, with or without the keys."""

    made: str
    entries: int
    has_keys: bool
    files: Mapping[str, CopiedFile]


def back_up(state: Path, destination: Path, *, with_keys: bool = False) -> LedgerCopy:
    """Copy the ledger of a state folder to a folder that is not there yet; servers may go on answering.

    The log is signed first, so that the whole copy is under a checkpoint. Raises `DataProblem` when there is no
    ledger, it is not whole, or the copy cannot be written.
    """
    require_ledger(state, "backup-source")
    if destination.exists():
        raise DataProblem(
            "backup-unwritable", f"{destination.name} is there already", hint="name a new folder", place=destination
        )
    with contextlib.closing(Ledger(state)) as ledger:
        ledger.sign_log()
    aside = destination.with_name(f".{destination.name}.{secrets.token_hex(4)}")
    try:
        with _held(state):
            aside.mkdir(mode=0o700, parents=True)
            made = _fill(state, aside, with_keys=with_keys)
            aside.rename(destination)
            sync_folder(destination.parent)
    except (OSError, sqlite3.Error) as error:
        raise DataProblem("backup-unwritable", f"the ledger cannot be copied: {error}", place=destination) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return made


def check_copy(source: Path) -> tuple[LedgerCopy, LogReport]:
    """Examine a copy without changing it: checksums, the log and its balances, the people's files.

    Raises `DataProblem` with code `backup-damaged` when it is not what was written, or cannot be gone on from.
    """
    with located(source):
        return _check_copy(source)


def _check_copy(source: Path) -> tuple[LedgerCopy, LogReport]:
    copy = _read_manifest(source)
    for name, written in copy.files.items():
        _check_file(source / name, name, written)
    report = verify_log(source)
    if report.findings:
        raise _damaged(f"its log is not whole: {report.findings[0].message}")
    if report.entries != copy.entries:
        raise _damaged(f"its log has {report.entries} entries where the manifest says {copy.entries}")
    with contextlib.closing(sqlite3.connect(f"{(source / LEDGER_FILE).absolute().as_uri()}?mode=ro", uri=True)) as file:
        people = PersonLedger(source / PERSONS_FOLDER)
        for axis in answered_by_axis(file):
            newest = people.newest(axis)
            if newest is None or newest.generation < generation_of(file, axis):
                raise _damaged(f"the people of release {axis.release_id} in {axis.period} are missing or older")
    return copy, report


def copy_file(source: Path, target: Path) -> CopiedFile:
    """Copy a file durably, readable by its owner alone."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read, os.fdopen(descriptor, "wb") as written:
        shutil.copyfileobj(read, written, _CHUNK)
        written.flush()
        os.fsync(written.fileno())
    return _described(target)


def _fill(state: Path, aside: Path, *, with_keys: bool) -> LedgerCopy:
    entries = _copy_ledger(state / LEDGER_FILE, aside / LEDGER_FILE)
    files = {LEDGER_FILE: _described(aside / LEDGER_FILE)}
    files |= _copy_people(state, aside)
    for name in (*_PUBLIC, *(KEYS if with_keys else ())):
        if (state / name).is_file():
            files[name] = copy_file(state / name, aside / name)
    copy = LedgerCopy(made=utc_now(), entries=entries, has_keys=with_keys, files=files)
    (aside / MANIFEST_FILE).write_text(json.dumps({"form": _FORM, "schema": SCHEMA_VERSION, **asdict(copy)}, indent=2))
    sync_folder(aside)
    return copy


def _copy_ledger(source: Path, target: Path) -> int:
    """One moment of the ledger as a file that needs no other beside it; gives the number of its log entries."""
    target.touch(mode=0o600)
    with contextlib.closing(_connect(source)) as live, contextlib.closing(_connect(target)) as copy:
        live.backup(copy)  # all pages in one step: one read transaction, which holds no writer up
        copy.execute("pragma journal_mode = delete")
        (health,) = copy.execute("pragma quick_check(1)").fetchone()
        if health != "ok":
            raise sqlite3.DatabaseError(health)
        check_schema(copy)
        return log_size(copy)


def _copy_people(state: Path, aside: Path) -> dict[str, CopiedFile]:
    (aside / PERSONS_FOLDER).mkdir(mode=0o700)
    copied = {}
    with contextlib.closing(_connect(state / LEDGER_FILE)) as live:
        for path in sorted((state / PERSONS_FOLDER).glob("*.persons")):
            live.execute("begin immediate")  # nobody is charged while the file is read
            copied[f"{PERSONS_FOLDER}/{path.name}"] = copy_file(path, aside / PERSONS_FOLDER / path.name)
            live.execute("rollback")
    sync_folder(aside / PERSONS_FOLDER)
    return copied


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)


@contextlib.contextmanager
def _held(state: Path) -> Iterator[None]:
    """The state folder's lock, shared with all who answer: nothing is put back meanwhile."""
    descriptor = hold(state)
    try:
        yield
    finally:
        os.close(descriptor)


def _read_manifest(source: Path) -> LedgerCopy:
    try:
        raw = json.loads((source / MANIFEST_FILE).read_text())
        form, schema = raw["form"], raw["schema"]
        files = {
            str(name): CopiedFile(bytes=int(each["bytes"]), sha256=str(each["sha256"]))
            for name, each in raw["files"].items()
        }
        copy = LedgerCopy(
            made=str(raw["made"]), entries=int(raw["entries"]), has_keys=bool(raw["has_keys"]), files=files
        )
    except FileNotFoundError:
        raise DataProblem(
            "backup-damaged",
            f"the folder holds no copy of a ledger: it has no {MANIFEST_FILE}",
            hint="name a folder that `kohort ledger backup` made",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(f"{MANIFEST_FILE} cannot be read") from None
    if (form, schema) != (_FORM, SCHEMA_VERSION):
        raise DataProblem(
            "ledger-schema",
            f"the copy has form {form} and schema {schema}; this version reads {_FORM} and {SCHEMA_VERSION}",
            hint="restore it with the version that made it",
        )
    if LEDGER_FILE not in files or any(Path(name).is_absolute() or ".." in Path(name).parts for name in files):
        raise _damaged(f"{MANIFEST_FILE} does not name the files of a ledger")
    return copy


def _check_file(file: Path, name: str, written: CopiedFile) -> None:
    if not file.is_file():
        raise _damaged(f"{name} is missing")
    if stat.S_IMODE(file.stat().st_mode) & 0o077 and name in KEYS:
        raise DataProblem(
            "key-exposed", f"others than its owner may read {name} of the copy", hint="chmod 600 it", place=file
        )
    if _described(file) != written:
        raise _damaged(f"{name} is not what was written")


def _described(file: Path) -> CopiedFile:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return CopiedFile(bytes=file.stat().st_size, sha256=digest)


def _damaged(why: str) -> DataProblem:
    return DataProblem(
        "backup-damaged", f"the copy of the ledger cannot be used: {why}", hint="take another copy; this one is damaged"
    )
