"""Events of a scan with a condition on values that their table lists, counted in the windows of entries where they lie:
none is listed, and no value is read but those in windows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Distinct, Edge
from engine.catalog.event_index import Column, EventIndex, EventTable
from engine.catalog.event_index.layout import Form
from engine.catalog.event_index.tables import Runs as HeldRuns
from engine.kernels.events import Runs
from engine.kernels.fitting import Test, count_fitting, find_in_runs
from engine.kernels.ranges import Rows
from engine.kernels.windows import Bounds
from engine.logical.nodes import Filter, Occurs, RowConcept, RowPredicate, RowRange, Scan
from engine.physical.entries import TRUE, Truth
from engine.targets.kernels.entries import Entries
from engine.targets.kernels.matching import in_range, is_concept_in
from engine.targets.kernels.reach import parts_of
from engine.targets.kernels.records import frozen
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scans import scan_runs
from engine.targets.kernels.values import Values
from schemas.fields import FIELDS, Kind
from schemas.omop import Domain

Counts = npt.NDArray[np.uint32]

_MOST_TESTS = 2
_FEW = 4
"""Entries a person, on average, above which it is better to test each row once and to look it up for all of them."""


@dataclass(frozen=True, slots=True)
class _Fitting:
    """The events of a scan whose values fit: of each test the column, and what it says of each value of its list."""

    scan: Scan
    table: EventTable
    runs: HeldRuns
    tests: Sequence[tuple[Column, Truth]]

    def check(self, first: Rows, last: Rows) -> None:
        """Compare what is read of these runs with its checksums."""
        self.runs.check((first, last))
        for column in (self.table.columns["start"], *(column for column, _ in self.tests)):
            column.check((self.runs.row[first], self.runs.row[last]))


def counted_fitting(
    atom: Occurs, bounds: Bounds, entries: Entries, relations: Relations, *, enough: int
) -> Counts | None:
    """How many events each entry has between its bounds, or on how many dates, `enough` where there are so many or
    more; absent where they are better listed."""
    index, scope, is_once_a_day = relations.sources.index, relations.scope, atom.distinct is Distinct.DATES
    fitting = _fitting(atom, index)
    people = entries.people() if scope.people is None else scope.people
    if fitting is None or entries.size > _FEW * people.size:
        return None
    first, last = scope.narrowed(fitting.runs.person, scan_runs(fitting.scan, index))
    if is_once_a_day and first.size > 1:  # a date may be in the runs of several concepts
        return None
    fitting.check(first, last)
    start, runs = fitting.table.columns["start"].stored, Runs(fitting.runs.person, fitting.runs.start, fitting.runs.row)
    one, other = (_test(*test) for test in (fitting.tests[0], fitting.tests[-1]))
    counts = np.zeros(entries.size, np.uint32)
    low, high = np.empty(entries.size, np.int64), np.empty(entries.size, np.int64)
    for own, after in zip(first.tolist(), last.tolist(), strict=True):
        find_in_runs(start, runs, own, after, entries.person, bounds, low, high)
        count_fitting(start, low, high, one, other, is_once_a_day, enough, counts)
    return counts


def _fitting(atom: Occurs, index: EventIndex) -> _Fitting | None:
    """What is counted, if it can be where it lies."""
    events = atom.events
    if not isinstance(events, Filter) or not isinstance(events.source, Scan) or not _is_counted_by_rows(atom):
        return None
    scan = events.source
    table = index.tables.get(scan.domain)
    if table is None or table.runs is None or scan.source is not None:
        return None
    tests = _tests(events.predicate, table, scan.domain)
    return None if tests is None else _Fitting(scan, table, table.runs, tests)


def _is_counted_by_rows(atom: Occurs) -> bool:
    """Whether each event counts, or each day, and where it starts is all that windows ask."""
    by_start = all(window.edge is Edge.START for window in atom.windows)
    return by_start and not atom.same_visit and atom.distinct in (None, Distinct.DATES)


def _tests(predicate: RowPredicate, table: EventTable, domain: Domain) -> list[tuple[Column, Truth]] | None:
    """Columns whose values are listed, and what has to be true of each; absent where the predicate is about more."""
    parts = list(parts_of(predicate))
    found = [test for part in parts if (test := _listed(part, table, domain)) is not None]
    return found if len(found) == len(parts) and 1 <= len(found) <= _MOST_TESTS else None


def _listed(part: RowPredicate, table: EventTable, domain: Domain) -> tuple[Column, Truth] | None:
    """A column with a list of values, and what the predicate says of each of these."""
    if not isinstance(part, RowRange | RowConcept):
        return None
    spec = FIELDS[part.field]
    name = None if spec.lookup is not None or spec.divisor is not None else spec.column(domain)
    column = None if name is None else table.columns.get(name)
    if column is None or column.form is not Form.CODES:
        return None
    values = Values(*column.listed)
    if isinstance(part, RowRange):
        return column, in_range(values, part.test)
    is_missing_at_zero = spec.kind is Kind.CONCEPT and not part.zero_is_value
    return column, is_concept_in(values.without_zero() if is_missing_at_zero else values, part.concepts)


def _test(column: Column, truth: Truth) -> Test:
    return Test(column.stored.view(np.uint8), column.stored.itemsize, frozen(truth == TRUE))
