"""What a server does to its connections and to Python's collector while it runs; a real one, in a thread of this process."""

import gc
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from starlette.responses import Response

from api.operations.drain import Drain
from api.operations.serving import serve_until_stopped
from api.patience import PatientProtocol
from tests.lib.collector import leave_alone
from tests.lib.ports import free_port

REQUEST = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"
IDLE = 6.0
"""Seconds: the library itself would close a connection after five."""
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def own_collector() -> Iterator[None]:
    """Python's collector as a process begins with it, and afterwards again as tests have it."""
    gc.unfreeze()
    yield
    leave_alone()


@contextmanager
def served() -> Iterator[int]:
    """A server that answers with no content, and its port."""
    port = free_port()
    drain = Drain()
    settings = {"stop_seconds": 0, "host": "127.0.0.1", "port": port, "lifespan": "off", "http": PatientProtocol}
    serving = threading.Thread(
        target=serve_until_stopped, args=(Response(status_code=204), drain), kwargs={**settings, "log_level": "error"}
    )
    serving.start()
    try:
        yield port
    finally:
        drain.begin(0)
        serving.join(PATIENCE)
        assert not serving.is_alive()


def connect(port: int) -> socket.socket:
    """As soon as it listens."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.02)


def ask(connection: socket.socket) -> bool:
    """Whether there is an answer."""
    connection.sendall(REQUEST)
    return connection.recv(4096).startswith(b"HTTP/1.1 204")


def test_a_connection_that_nothing_is_asked_on_for_a_while_takes_the_next_question() -> None:
    with served() as port, closing(connect(port)) as connection:
        assert ask(connection)
        time.sleep(IDLE)
        assert ask(connection)


def test_what_a_server_begins_with_is_not_looked_through_again_until_it_ends() -> None:
    with served() as port, closing(connect(port)) as connection:
        assert ask(connection)
        assert gc.get_freeze_count() > len(gc.get_objects())
    assert gc.get_freeze_count() == 0
