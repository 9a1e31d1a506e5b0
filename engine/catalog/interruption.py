"""Giving a question up: its time is over, or nobody waits for the answer any more."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from schemas.errors import TooExpensive


class Interruption:
    """One question's word for "stop". Safe to use from several threads; once interrupted it stays so.

    Long work asks `check` between its parts; what blocks in a library is stopped through `stopping`.
    """

    def __init__(self) -> None:
        self._until: float | None = None
        self._is_interrupted = False
        self._lock = threading.Lock()
        self._stops: list[Callable[[], None]] = []

    def limit(self, seconds: float) -> None:
        """Interrupt the question so long from now, unless an earlier limit holds."""
        until = time.monotonic() + seconds
        self._until = until if self._until is None else min(self._until, until)

    def interrupt(self) -> None:
        """Stop the work under way, and all that is begun later."""
        with self._lock:
            self._is_interrupted = True
            for stop in self._stops:
                stop()

    @property
    def is_interrupted(self) -> bool:
        """Whether the question is given up."""
        return self._is_interrupted or (self._until is not None and time.monotonic() >= self._until)

    def check(self) -> None:
        """Raise `TooExpensive` when the question is given up; the message is the same whatever the reason."""
        if self.is_interrupted:
            raise time_limit()

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` once, from another thread, if the question is given up before the block ends.

        After the block it is never called. Raises as `check` at the end of a block that was stopped.
        """
        self.check()
        with self._lock:
            self._stops.append(stop)
        timer = self._timer()
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
            with self._lock:
                self._stops.remove(stop)
        self.check()

    def _timer(self) -> threading.Timer | None:
        if self._until is None:
            return None
        timer = threading.Timer(max(0.0, self._until - time.monotonic()), self.interrupt)
        timer.daemon = True
        timer.start()
        return timer


def time_limit() -> TooExpensive:
    """The one problem that a question given up ends in."""
    return TooExpensive(
        "time-limit",
        "the question took longer than the server allows and was stopped",
        hint="narrow its concept sets or windows, or split it",
    )
