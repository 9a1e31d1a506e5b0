"""The columns every event relation has.

person, start and end (days since 1970-01-01), sort_day (the start before any `Covering`), event_id, concept_id, visit,
visit_detail; behind them the columns that `engine.targets.polars.fields` brings along.
"""

import polars as pl

from cohort_dsl.ast import Edge, Moved
from engine.physical.entries import CohortRows
from engine.targets.polars.expressions import day_number, shifted
from engine.targets.polars.tables import ReleaseTables
from schemas.omop import EVENT_TABLES, STILL_THERE, Domain

SHAPE = ("person", "start", "end", "sort_day", "event_id", "concept_id", "visit", "visit_detail")


def edge_column(edge: Edge) -> str:
    """The column that holds an edge of an event or entry."""
    return "start" if edge is Edge.START else "end"


def moved(day: Moved) -> pl.Expr:
    """A day of the event itself, moved."""
    return shifted(pl.col(edge_column(day.edge)), day.offset)


def domain_events(domain: Domain, tables: ReleaseTables) -> pl.LazyFrame:
    """All rows of an event table with the common columns, in addition to its own."""
    names = {column.name for column in EVENT_TABLES[domain].columns}
    return tables.events(EVENT_TABLES[domain]).with_columns(
        pl.col("start_date").cast(pl.Int32).alias("start"),
        pl.col("start_date").cast(pl.Int32).alias("sort_day"),
        _end(domain).alias("end"),
        _key_of(Domain.VISIT, "visit_occurrence_id", domain, names).alias("visit"),
        _key_of(Domain.VISIT_DETAIL, "visit_detail_id", domain, names).alias("visit_detail"),
    )


def _end(domain: Domain) -> pl.Expr:
    """The source's end; for drugs else the end of supply; a residence lasts on; else the day after the start, as OHDSI
    Circe takes it."""
    start = pl.col("start_date").cast(pl.Int32)
    own = {
        Domain.DRUG: [start + pl.col("days_supply")],
        Domain.LOCATION_REGION: [pl.lit(day_number(STILL_THERE), pl.Int32)],
    }
    return pl.coalesce(pl.col("end_date").cast(pl.Int32), *own.get(domain, []), start + 1)


def _key_of(own: Domain, name: str, domain: Domain, names: set[str]) -> pl.Expr:
    """The key of the visit (or visit detail) an event belongs to, or that it is itself."""
    if domain is own:
        return pl.col("event_id")
    return pl.col(name) if name in names else pl.lit(None, pl.Int64)


def cohort_events(rows: CohortRows) -> pl.LazyFrame:
    """The entries of a cohort as events, those of a person numbered from 1 in their order."""
    return numbered(pl.LazyFrame({"person": rows.person, "start": rows.start, "end": rows.end}))


def is_place_of_person(position: int) -> pl.Expr:
    """Whether a row is the `position`-th of its person, counted from 1, in a frame sorted by person."""
    person = pl.col("person")
    return person.eq_missing(person.shift(position - 1)) & person.ne_missing(person.shift(position))


def numbered(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Spans (person, start, end) sorted by person and start, as events whose keys number those of a person from 1."""
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    first = pl.when(is_place_of_person(1)).then(row).forward_fill()
    return _without_code(frame.with_columns(event_id=row - first + 1))


def _without_code(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.select(
        "person",
        "start",
        "end",
        pl.col("start").alias("sort_day"),
        pl.col("event_id").cast(pl.Int64),
        pl.lit(0, pl.Int32).alias("concept_id"),
        pl.lit(None, pl.Int64).alias("visit"),
        pl.lit(None, pl.Int64).alias("visit_detail"),
    )
