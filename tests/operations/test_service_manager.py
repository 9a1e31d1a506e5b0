"""What a service manager hears of a server: by itself with a clock of the test, and a real server with a real socket."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from api.operations.service_manager import ServiceManager
from tests.cli.conftest import folders  # noqa: F401 - fixture
from tests.lib.ports import free_port

PATIENCE = 120.0


@contextmanager
def listening(address: str) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.bind(address)
        manager.settimeout(PATIENCE)
        yield manager


def test_signs_of_life_are_sent_twice_in_the_time_they_are_waited_for(tmp_path: Path) -> None:
    now = [0.0]
    with listening(str(tmp_path / "notify")) as manager:
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "10000000"}
        told = ServiceManager({**environment, "WATCHDOG_PID": str(os.getpid())}, clock=lambda: now[0])
        for now[0] in (0.0, 0.1, 4.9, 5.0, 5.1, 10.0):
            told.alive()
        told.stopping()
        assert [manager.recv(99) for _ in range(4)] == [*[b"WATCHDOG=1"] * 3, b"STOPPING=1"]


def test_no_sign_is_sent_where_none_is_waited_for_or_one_of_another_process(tmp_path: Path) -> None:
    with listening(str(tmp_path / "notify")) as manager:
        heard = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        other = {"WATCHDOG_USEC": "9", "WATCHDOG_PID": str(os.getpid() + 1)}
        for environment in (heard, {**heard, "WATCHDOG_USEC": "0"}, {**heard, **other}):
            told = ServiceManager(environment)
            told.alive()
            told.ready()
            assert manager.recv(99) == b"READY=1"


def test_a_socket_without_a_file_is_one(tmp_path: Path) -> None:
    name = f"kohort-{tmp_path.name}-{os.getpid()}"
    with listening(f"\0{name}") as manager:
        ServiceManager({"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert manager.recv(99) == b"READY=1"


def test_a_manager_that_is_gone_is_no_fault(tmp_path: Path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "nothing")}).ready()
    ServiceManager({}).ready()


def test_a_server_says_that_it_serves_only_when_it_does_and_that_it_stops(
    folders: dict[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    port = str(free_port())
    words = [sys.executable, "-m", "api", "serve", "--local-issuer", "--port", port]
    ask = [sys.executable, "-m", "api", "ready", "--port", port]
    heard = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"}
    with listening(heard["NOTIFY_SOCKET"]) as manager:
        before = subprocess.run(ask, capture_output=True, text=True, check=False)
        with subprocess.Popen(words, env={**os.environ, **folders, **heard}, stdout=subprocess.DEVNULL) as process:
            first = manager.recv(99)
            asked = subprocess.run(ask, capture_output=True, text=True, check=False)
            process.send_signal(signal.SIGTERM)
            while (last := manager.recv(99)) == b"WATCHDOG=1":
                pass
    assert (before.returncode, before.stdout) == (1, "")
    assert before.stderr == f"not ready: nobody answers at http://127.0.0.1:{port}/ready (connection refused)\n"
    assert (first, last, process.returncode) == (b"READY=1", b"STOPPING=1", 0)
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, "ready\n", "")
