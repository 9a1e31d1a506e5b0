"""The server under test: a process of its own on this machine, and how much memory it holds while it runs."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

_SECONDS_TO_START = 600.0
_SECONDS_TO_END = 10.0
_SAMPLE_SECONDS = 0.5
_MEBIBYTE = 1 << 20


@dataclass(slots=True)
class Memory:
    """Resident memory of a process, in MiB, sampled twice a second until it is stopped."""

    process: int
    samples: list[tuple[float, float]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Sample until `stop`; run in a thread."""
        while not self._stop.wait(_SAMPLE_SECONDS):
            self.samples.append((time.monotonic(), resident(self.process)))

    def stop(self) -> None:
        """End the watch."""
        self._stop.set()

    def between(self, start: float, end: float) -> list[tuple[float, float]]:
        """The samples taken in a span of the monotonic clock."""
        return [sample for sample in self.samples if start <= sample[0] <= end]


def resident(process: int) -> float:
    """Anonymous memory a process holds, in MiB: pages of mapped files belong to the system, which may drop them."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024 / _MEBIBYTE
    return 0.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and its memory."""

    address: str
    memory: Memory


@contextmanager
def served(settings: Mapping[str, str]) -> Iterator[Server]:
    """A server with these settings of the environment, ended with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "api", "serve", "--port", str(port), "--local-issuer"]
    with subprocess.Popen(command, env={**os.environ, **settings}) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process)
        memory = Memory(process.pid)
        watching = threading.Thread(target=memory.watch, daemon=True)
        watching.start()
        try:
            yield Server(address, memory)
        finally:
            memory.stop()
            watching.join()
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and end it where it does not."""
    process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < _SECONDS_TO_START:
        if process.poll() is not None:
            break
        try:
            if httpx2.get(f"{address}/health").status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")
