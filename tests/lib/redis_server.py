"""A Redis of a test's own: on a free port and a socket file in a temporary folder, with a password, kept in memory."""

import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.lib.ports import free_port
from tests.lib.waiting import until

PASSWORD = "hidden-password"


class RedisServer:
    """Starts, stops, and stands still when told; skips the test where there is no `redis-server`."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("no redis-server: install it (Debian: apt-get install redis-server)")
        self._program, self._folder = program, folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"redis+unix://:{PASSWORD}@{self._folder / 'redis.sock'}"

    def start(self) -> None:
        settings = self._folder / "redis.conf"
        settings.write_text(
            f"bind 127.0.0.1\nport {self.port}\nunixsocket {self._folder / 'redis.sock'}\nrequirepass {PASSWORD}\n"
            f'save ""\nappendonly no\ndir {self._folder}\n'
        )
        command = [self._program, str(settings)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def stand_still(self) -> None:
        """Connections are taken and nothing is answered, as by a machine that is overloaded."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def keys(self) -> bytes:
        """All that is kept under, as the server writes it."""
        return self._asked(f"AUTH {PASSWORD}\r\nKEYS *\r\n")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "redis-server ended when it was started"
        try:
            return b"+PONG" in self._asked(f"AUTH {PASSWORD}\r\nPING\r\n")
        except OSError:
            return False

    def _asked(self, commands: str) -> bytes:
        found = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(f"{commands}QUIT\r\n".encode())
            while received := line.recv(65_536):
                found += received
        return found
