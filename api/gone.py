"""Giving a question up when whoever asked it has gone: their connection is closed before the answer is there.

Only where numbers are exact. A protected question is always counted to its end: were it given up, asking again would
tell by its price whether the first had ended before the connection was closed, and so how long it takes.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends, Request

from api.listener import Listener
from api.service import Here
from engine import Interruption

_LOOK_SECONDS: Final = 0.25


async def stop_when_gone(request: Request, service: Here) -> AsyncIterator[Interruption]:
    """What the question is given up through, for the time of one request."""
    stop = Interruption()
    if service.listener is not Listener.INTERNAL:
        yield stop
        return
    watching = asyncio.create_task(_watch(request, stop))
    try:
        yield stop
    finally:
        watching.cancel()


async def _watch(request: Request, stop: Interruption) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(_LOOK_SECONDS)
    stop.interrupt()


Stop = Annotated[Interruption, Depends(stop_when_gone)]
