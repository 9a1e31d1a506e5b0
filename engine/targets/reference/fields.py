"""One event of one person, and the values of its fields."""

import datetime
from dataclasses import dataclass

from engine.targets.reference.calendar import Value, completed_years
from engine.targets.reference.data import ReferenceData, Row, as_date, as_int
from schemas.fields import FIELDS, Field, FieldSpec, Kind, Lookup
from schemas.omop import Domain


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `row` and `domain` are absent where it is no record: cohort entries, eras, gaps, answers."""

    person: int
    start: datetime.date
    end: datetime.date
    key: int
    concept: int = 0
    visit: int | None = None
    domain: Domain | None = None
    row: Row | None = None
    sort_day: datetime.date | None = None
    """The start before a `Covering` changed it, where one did."""


class FieldReader:
    """Reads the fields of events."""

    def __init__(self, data: ReferenceData) -> None:
        self._data = data

    def comparable(self, field: Field, event: Event, *, by_year: bool = False) -> Value | None:
        """The field as a date or number to compare; absent where it is missing."""
        match field:
            case Field.AGE:
                return self.age(event.person, event.start, by_year=by_year)
            case Field.AGE_AT_END:
                return self.age(event.person, event.end, by_year=by_year)
            case Field.DATE:
                return event.start
            case Field.END_DATE:
                return event.end
            case Field.DURATION:
                return (event.end - event.start).days
            case _:
                value = self.stored(field, event)
                return None if value is None else float(str(value))

    def age(self, person: int, day: datetime.date, *, by_year: bool) -> int:
        """Completed years of age on a day, or with `by_year` the difference of calendar years."""
        row = self._data.people[person]
        if by_year:
            return day.year - as_int(row["year_of_birth"])
        return completed_years(as_date(row["birth_date"]), day)

    def stored(self, field: Field, event: Event) -> object | None:
        """The value as the release holds it, absent when it is null; concept 0 is a value here."""
        assert event.row is not None
        assert event.domain is not None
        spec = FIELDS[field]
        if spec.lookup is not None:
            return self._looked_up(spec.lookup, event.row)
        value = event.row[str(spec.column(event.domain))]
        return value if spec.divisor is None else _ratio(value, event.row[spec.divisor])

    def present(self, field: Field, event: Event, *, zero_is_value: bool = False) -> object | None:
        """The stored value, absent also for concept 0 unless that is a value."""
        return known(FIELDS[field], self.stored(field, event), zero_is_value=zero_is_value)

    def _looked_up(self, lookup: Lookup, row: Row) -> object | None:
        key = row[lookup.key]
        other = None if key is None else self._data.lookups[lookup].get(key)
        if other is not None and lookup.same_person and other["person"] != row["person"]:
            return None
        if other is None:
            return None
        return other[lookup.column] if lookup.then is None else self._looked_up(lookup.then, other)


def known(spec: FieldSpec, value: object | None, *, zero_is_value: bool) -> object | None:
    """The value, absent for concept 0 unless that is a value."""
    return None if spec.kind is Kind.CONCEPT and value == 0 and not zero_is_value else value


def _ratio(value: object, divisor: object) -> float | None:
    if value is None or divisor is None or float(str(divisor)) == 0:
        return None
    return float(str(value)) / float(str(divisor))
