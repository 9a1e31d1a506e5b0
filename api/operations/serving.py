"""Running the application until it is told to stop, and then until what is under way is done."""

import gc
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import uvicorn

from api.operations.drain import Drain
from api.operations.service_manager import ServiceManager

_AFTER_SECONDS: Final = 5
"""How long connections have, after the last answer, to be closed."""

_IDLE_SECONDS: Final = 130
"""How long a connection is kept that nothing is asked on. Longer than clients and proxies keep it (Caddy 120 seconds,
nginx 60): a question sent in the moment in which it is closed here is lost, and a proxy must not send it again."""


def serve_until_stopped(
    app: Any,
    drain: Drain,
    *,
    stop_seconds: float,
    listening: Callable[[], None] = lambda: None,
    stopping: Callable[[], None] = lambda: None,
    **settings: Any,
) -> None:
    """Serve `app`. The first SIGTERM or SIGINT begins to drain it, for at most `stop_seconds`; a second one ends it.

    `listening` is called once it can be asked, and `stopping` when the end begins, to tell whoever waits. A service
    manager that listens is told when it serves, that it goes on, and that it stops.
    """
    config = uvicorn.Config(app, timeout_keep_alive=_IDLE_SECONDS, timeout_graceful_shutdown=_AFTER_SECONDS, **settings)
    _Draining(config, drain, stop_seconds, listening, stopping).run()


class _Draining(uvicorn.Server):
    """Uvicorn's server, whose end waits for what is under way, and which leaves what it began with alone."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Drain,
        stop_seconds: float,
        listening: Callable[[], None],
        stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._stop_seconds = stop_seconds
        self._listening = listening
        self._stopping = stopping
        self._told = False
        self._manager = ServiceManager()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """The library calls this to start the application.

        What is there then, libraries, dictionaries, routes, stays to the end. Whenever a quarter more had come Python
        looked through all of it for what may be freed, and every answer waited for 0.1 to 0.2 seconds.
        """
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        if self.started:  # not where the application gave up, or the port was taken
            self._manager.ready()
            self._listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The library calls this at the end; libraries take themselves apart then, and complain of what is left."""
        await super().shutdown(sockets)
        gc.unfreeze()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The library calls this for SIGTERM and SIGINT."""
        if self._drain.is_stopping:
            super().handle_exit(sig, frame)
            return
        self._drain.begin(self._stop_seconds)

    async def on_tick(self, counter: int) -> bool:
        """The library calls this ten times a second, and ends when it is told so."""
        if self._drain.is_stopping and not self._told:
            self._told = True
            self._stopping()
            self._manager.stopping()
        self._manager.alive()
        return await super().on_tick(counter) or self._drain.is_over
