"""Ports for servers that tests start as processes of their own, and that have to be told theirs."""

import itertools
import os
import random
import socket
from typing import Final

_FIRST: Final = 20_000
_OF_A_PROCESS: Final = 1_500
"""Up to eight processes of tests have ports of their own, all below 32,768: above it systems choose those of whoever
takes any, so that a port found free there may be another program's by the time its server has started."""

_BEGIN: Final = random.randrange(_OF_A_PROCESS)  # another run may be on the same machine
_TURNS: Final = itertools.count()


def free_port() -> int:
    """A port at which nobody listens, and which nobody else of this run is given."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    for turn in itertools.islice(_TURNS, _OF_A_PROCESS):
        port = _FIRST + number * _OF_A_PROCESS + (_BEGIN + turn) % _OF_A_PROCESS
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
