"""Eras, and the gaps between events: what the events of each person make when they are joined."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from engine.kernels.spells import Spans, count_owners, list_gaps, pack_spells, sort_spells
from engine.targets.kernels.records import Records, whole
from engine.targets.kernels.scope import Scope


def spans(found: Sequence[Records], scope: Scope, days: int, kernel: Callable[..., int]) -> Records:
    """What `join_eras` or `list_gaps` makes of events of several relations, with so many days between them."""
    counts = np.zeros(scope.size + 1, np.int64)
    for records in found:
        count_owners(records.events, records.is_by_run, scope.start, counts[1:])
    offsets = np.cumsum(counts)
    spells, places = np.empty(offsets[-1], np.int64), offsets[:-1].copy()
    for records in found:
        pack_spells(records.events, scope.start, places, spells)
    sort_spells(offsets, spells)
    if kernel is list_gaps:
        _last_a_day(spells)
    out = Spans(
        person=np.empty(spells.size, np.uint32),
        start=np.empty(spells.size, np.int32),
        end=np.empty(spells.size, np.int32),
        key=np.empty(spells.size, np.int64),
    )
    used = kernel(offsets, spells, scope.start, days, out)
    return Records(whole(out.person[:used], out.start[:used], out.end[:used], out.key[:used]), is_ordered=True)


def _last_a_day(spells: npt.NDArray[np.int64]) -> None:
    """Let spells that end before they start, as sources have them, end on their first day."""
    one_day = (spells >> 32) * ((1 << 32) + 1)
    one_day += 1 << 31
    np.maximum(spells, one_day, out=spells)
