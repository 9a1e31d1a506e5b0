"""Waiting for what has to come, as long as any machine may need for it: who finds it there does not wait."""

import http.client
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

PATIENCE: Final = 300.0
"""Seconds after which what did not come will not: a busy machine once took a minute to start a server."""


def until(found: Callable[[], T | None], *, every: float = 0.02) -> T:
    """What `found` gives, once that is something true; it is asked `every` so many seconds."""
    end = time.monotonic() + PATIENCE
    while not (what := found()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(every)
    return what


def until_it_answers(address: str, process: "Popen[Any]", *, log: Path | None = None) -> None:
    """Come back once the server that this process is answers at `address` with 200; fails as soon as it has ended, with
    what it said."""

    def answers() -> bool:
        assert process.poll() is None, log.read_text() if log else process.stderr and process.stderr.read()
        return status_of(address) == http.client.OK

    until(answers, every=0.1)


def status_of(address: str) -> int | None:
    """What is answered at `address`, `None` where nobody listens. (A client of `httpx2` reads all certificates of the
    system first, which takes the processor from a server that is just starting.)"""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=PATIENCE)
    try:
        connection.request("GET", place.path or "/")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()
