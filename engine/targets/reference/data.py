"""A release as Python rows, person by person. For small releases only."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.parquet as pq

from engine.catalog.release import Release
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import CARE_SITE, PERSON, PROVIDER, SURVEY_ANSWER
from schemas.tables import TableSpec

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """`events[domain][person]` and `answers[person]` are rows in file order; `lookups[table][key]` is a row."""

    people: list[Row]
    events: Mapping[Domain, Mapping[int, list[Row]]]
    answers: Mapping[int, list[Row]]
    lookups: Mapping[str, Mapping[object, Row]]


def load_reference_data(release: Release) -> ReferenceData:
    """Read the whole release into memory."""
    events = {domain: _rows(release, table) for domain, table in EVENT_TABLES.items()}
    return ReferenceData(
        people=_rows(release, PERSON),
        events={domain: _by_person(rows) for domain, rows in events.items()},
        answers=_by_person(_rows(release, SURVEY_ANSWER)),
        lookups={
            "visit": {row["event_id"]: row for row in events[Domain.VISIT]},
            "provider": {row["provider_id"]: row for row in _rows(release, PROVIDER)},
            "care_site": {row["care_site_id"]: row for row in _rows(release, CARE_SITE)},
        },
    )


def _rows(release: Release, table: TableSpec) -> list[Row]:
    if not release.has(table):
        return []
    rows: list[Row] = list(pq.read_table(release.file(table.path)).to_pylist())
    return rows


def _by_person(rows: list[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[int(str(row["person"]))].append(row)
    return found
