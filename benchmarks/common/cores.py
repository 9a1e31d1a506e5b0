"""On how many cores a process may run: set before it starts, so that no thread can stray."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def on_cores(number: int) -> Iterator[None]:
    """What is started inside may use only so many cores, the last ones."""
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(all_cores)[-number:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)
