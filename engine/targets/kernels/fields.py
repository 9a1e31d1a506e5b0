"""Fields of events: the values of columns, of other tables they lead to, days and ages."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.event_index import EventIndex
from engine.catalog.release import Release
from engine.kernels.ranges import People, Rows, find_keys
from engine.kernels.windows import ABSENT
from engine.targets.kernels.people import PeopleTable
from engine.targets.kernels.records import absent
from engine.targets.kernels.values import Values, column_values, known, plain
from engine.targets.kernels.views import View
from schemas.fields import FIELDS, Field, FieldSpec, Kind, Lookup
from schemas.omop import Domain
from schemas.release import CARE_SITE, LOCATION, PROVIDER
from schemas.tables import TableSpec

_SMALL: Mapping[str, TableSpec] = {table.name: table for table in (PROVIDER, CARE_SITE, LOCATION)}


@dataclass(frozen=True, slots=True)
class SmallTable:
    """A table that others lead to, in order of its key; `columns` by name, None values as `ABSENT`."""

    keys: Rows
    columns: Mapping[str, Rows]


class FieldReader:
    """Reads fields of events. What it reads of a release it keeps, for a release never changes."""

    def __init__(self, release: Release, index: EventIndex, people: PeopleTable) -> None:
        self._index = index
        self._people = people
        self._small = {name: _small_table(release, table) for name, table in _SMALL.items()}

    def values(self, field: Field, view: View) -> Values:
        """The field of events; a concept may be 0."""
        spec = FIELDS[field]
        match field:
            case Field.AGE | Field.AGE_AT_END:
                return self.ages(view, at_end=field is Field.AGE_AT_END, by_year=False)
            case Field.DATE:
                return known(view.start)
            case Field.END_DATE:
                return known(view.end)
            case Field.DURATION:
                return known(view.end - view.start)
            case _ if spec.lookup is not None:
                return self._looked_up(spec.lookup, view)
            case _ if spec.divisor is not None:
                return self._ratio(spec, view)
            case _:
                return stored(view, _column(spec, view))

    def ages(self, view: View, *, at_end: bool, by_year: bool) -> Values:
        """Completed years on the first (or last) day, or the difference of calendar years."""
        days = view.end if at_end else view.start
        return known(self._people.ages(view.person, days, by_year=by_year))

    def concept(self, field: Field, view: View, *, zero_is_value: bool) -> Values:
        """A concept, missing where 0 unless that is a value."""
        values = self.values(field, view)
        is_concept = FIELDS[field].kind is Kind.CONCEPT
        return values.without_zero() if is_concept and not zero_is_value else values

    def visit_of(self, view: View) -> Rows:
        """The visit each event belongs to, or is; `ABSENT` where there is none."""
        return _own_or_stored(view, Domain.VISIT, "visit_occurrence_id")

    def visit_detail_of(self, view: View) -> Rows:
        """The visit detail each event belongs to, or is."""
        return _own_or_stored(view, Domain.VISIT_DETAIL, "visit_detail_id")

    def _ratio(self, spec: FieldSpec, view: View) -> Values:
        value = stored(view, _column(spec, view)).numbers()
        divisor = stored(view, str(spec.divisor)).numbers()
        missing = np.isnan(value) | np.isnan(divisor) | (divisor == 0)
        return Values(value / np.where(missing, 1.0, divisor), missing)

    def _looked_up(self, lookup: Lookup, view: View) -> Values:
        if lookup.table == "person":
            return plain(self._people.gender[view.person])
        keys = stored(view, lookup.key).keys()
        if lookup.table == "visit":
            return self._visit_values(lookup.column, view.person, keys)
        return _present(self._followed(lookup, keys))

    def _visit_values(self, column: str, person: People, keys: Rows) -> Values:
        """A column of the visit with the key, if it is the person's."""
        visits, places = self._index.visits, np.empty(keys.size, np.int64)
        find_keys(visits.offsets, visits.columns["event_id"], person, keys, places)
        missing = places < 0
        if not visits.columns[column].size:
            return Values(places, missing)
        return Values(visits.columns[column][np.where(missing, 0, places)], missing)

    def _followed(self, lookup: Lookup, keys: Rows) -> Rows:
        """What the lookup leads to from each key; `ABSENT` where it leads nowhere."""
        table = self._small[lookup.table]
        if not table.keys.size:
            return absent(keys.size)
        places = np.minimum(np.searchsorted(table.keys, keys), table.keys.size - 1)
        is_there = (table.keys[places] == keys) & (keys != ABSENT)
        column = lookup.column if lookup.then is None else lookup.then.key
        found = np.where(is_there, table.columns[column][places], ABSENT)
        return found if lookup.then is None else self._followed(lookup.then, found)


def stored(view: View, name: str) -> Values:
    """A column of the events' table."""
    assert view.table is not None, "the plan checked that the events have the field"
    if name == "concept_id":
        return known(view.table.concept_at(view.rows))
    return column_values(view.table, name, view)


def _column(spec: FieldSpec, view: View) -> str:
    assert view.domain is not None
    name = spec.column(view.domain)
    assert name is not None, "the plan checked that the domain has the field"
    return name


def _own_or_stored(view: View, own: Domain, name: str) -> Rows:
    if view.table is None:
        return absent(view.size)
    if view.domain is own:
        return view.key
    return stored(view, name).keys() if name in view.table.columns else absent(view.size)


def _present(keys: Rows) -> Values:
    return Values(keys, keys == ABSENT)


def _small_table(release: Release, table: TableSpec) -> SmallTable:
    names = [column.name for column in table.columns if column.type.value in ("concept", "int64", "int32")]
    if not release.has(table):
        return SmallTable(np.zeros(0, np.int64), {})
    read = pq.read_table(release.file(table.path), columns=names)
    columns = {name: read[name].cast(pa.int64()).fill_null(pa.scalar(int(ABSENT))).to_numpy() for name in names}
    order = np.argsort(columns[table.key[0]], kind="stable")
    return SmallTable(columns[table.key[0]][order], {name: column[order] for name, column in columns.items()})
