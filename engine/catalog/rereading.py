"""Reading a release again while it is served, so that a disk that loses bits by itself is noticed.

Opening trusts the file system's word for files that were read whole before (`engine.catalog.verification`). A server
therefore reads every byte again after it starts, slowly, so that questions do not wait for the disk; from the moment
a byte is found to be wrong nothing is answered.
"""

import threading

from engine.catalog.release import Release
from engine.catalog.verification import damaged, find_fault
from schemas.errors import DataProblem

BYTES_PER_SECOND = 100_000_000


class Rereading:
    """A thread that reads the files of a release once; `require` raises when one turned out to be damaged."""

    def __init__(self, release: Release, *, bytes_per_second: float = BYTES_PER_SECOND) -> None:
        self._release, self._pace = release, bytes_per_second
        self._ended = threading.Event()
        self._fault: DataProblem | None = None
        self._thread = threading.Thread(target=self._read, name="rereading", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def require(self) -> None:
        """Raise `DataProblem` naming the file that was found to be damaged, if one was."""
        if self._fault is not None:
            raise self._fault

    def wait(self) -> None:
        """Wait until everything is read."""
        self._thread.join()

    def stop(self) -> None:
        """Read no further."""
        self._ended.set()

    def _read(self) -> None:
        for entry in self._release.manifest.files:
            if self._ended.is_set():
                return
            try:
                fault = find_fault(self._release.path, entry, self._paced)
            except OSError:
                fault = "cannot be read"
            except _Ended:
                return
            if fault:
                self._fault = damaged(self._release.path, entry, fault)
                return

    def _paced(self, read: int) -> None:
        if self._ended.wait(read / self._pace):
            raise _Ended


class _Ended(Exception):
    """The server is closing."""
