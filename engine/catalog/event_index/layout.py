"""The event index byte by byte: which files it has, and how each is laid out.

All numbers are little-endian. N is the number of people of the release, R the rows of a table. A table is one of the
event tables, or the survey answers that were given; its rows keep the order of the release's Parquet file (concept,
person, first day, key), so that a row number means the same in both, answers that were not given left out.

Folder `index/events/`:

* `<table>/<column>.bin`: one column, R values, in one of the forms of `Form`: `plain`, the values themselves (u32, i32,
  i64 or f64; an absent value is the least of an integer type, or NaN); `codes`, u8 or u16 positions in the column's
  list of values; `constant`, no file, every row has the only value of the list; `apart`, no file, the values are read
  from the Parquet file.
* `<table>/<column>.values`: the list of values of a column in codes or constant, one Arrow IPC file with one column
  `value`; one of them may be null.
* `<table>/directory.bin`: for each concept of the table, ascending, its id (i32); padding to a multiple of 8 bytes;
  then for each the first of its rows (i64), and R. For survey answers a concept is the position of the question in
  `survey_answer/question_id.json`, a list of names.
* `periods/offsets.bin`: for each person, and N, the first of their observation periods (i64[N + 1]);
  `periods/start.bin` and `periods/end.bin`: the first and last days of all periods (i32), of a person in order of both.
* `visits/offsets.bin`: for each person, and N, the first of their visits (i64[N + 1]); `visits/event_id.bin`: the keys
  of all visits (i64), of a person ascending; `visits/concept_id.bin`: their concepts (i32).
* `checksums.bin`: XXH3-64 (u64) of every 64 KiB of each `.bin` file but itself, in the order of `seal.json`; the last
  block of a file is what is left of it.
* `seal.json`: format, what the index was made from (SHA-256 of each Parquet file, N), rows and columns of each table
  with their forms, size in bytes of each `.bin` file, SHA-256 of the other files and of `checksums.bin`.

Columns of an event table: `person` (u32), `start` (i32, days since 1970-01-01), `end` (i32, the last day an event
counts to, see `Ends`; a table without it has events that last to the day after their first), `event_id` (i64), and each
column of the release that a question can name. Of survey answers: `person`, `start`, `answer`, `value`.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from schemas.fields import FIELDS
from schemas.omop import EVENT_TABLES, Domain
from schemas.tables import ColumnType, TableSpec

FORMAT = 1
FOLDER = "index/events"
RUNS, RUNS_FORMAT = "index/runs", 1
"""Where the runs of the index lie, and the format of their files."""
TIMELINES, TIMELINES_FORMAT = "index/timelines", 1
"""The same of its timelines."""
BLOCK = 1 << 16
"""Bytes that share a checksum."""
SEAL, CHECKSUMS, DIRECTORY, OFFSETS = "seal.json", "checksums.bin", "directory.bin", "offsets.bin"
PERIODS, VISITS = "periods", "visits"
MOST_CODES = 1 << 16
"""Different values a column in codes may have."""


class Form(Enum):
    """How a column is held."""

    PLAIN = "plain"
    CODES = "codes"
    CONSTANT = "constant"
    APART = "apart"


class Ends(Enum):
    """Where the last day of a table's events comes from when the source gives none."""

    NEXT_DAY = "the day after the first"
    SUPPLY = "the first day plus the days of supply, else the day after the first"
    STILL_THERE = "2099-12-31"


PLAIN_TYPES: dict[ColumnType, type[np.generic]] = {
    ColumnType.PERSON: np.uint32,
    ColumnType.CONCEPT: np.int32,
    ColumnType.INT32: np.int32,
    ColumnType.DATE: np.int32,
    ColumnType.INT64: np.int64,
    ColumnType.FLOAT64: np.float64,
}
"""The type of a plain column; text is never plain."""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column of the index: its name, the columns of the Parquet file it is made from, its type there."""

    name: str
    sources: tuple[str, ...]
    type: ColumnType
    is_plain: bool = False
    """Whether it is plain whatever its values, because kernels read it."""


def ends_of(domain: Domain) -> Ends:
    """The rule of a domain's last days."""
    return {Domain.DRUG: Ends.SUPPLY, Domain.LOCATION_REGION: Ends.STILL_THERE}.get(domain, Ends.NEXT_DAY)


def event_columns(domain: Domain) -> tuple[ColumnPlan, ...]:
    """The columns of an event table in the index."""
    table = EVENT_TABLES[domain]
    supply = ("days_supply",) if ends_of(domain) is Ends.SUPPLY else ()
    leading = [
        ColumnPlan("person", ("person",), ColumnType.PERSON, is_plain=True),
        ColumnPlan("start", ("start_date",), ColumnType.DATE, is_plain=True),
        ColumnPlan("end", ("start_date", "end_date", *supply), ColumnType.DATE, is_plain=True),
        ColumnPlan("event_id", ("event_id",), ColumnType.INT64, is_plain=True),
    ]
    wanted = _named_columns(domain)
    return (*leading, *(ColumnPlan(c.name, (c.name,), c.type) for c in table.columns[5:] if c.name in wanted))


ANSWER_COLUMNS = (
    ColumnPlan("person", ("person",), ColumnType.PERSON, is_plain=True),
    ColumnPlan("start", ("answered_on",), ColumnType.DATE, is_plain=True),
    ColumnPlan("answer", ("answer",), ColumnType.TEXT),
    ColumnPlan("value", ("value",), ColumnType.FLOAT64),
)
"""The columns of the survey answers."""


def cluster_column(table: TableSpec) -> str:
    """The column that the table's rows lie together by."""
    return table.clustered_by[0]


def _named_columns(domain: Domain) -> frozenset[str]:
    """The columns that a field of the language, or an event's visit, is read from."""
    names = {"visit_occurrence_id", "visit_detail_id"}
    for spec in FIELDS.values():
        names.update(name for name in (spec.column(domain), spec.divisor) if name is not None)
        if spec.lookup is not None:
            names.add(spec.lookup.key)
    return frozenset(names)
