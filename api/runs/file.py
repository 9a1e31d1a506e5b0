"""The file of runs: its tables, and which server process a run under way belongs to.

It holds documents and protected answers, nothing else: no true number ever comes here, and the internal listener, whose
answers are exact, does not open it.
"""

import contextlib
import fcntl
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from schemas.errors import DataProblem, located

RUNS_FOLDER: Final = "runs"
_RUNS_FILE: Final = "runs.sqlite"
_SCHEMA: Final = """
create table if not exists run (
    id text primary key, user text not null, project text not null, number integer not null, tier text not null,
    asked text not null, title text not null, request text not null, precision text, release text not null,
    policy_version text not null, policy_sha256 text not null, query text not null,
    shared integer not null default 0, server text not null);
create index if not exists run_by_user on run (user, project, number);
create table if not exists step (
    run text not null references run (id) on delete cascade, number integer not null, state text not null,
    begun integer not null default 0, answer text, problem text, charged integer not null default 0,
    primary key (run, number));
create index if not exists step_under_way on step (state) where state in ('queued', 'running');
"""


class RunFile:
    """One SQLite file in WAL mode, shared by threads and processes. Raises `DataProblem` where it cannot be used."""

    def __init__(self, state: Path) -> None:
        self._lock = threading.Lock()
        self._folder = state / RUNS_FOLDER
        with located(self._folder), _failing():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.server, self._held = self._take_name()
            file = self._folder / _RUNS_FILE
            file.touch(mode=0o600)
            self._database = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10)
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = normal")
            self._database.execute("pragma foreign_keys = on")
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file, and give this process' name up: what it left under way is interrupted then."""
        with self._lock:
            self._database.close()
            with contextlib.suppress(OSError):
                self._lock_of(self.server).unlink()
            os.close(self._held)

    @contextlib.contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, seen by others whole or not at all."""
        with _failing(), self._lock:
            self._database.execute("begin immediate")
            try:
                yield self._database
                self._database.execute("commit")
            except BaseException:
                if self._database.in_transaction:  # on a full disk SQLite may have taken it back itself, or left it
                    self._database.execute("rollback")
                raise

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """What a query finds."""
        with _failing(), self._lock:
            return self._database.execute(query, values).fetchall()

    def is_alive(self, server: str) -> bool:
        """Whether the process of this name still runs: its lock is held for as long as it does."""
        if server == self.server:
            return True
        try:
            descriptor = os.open(self._lock_of(server), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        with contextlib.suppress(OSError):
            self._lock_of(server).unlink()
        return False

    def _take_name(self) -> tuple[str, int]:
        name = secrets.token_hex(8)
        descriptor = os.open(self._lock_of(name), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return name, descriptor

    def _lock_of(self, server: str) -> Path:
        return self._folder / f"{server}.lock"


@contextlib.contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError):
        hint = "look at the state folder's space and permissions; questions can still be asked one by one"
        raise DataProblem("runs-unavailable", "the file of runs cannot be read or written", hint=hint) from None
