"""A real server on a real socket: what never becomes a request is not waited for, and what is too large is not read."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from api.incoming import MOST_HEADER_BYTES
from api.patience import PatientProtocol
from api.shield import Shield


class HurriedProtocol(PatientProtocol):
    header_seconds = 0.3


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


async def is_nobody(_: Request) -> bool:
    return False


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            Shield(answer, is_signed_in=is_nobody, body_seconds=0.3),
            http=HurriedProtocol,
            h11_max_incomplete_event_size=MOST_HEADER_BYTES,
            log_level="critical",
            lifespan="off",
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        await running


async def said(port: int, first: bytes, drip: bytes) -> bytes:
    """All that the server says to who sends `first`, then `drip` again and again until the server hangs up.

    On the bare socket: what the server said before it hung up is read however late that is noticed.
    """
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        hearing = asyncio.create_task(heard_from(client))
        with contextlib.suppress(ConnectionError):
            await loop.sock_sendall(client, first)
            while drip and not hearing.done():
                await loop.sock_sendall(client, drip)
                await asyncio.sleep(0.05)
        return await asyncio.wait_for(hearing, 60)


async def heard_from(client: socket.socket) -> bytes:
    loop, heard = asyncio.get_running_loop(), b""
    with contextlib.suppress(ConnectionError):
        while part := await loop.sock_recv(client, 65_536):
            heard += part
    return heard


HEAD = b"GET / HTTP/1.1\r\nhost: x\r\n"


@pytest.mark.parametrize(
    ("first", "drip", "begins"),
    [
        (b"", b"", b""),
        (HEAD, b"x: y\r\n", b""),
        (b"G", b"", b""),
        (HEAD + b"\r\n" + HEAD, b"", b"HTTP/1.1 200"),
        (HEAD + b"connection: close\r\n\r\n", b"", b"HTTP/1.1 200"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\n", b"x", b"HTTP/1.1 408"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n", b"x", b"HTTP/1.1 413"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n", b"HTTP/1.1 408"),
        (HEAD + b"x: " + b"y" * 40_000 + b"\r\n\r\n", b"", b""),
        (HEAD + b"x: " + b"y" * 400_000, b"", b""),
        (b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", b"", b"HTTP/1.1 400"),
        (HEAD + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + HEAD, b"", b"HTTP/1.1 400"),
        (b"\x16\x03\x01", b"", b""),
    ],
    ids=range(13),
)
def test_a_connection_ends(first: bytes, drip: bytes, begins: bytes) -> None:
    async def scenario() -> bytes:
        async with serving() as port:
            return await said(port, first, drip)

    heard = asyncio.run(scenario())
    assert heard.startswith(begins)
    if not begins:
        assert heard == b"" or heard.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
