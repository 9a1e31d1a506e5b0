"""Running the application until it is told to stop, and then until what is under way is done."""

from types import FrameType
from typing import Any, Final

import uvicorn

from api.operations.drain import Drain

_AFTER_SECONDS: Final = 5
"""How long connections have, after the last answer, to be closed."""


def serve_until_stopped(app: Any, drain: Drain, *, stop_seconds: float, **settings: Any) -> None:
    """Serve `app`. The first SIGTERM or SIGINT begins to drain it, for at most `stop_seconds`; a second one ends it."""
    config = uvicorn.Config(app, timeout_graceful_shutdown=_AFTER_SECONDS, **settings)
    _Draining(config, drain, stop_seconds).run()


class _Draining(uvicorn.Server):
    """Uvicorn's server, whose end waits for what is under way."""

    def __init__(self, config: uvicorn.Config, drain: Drain, stop_seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._stop_seconds = stop_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The library calls this for SIGTERM and SIGINT."""
        if self._drain.is_stopping:
            super().handle_exit(sig, frame)
            return
        self._drain.begin(self._stop_seconds)

    async def on_tick(self, counter: int) -> bool:
        """The library calls this ten times a second, and ends when it is told so."""
        return await super().on_tick(counter) or self._drain.is_over
