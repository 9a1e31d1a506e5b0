"""What a service manager is told of a server: that it serves, that it goes on, that it stops.

By systemd's protocol (sd_notify(3)): datagrams to the socket that `NOTIFY_SOCKET` names. Where nobody named one,
nothing is sent.
"""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import Final

_ABSTRACT: Final = "@"
"""Begins the name of a socket that is no file; the kernel wants a zero byte instead."""


class ServiceManager:
    """Whoever started this process and wants to hear of it; for one thread."""

    def __init__(self, environment: Mapping[str, str] = os.environ, *, clock: Callable[[], float] = time.monotonic):
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith(_ABSTRACT) else address
        self._every = _seconds_between(environment)
        self._clock = clock
        self._due = float("-inf")

    def ready(self) -> None:
        """It serves from now on."""
        self._tell("READY=1")

    def alive(self) -> None:
        """It still does; to be called often, and sent twice in the time after which the manager would end it."""
        now = self._clock()
        if self._every is not None and now >= self._due:
            self._due = now + self._every
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It takes nothing new."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        """A manager that does not listen is no reason to wait, or to fail."""
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(message.encode(), self._address)


def _seconds_between(environment: Mapping[str, str]) -> float | None:
    """Half of the time the manager waits for a sign; absent where it waits for none, or for one of another process."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    is_ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(microseconds) / 2e6 if is_ours and microseconds.isdecimal() and int(microseconds) else None
