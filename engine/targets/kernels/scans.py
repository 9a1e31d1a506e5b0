"""What a scan reads of its table, and which relations are a scan whose events were tested one by one."""

import numpy as np

from engine.catalog.event_index import EventIndex
from engine.catalog.event_index.layout import Form
from engine.catalog.event_index.tables import Runs, Stretches
from engine.logical.nodes import EventRelation, Filter, Scan
from schemas.fields import FIELDS, Field

_NOTHING: Stretches = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def scan_runs(scan: Scan, index: EventIndex) -> Stretches:
    """Stretches of runs, one a concept; none where the table, or every source concept that is looked for, is absent."""
    table = index.tables.get(scan.domain)
    if table is None or (scan.source is not None and not _has_source(scan, index)):
        return _NOTHING
    return table.run_stretches(scan.concepts)


def rows_of(scan: Scan, index: EventIndex) -> int:
    """How many rows a scan reads."""
    table = index.tables.get(scan.domain)
    return 0 if table is None or table.runs is None else _rows_in(scan_runs(scan, index), table.runs)


def rows_of_people(scan: Scan, index: EventIndex, people: int) -> float:
    """About how many rows a scan reads of so many people, who have its events if anybody has."""
    table = index.tables.get(scan.domain)
    if table is None or table.runs is None or not people:
        return 0.0
    first, last = scan_runs(scan, index)
    most = int((last - first).max(initial=0))  # at least so many people have events
    return _rows_in((first, last), table.runs) * min(1.0, people / max(1, most))


def _rows_in(stretches: Stretches, runs: Runs) -> int:
    """How many rows are in stretches of runs."""
    first, last = stretches
    return int((runs.row[last] - runs.row[first]).sum())


def is_row_by_row(events: EventRelation) -> bool:
    """Whether an event is one of the relation whatever others there are."""
    while isinstance(events, Filter):
        events = events.source
    return isinstance(events, Scan)


def _has_source(scan: Scan, index: EventIndex) -> bool:
    """Whether the different values of the table's source concepts have one of the scan's; a column without a list of
    them may."""
    name = FIELDS[Field.SOURCE].column(scan.domain)
    column = index.tables[scan.domain].columns.get(str(name))
    if column is None or scan.source is None or column.form not in (Form.CODES, Form.CONSTANT):
        return True
    return not set(scan.source).isdisjoint(column.values)
