"""Whether answers can be written down: an answer that cannot be is not given."""

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from schemas.errors import DataProblem

_LEAST_BYTES: Final = 1 << 20
"""An answer takes some tens of thousands."""

_KEPT_SECONDS: Final = 1.0
"""How long what was found is held to: whoever asks often makes no more work for the disk."""


class Room:
    """Room in a state folder. Thread-safe."""

    def __init__(self, state: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._clock = clock
        self._lock = threading.Lock()
        self._found: tuple[float, str | None] | None = None
        """Until when it is held to, and why nothing could be written."""

    def require(self) -> None:
        """Raise `DataProblem` where nothing can be written: a full disk, a quota that is used up, a lost permission."""
        with self._lock:
            if self._found is None or self._clock() > self._found[0]:
                self._found = (self._clock() + _KEPT_SECONDS, _why_not(self._state))
            why = self._found[1]
        if why is not None:
            raise DataProblem(
                "state-unwritable",
                f"nothing can be written to the state folder, and so nothing is answered: {why.lower()}",
                hint="make room; answers go on by themselves, and nobody was charged for those that were refused",
                place=self._state,
            )


def _why_not(state: Path) -> str | None:
    """Try to take some room, in a file without a name; gives what the system says where there is none."""
    try:
        with tempfile.TemporaryFile(dir=state) as file:
            os.posix_fallocate(file.fileno(), 0, _LEAST_BYTES)
    except OSError as error:
        return error.strerror or type(error).__name__
    return None
