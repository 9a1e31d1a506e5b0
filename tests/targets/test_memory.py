"""Memory that arrays leave free is kept for the next question, and given back after one that took much."""

import gc
import subprocess
import sys
import traceback
import weakref
from pathlib import Path

import numpy as np
import pytest

import engine
from engine.memory import give_memory_back, keep_freed_memory
from engine.physical.entries import Anchors
from schemas.errors import TooExpensive

ARRAY, NUMBER = 16 << 20, 8
"""Bytes of an array, small enough to come from the heap, and how many there are."""


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is asked for it")
def test_pages_are_kept_until_they_are_given_back():
    if not keep_freed_memory():
        pytest.skip("another C library than glibc")
    arrays = [np.ones(ARRAY, np.uint8) for _ in range(NUMBER)]
    full = resident_bytes()
    del arrays
    assert resident_bytes() > full - ARRAY * NUMBER // 2
    give_memory_back()
    assert resident_bytes() < full - ARRAY * NUMBER // 2


IN_A_THREAD = """
import ctypes, sys, threading
import engine
if not engine.share_one_heap():
    sys.exit()  # another C library than glibc
import numpy as np
for _ in range(4):
    thread = threading.Thread(target=lambda: np.ones(1 << 16))
    thread.start()
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is asked for it")
def test_threads_take_memory_from_one_heap():
    command = [sys.executable, "-c", IN_A_THREAD]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(engine.__file__).parents[1])
    assert "Arena 1:" not in told.stderr


def entries(size: int) -> Anchors:
    person, day = np.zeros(size, np.uint32), np.zeros(size, np.int32)
    return Anchors(person=person, start=day, end=day, observed_from=day, observed_to=day, visit=None)


def test_entries_that_were_being_joined_go_with_the_frames_of_the_error():
    """And not with the next collection of cycles, until which gigabytes would stay."""
    parts = [entries(9), entries(9)]
    held, asked = weakref.ref(parts[0].person), []

    def check() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise TooExpensive("time-limit", "given up")

    gc.disable()
    try:
        with pytest.raises(TooExpensive) as raised:
            Anchors.joined(parts, check)
        del parts
        traceback.clear_frames(raised.value.__traceback__)
        assert held() is None
    finally:
        gc.enable()
