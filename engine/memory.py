"""Scratch memory that is kept for the next question instead of being given back and asked for again."""

import ctypes

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
"""Numbers of the parameters in `malloc.h`."""
_LARGEST = 32 << 20
"""Bytes of the largest array that is taken from the heap: glibc allows no more."""
_KEPT = 512 << 20
"""Free bytes above which the heap shrinks."""
_GROWTH = 64 << 20


def keep_freed_memory() -> bool:
    """Have glibc keep what arrays leave free; elsewhere nothing is changed. Returns whether it does.

    A new page costs a fault and is written with zeros, which took a third of the time of a question over 770,000
    people.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    wanted = ((_MMAP_THRESHOLD, _LARGEST), (_TRIM_THRESHOLD, _KEPT), (_TOP_PAD, _GROWTH))
    return sum(mallopt(parameter, value) for parameter, value in wanted) == len(wanted)


def share_one_heap() -> bool:
    """Have all threads take memory from one heap; to be called before there are any. Returns whether they do.

    With a heap each, the first question that a thread answers finds nothing that others left, which costs four thousand
    faults over 770,000 people, and as many heaps as threads are kept.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_ARENA_MAX, 1) == 1


def give_memory_back() -> None:
    """Have glibc give all free pages back to the system, after a question that took much; elsewhere nothing is done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
