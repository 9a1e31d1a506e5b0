"""A release as Python rows, person by person. For small releases only."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow.parquet as pq

from engine.catalog.release import Release
from schemas.fields import FIELDS, Lookup
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import PERSON, RELEASE_TABLES, SAMPLE, SCORE, SCORE_WEIGHT, SURVEY_ANSWER, VARIANT
from schemas.tables import TableSpec

Row = Mapping[str, object]
Period = tuple[datetime.date, datetime.date]


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """`events[domain][person]` and `answers[person]` are rows in file order; `lookups[lookup][key]`, `samples[person]`
    and `scores[name]` are a row each. `variants` are in the order of the calls; `weights` are those of all scores."""

    people: list[Row]
    events: Mapping[Domain, Mapping[int, list[Row]]]
    answers: Mapping[int, list[Row]]
    lookups: Mapping[Lookup, Mapping[object, Row]]
    variants: list[Row]
    samples: Mapping[int, Row]
    scores: Mapping[str, Row]
    weights: list[Row]

    def periods(self, person: int) -> list[Period]:
        """The person's observation periods, first and last day, in order."""
        rows = self.events[Domain.OBSERVATION_PERIOD].get(person, [])
        return sorted((as_date(row["start_date"]), as_date(row["end_date"])) for row in rows)


def load_reference_data(release: Release) -> ReferenceData:
    """Read the whole release into memory."""
    events = {domain: _rows(release, table) for domain, table in EVENT_TABLES.items()}
    tables = {table.name: table for table in RELEASE_TABLES}
    return ReferenceData(
        people=_rows(release, PERSON),
        events={domain: _by_person(rows) for domain, rows in events.items()},
        answers=_by_person(_rows(release, SURVEY_ANSWER)),
        lookups={
            lookup: {row[lookup.table_key]: row for row in _rows(release, tables[lookup.table])}
            for lookup in _lookups()
        },
        variants=_rows(release, VARIANT),
        samples={as_int(row["person"]): row for row in _rows(release, SAMPLE)},
        scores={str(row["score"]): row for row in _rows(release, SCORE)},
        weights=_rows(release, SCORE_WEIGHT),
    )


def as_date(value: object) -> datetime.date:
    """A cell known to hold a date."""
    assert isinstance(value, datetime.date)
    return value


def as_int(value: object) -> int:
    """A cell known to hold a whole number."""
    assert isinstance(value, int)
    return value


def _lookups() -> Iterator[Lookup]:
    """Every step of every field that lives in another table."""
    for spec in FIELDS.values():
        lookup = spec.lookup
        while lookup is not None:
            yield lookup
            lookup = lookup.then


def _rows(release: Release, table: TableSpec) -> list[Row]:
    if not release.has(table):
        return []
    rows: list[Row] = list(pq.read_table(release.file(table.path)).to_pylist())
    return rows


def _by_person(rows: list[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[as_int(row["person"])].append(row)
    return found
