"""Scans with a condition on values that their table lists: the list is tested once, rows for their place in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.catalog.event_index import Column, EventIndex, EventTable
from engine.catalog.event_index.layout import Form
from engine.catalog.event_index.tables import Runs, Stretches
from engine.kernels.events import Runs as RunColumns
from engine.kernels.fitting import Test
from engine.logical.nodes import EventRelation, Filter, RowConcept, RowPredicate, RowRange, Scan
from engine.physical.entries import TRUE, Truth
from engine.targets.kernels.matching import in_range, is_concept_in
from engine.targets.kernels.predicates import parts_of
from engine.targets.kernels.records import frozen
from engine.targets.kernels.scans import scan_runs
from engine.targets.kernels.scope import Scope
from engine.targets.kernels.values import Values
from schemas.fields import FIELDS, Kind
from schemas.omop import Domain

_MOST_TESTS = 2


@dataclass(frozen=True, slots=True)
class ValuedScan:
    """The events of a scan whose values fit: of each test, of which there are one or two, the column and what it says
    of each value of its list."""

    scan: Scan
    table: EventTable
    held: Runs
    columns: Sequence[tuple[Column, Truth]]

    @property
    def runs(self) -> RunColumns:
        """The runs of the table."""
        return RunColumns(self.held.person, self.held.start, self.held.row)

    @property
    def tests(self) -> tuple[Test, Test]:
        """Both tests; one that is alone, twice."""
        one, other = self.columns[0], self.columns[-1]
        return _test(*one), _test(*other)

    def own_runs(self, index: EventIndex, scope: Scope) -> Stretches:
        """The runs of the scope's block, after what is read of them was compared with its checksums."""
        first, last = scope.narrowed(self.held.person, scan_runs(self.scan, index))
        self.held.check((first, last))
        for column in (self.table.columns["start"], *(column for column, _ in self.columns)):
            column.check((self.held.row[first], self.held.row[last]))
        return first, last


def valued_scan(events: EventRelation, index: EventIndex) -> ValuedScan | None:
    """The scan, if the relation is one with such a condition."""
    if not isinstance(events, Filter) or not isinstance(events.source, Scan) or events.source.source is not None:
        return None
    table = index.tables.get(events.source.domain)
    if table is None or table.runs is None:
        return None
    parts = list(parts_of(events.predicate))
    columns = [found for part in parts if (found := _listed(part, table, events.source.domain)) is not None]
    if len(columns) < len(parts) or not 1 <= len(columns) <= _MOST_TESTS:
        return None
    return ValuedScan(events.source, table, table.runs, columns)


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
    return Test(column.stored, frozen(truth == TRUE))
