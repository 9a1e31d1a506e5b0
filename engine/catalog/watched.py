"""A file that is read again whenever it changed, so that what it says holds from the next question on."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from schemas.errors import DataProblem

Value = TypeVar("Value")
_State = tuple[int, ...]


class Watched(Generic[Value]):
    """What a file says now. `read` gets its path and what it said before (absent at first), and raises `DataProblem`
    when it cannot be trusted: then so does every question, until it can. Safe to share between threads."""

    def __init__(self, path: Path, read: Callable[[Path, Value | None], Value]) -> None:
        self._path = path
        self._read = read
        self._lock = threading.Lock()
        self._last: tuple[_State | None, Value] | None = None

    def now(self) -> Value:
        """What the file says."""
        with self._lock:
            state = self._state()
            if self._last is None or self._last[0] != state:
                before = self._last[1] if self._last else None
                self._last = (state, self._read(self._path, before))
            return self._last[1]

    def _state(self) -> _State | None:
        """What changes when the file does; absent while there is none."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError:
            raise DataProblem("state-file-unreadable", f"{self._path.name} cannot be read", place=self._path) from None
        return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
