"""Events of a scan counted in the windows of entries where they lie: none is listed."""

import numpy as np
import numpy.typing as npt

from engine.kernels.counting import count_in_runs, count_in_timelines
from engine.kernels.events import Runs
from engine.kernels.timelines import count_wanted
from engine.kernels.windows import Bounds
from engine.logical.nodes import Occurs, Scan
from engine.targets.kernels.entries import Entries
from engine.targets.kernels.relations import Relations, table_events
from engine.targets.kernels.scans import scan_runs
from engine.targets.kernels.timelines import are_many, lines_of

Counts = npt.NDArray[np.uint32]


def is_counted_in_place(atom: Occurs) -> bool:
    """Whether all events of some concepts count, each as one."""
    events = atom.events
    return isinstance(events, Scan) and events.source is None and atom.distinct is None and not atom.same_visit


def counted_in_place(
    scan: Scan, bounds: Bounds, entries: Entries, relations: Relations, *, by_end: bool, enough: int
) -> Counts:
    """How many events each entry has between its bounds, `enough` where there are so many or more."""
    counts, scope = np.zeros(entries.size, np.uint32), relations.scope
    table = relations.sources.index.tables.get(scan.domain)
    if table is None or table.runs is None:
        return counts
    if scan.concepts is None and table.timelines is not None and not by_end:
        table.timelines.check(scope.start, scope.stop)
        count_in_timelines(table.timelines.offsets, table.timelines.start, entries.person, bounds, enough, counts)
        return counts
    held, own = table.runs, scope.narrowed(table.runs.person, scan_runs(scan, relations.sources.index))
    held.check(own)
    span = held.row[own[0]], held.row[own[1]]
    if not by_end and are_many(table, own, span, scope):
        lines, wanted = lines_of(table, scope), table.has(scan.concepts)
        count_wanted(lines, entries.person, wanted, bounds, enough, counts)
        return counts
    events = table_events(table, span, own)
    count_in_runs(events, Runs(held.person, held.start, held.row), entries.person, bounds, by_end, enough, counts)
    return counts
