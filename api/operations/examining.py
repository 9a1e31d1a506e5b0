"""Examining the whole log of answers again and again while a server answers, slowly, so that nobody waits for it."""

import logging
import threading
import time
from typing import Final

from api.incidents import record_incident
from engine import LogWatch
from schemas.errors import DataProblem

EVERY_SECONDS: Final = 3600.0
"""From the beginning of one examination to that of the next; one that takes longer is followed by the next at once."""

_SHARE: Final = 0.2
"""How much of one core an examination takes."""

_LOG: Final = logging.getLogger("kohort.operations")


class Examining:
    """A thread that examines a log from its first entry, when it starts and then every so many seconds."""

    def __init__(self, watch: LogWatch, *, every: float = EVERY_SECONDS) -> None:
        self._watch = watch
        self._every = every
        self._ended = threading.Event()
        self._first = threading.Event()
        self._worked_since = 0.0
        self._thread = threading.Thread(target=self._run, name="examining the log", daemon=True)

    def start(self) -> None:
        """Begin the first examination."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other, and end the one under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def wait_for_first(self, seconds: float) -> None:
        """Wait until the first examination has ended, at most so long; not at all where none was started."""
        if self._thread.is_alive():
            self._first.wait(seconds)

    def _run(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                self._examine()
            except _Ended:
                return
            self._first.set()
            self._ended.wait(max(0.0, self._every - (time.monotonic() - began)))

    def _examine(self) -> None:
        self._worked_since = time.monotonic()
        try:
            report = self._watch.examine_whole(self._rest)
        except DataProblem as problem:
            _LOG.error("the log of answers cannot be examined: %s", problem.code)
            return
        except _Ended:
            raise
        except Exception as error:  # of a log that is nothing like ours: the next examination is due all the same
            record_incident(error)
            return
        if report.is_another:
            _LOG.critical("the log of answers was changed; look at /operations, or run `kohort audit verify`")

    def _rest(self) -> None:
        worked = time.monotonic() - self._worked_since
        if self._ended.wait(worked * (1 / _SHARE - 1)):
            raise _Ended
        self._worked_since = time.monotonic()


class _Ended(Exception):
    """The server is closing."""
