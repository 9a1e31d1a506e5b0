"""How many events and people each concept has: what a plan's cost and selectivity are estimated from.

Statistics are made of everybody's data. They order work and are shown inside the trusted environment; no answer depends
on them, however wrong they are. The file is derived and may be deleted at any time.
"""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.database import Columns, Database
from engine.catalog.release import Release
from schemas.omop import EVENT_TABLES, Domain

FILE = "index/statistics/concepts.parquet"
_FORMAT = b"kohort-statistics-1"
_EVERY_CONCEPT = -1
"""Stands for the whole table, in the column of concepts."""


@dataclass(frozen=True, slots=True)
class Events:
    """Some events of one table: how many, of how many people (at most), with a value, and between which days (since
    1970-01-01)."""

    rows: int
    persons: int
    with_value: int
    first_day: int
    last_day: int


NO_EVENTS = Events(rows=0, persons=0, with_value=0, first_day=0, last_day=0)


@dataclass(frozen=True, slots=True, repr=False)
class DomainStatistics:
    """One row a concept, ascending: `concept` int32[c], and int64[c] of each number of `Events`."""

    whole: Events
    concept: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int64]

    def of(self, concepts: tuple[int, ...] | None) -> Events:
        """The events of these concepts; all of the table when absent. A person with several counts several times, and
        at most once for everybody."""
        if concepts is None:
            return self.whole
        if not self.concept.size:
            return NO_EVENTS
        wanted = np.asarray(concepts, np.int32)
        at = np.minimum(self.concept.searchsorted(wanted), self.concept.size - 1)
        own = self.numbers[at[self.concept[at] == wanted]]
        if not own.size:
            return NO_EVENTS
        rows, persons, with_value = own[:, :3].sum(axis=0).tolist()
        return Events(
            rows=rows,
            persons=min(persons, self.whole.persons),
            with_value=with_value,
            first_day=int(own[:, 3].min()),
            last_day=int(own[:, 4].max()),
        )


@dataclass(frozen=True, slots=True, repr=False)
class ReleaseStatistics:
    """The statistics of a release of `persons` people."""

    persons: int
    domains: Mapping[Domain, DomainStatistics]

    def events(self, domain: Domain, concepts: tuple[int, ...] | None) -> Events:
        """The events of a domain, of these concepts only where they are given."""
        return self.domains[domain].of(concepts) if domain in self.domains else NO_EVENTS


def open_statistics(release: Release, database: Database) -> ReleaseStatistics:
    """The statistics of a release, from its file, or made from its tables when there is none that can be read.

    Where the release's folder cannot be written to they are made each time.
    """
    path = release.file(FILE)
    table = _read(path)
    if table is None:
        table = make_statistics(release, database)
        with contextlib.suppress(OSError):
            write_statistics(table, path)
    return _parsed(table, release.persons)


def make_statistics(release: Release, database: Database) -> pa.Table:
    """The statistics as a table: domain, concept_id, rows, persons (by HyperLogLog, a few per cent off), with_value,
    first_day, last_day; the concept -1 is the whole domain."""
    parts = [_counted(domain, database) for domain, table in EVENT_TABLES.items() if release.has(table)]
    return pa.concat_tables(parts).replace_schema_metadata({b"format": _FORMAT})


def write_statistics(table: pa.Table, path: Path) -> None:
    """Write the file in one step: who opens the release meanwhile sees all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(table, temporary)
    temporary.replace(path)


def _counted(domain: Domain, database: Database) -> pa.Table:
    value = next((spec.name for spec in EVENT_TABLES[domain].columns if spec.name in _VALUES), None)
    valued = "0" if value is None else f"count({value})"
    columns = database.columns(
        f"""SELECT coalesce(concept_id, {_EVERY_CONCEPT}) AS concept_id, count(*) AS rows,
                   approx_count_distinct(person) AS persons, {valued} AS with_value,
                   coalesce(min(start_date) - DATE '1970-01-01', 0) AS first_day,
                   coalesce(max(start_date) - DATE '1970-01-01', 0) AS last_day
            FROM {domain.value} GROUP BY GROUPING SETS ((concept_id), ())
            ORDER BY 1""",  # noqa: S608 - names of our own tables
        {},
    )
    return pa.table(
        {
            "domain": pa.array([domain.value] * len(columns["rows"]), pa.string()),
            "concept_id": pa.array(np.asarray(columns["concept_id"], np.int32)),
            **{name: pa.array(np.asarray(columns[name], np.int64)) for name in _NUMBERS},
        }
    )


_VALUES = ("value_as_number", "dose_value")
_NUMBERS = ("rows", "persons", "with_value", "first_day", "last_day")


def _read(path: Path) -> pa.Table | None:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):
        return None
    return table if (table.schema.metadata or {}).get(b"format") == _FORMAT else None


def _parsed(table: pa.Table, persons: int) -> ReleaseStatistics:
    columns: Columns = {name: table[name].to_numpy() for name in ("concept_id", *_NUMBERS)}
    names = table["domain"].to_numpy(zero_copy_only=False)
    numbers = np.stack([columns[name] for name in _NUMBERS], axis=1).astype(np.int64)
    domains: dict[Domain, DomainStatistics] = {}
    for domain in Domain:
        own = np.flatnonzero(names == domain.value)
        if not own.size:
            continue
        order = own[np.argsort(columns["concept_id"][own], kind="stable")]
        whole, concepts = order[0], order[1:]
        domains[domain] = DomainStatistics(
            whole=Events(*map(int, numbers[whole])),
            concept=columns["concept_id"][concepts].astype(np.int32),
            numbers=numbers[concepts],
        )
    return ReleaseStatistics(persons=persons, domains=domains)
