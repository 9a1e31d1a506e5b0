"""How a server stops: answers under way are finished, new requests are refused with a time to come back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

COME_BACK_SECONDS: Final = 5
"""What a refused caller is told to wait: by then another server, or this one again, may be there."""


class Drain:
    """Knows how many requests are under way and whether the server is stopping. Use from one event loop, but `begin`,
    which a signal's handler calls."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._under_way = 0
        self._until: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether new requests are refused."""
        return self._until is not None

    @property
    def under_way(self) -> int:
        """Requests that were taken in and are not answered yet."""
        return self._under_way

    @property
    def is_over(self) -> bool:
        """Whether the server may end: nothing is under way any more, or the time it was given is up."""
        return self._until is not None and (not self._under_way or self._clock() >= self._until)

    def begin(self, seconds: float) -> None:
        """Take nothing more in, and wait at most so long for what is under way."""
        if self._until is None:
            self._until = self._clock() + seconds

    @contextmanager
    def place(self) -> Iterator[Callable[[], None]]:
        """A request's place; what it gives up early, by calling what is given, is not waited for."""
        held = [True]

        def leave() -> None:
            if held:
                held.clear()
                self._under_way -= 1

        self._under_way += 1
        try:
            yield leave
        finally:
            leave()
