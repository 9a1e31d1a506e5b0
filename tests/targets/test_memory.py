"""Memory that arrays leave free is kept for the next question, and given back after one that took much."""

import sys
from pathlib import Path

import numpy as np
import pytest

from engine.memory import give_memory_back, keep_freed_memory

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
