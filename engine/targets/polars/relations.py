"""Event relations as lazy frames with the columns of `engine.targets.polars.events`."""

from collections.abc import Mapping
from typing import assert_never

import polars as pl

from cohort_dsl.ast import TrendDirection
from engine.logical.nodes import (
    AnswerScan,
    CohortEntries,
    CohortPlan,
    Covering,
    EraJoin,
    EventRelation,
    Filter,
    GapsBetween,
    Having,
    Nth,
    Respan,
    Scan,
    Trending,
    fields_of,
)
from engine.physical.entries import CohortRows
from engine.targets.polars.answers import answers
from engine.targets.polars.events import SHAPE, cohort_events, domain_events, is_place_of_person, moved, numbered
from engine.targets.polars.expressions import all_of, backwards, day_number, is_concept_between, is_concept_in, shifted
from engine.targets.polars.fields import carried_columns, concept, number, with_fields
from engine.targets.polars.having import holding
from engine.targets.polars.predicates import row_test
from engine.targets.polars.spells import eras, gaps
from engine.targets.polars.tables import ReleaseTables
from schemas.fields import Field

Fields = frozenset[Field]


class Relations:
    """Builds the relations of one entry scan; `cohorts` holds the rows of every cohort they refer to.

    With `persons` (one column, `person`) only their events are sorted and joined: the conditions of few entries need
    not lay out everybody's.
    """

    def __init__(
        self, tables: ReleaseTables, cohorts: Mapping[CohortPlan, CohortRows], persons: pl.LazyFrame | None = None
    ) -> None:
        self.tables = tables
        self._cohorts = cohorts
        self._persons = persons
        self._held: dict[tuple[Having, Fields], pl.DataFrame] = {}

    def of(self, persons: pl.DataFrame) -> "Relations":
        """The same relations of these people only."""
        return Relations(self.tables, self._cohorts, persons.select("person").unique().lazy())

    def frame(self, events: EventRelation, fields: Fields = frozenset()) -> pl.LazyFrame:
        """The events with the common columns and those that carry `fields`."""
        match events:
            case Scan():
                return self._scan(events, fields)
            case Filter(source=source, predicate=predicate):
                found = self.frame(source, fields | frozenset(fields_of(predicate))).filter(row_test(predicate))
                return _shaped(found, fields)
            case Respan(source=source, start=start, end=end):
                changed = self.frame(source, fields).with_columns(
                    start=moved(start), end=moved(end), sort_day=moved(start)
                )
                return changed.filter(pl.col("start") <= pl.col("end"))
            case Covering():
                return self._covering(events, fields)
            case Having():
                return self._having(events, fields).lazy()
            case Trending():
                return self._trending(events, fields)
            case EraJoin(sources=sources, gap_days=gap_days):
                return self.eras(sources, gap_days=gap_days)
            case GapsBetween(source=source, at_least_days=at_least_days):
                return gaps(self._together(source), at_least_days=at_least_days)
            case AnswerScan():
                return self._answers(events)
            case Nth():
                return self._nth(events, fields)
            case CohortEntries(cohort=cohort):
                return cohort_events(self._cohorts[cohort])
            case _:
                assert_never(events)

    def spans(self, sources: tuple[EventRelation, ...]) -> pl.LazyFrame:
        """First and last days of the events of all sources: person, start, end."""
        return pl.concat([self.frame(source).select("person", "start", "end") for source in sources])

    def eras(self, sources: tuple[EventRelation, ...], *, gap_days: int) -> pl.LazyFrame:
        """The events of all sources joined into eras."""
        return eras(self._theirs(self.spans(sources)), gap_days=gap_days)

    def _together(self, source: EventRelation, fields: Fields = frozenset()) -> pl.LazyFrame:
        """The events of a relation that needs all those of a person at once."""
        return self._theirs(self.frame(source, fields))

    def _theirs(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return frame if self._persons is None else frame.join(self._persons, on="person", how="semi")

    def _scan(self, scan: Scan, fields: Fields) -> pl.LazyFrame:
        frame = domain_events(scan.domain, self.tables)
        if scan.concepts is not None:
            concept_id = pl.col("concept_id")
            frame = frame.filter(
                is_concept_between(scan.concepts, concept_id), is_concept_in(scan.concepts, concept_id)
            )
        if scan.source is not None:
            frame = frame.filter(is_concept_in(scan.source, pl.col("source_concept_id")))
        return _shaped(with_fields(frame, scan.domain, fields, self.tables), fields)

    def _covering(self, events: Covering, fields: Fields) -> pl.LazyFrame:
        days = {
            name: pl.lit(day_number(day), pl.Int32)
            for name, day in (("start", events.first), ("end", events.last))
            if day is not None
        }
        inside = all_of((pl.col("start") <= day) & (day <= pl.col("end")) for day in days.values())
        return self.frame(events.source, fields).filter(inside).with_columns(**days)

    def _having(self, events: Having, fields: Fields) -> pl.DataFrame:
        if (events, fields) not in self._held:
            self._held[events, fields] = holding(self._together(events.source, fields), events.condition, self)
        return self._held[events, fields]

    def _trending(self, events: Trending, fields: Fields) -> pl.LazyFrame:
        read = fields | {Field.VALUE, Field.UNIT}
        source = self._together(events.source, read).with_columns(unit=concept(Field.UNIT), value=number(Field.VALUE))
        earlier = source.select("person", "unit", earlier="start", earlier_value="value")
        rise = pl.col("value") - pl.col("earlier_value")
        if events.direction is TrendDirection.FALLING:
            rise = pl.col("earlier_value") - pl.col("value")
        oldest = shifted(pl.col("start"), backwards(events.within))
        found = source.join(earlier, on=("person", "unit"), nulls_equal=True).filter(
            pl.col("earlier") >= oldest, pl.col("earlier") < pl.col("start"), rise >= events.by
        )
        return _shaped(found, fields).unique("event_id", keep="any")

    def _answers(self, events: AnswerScan) -> pl.LazyFrame:
        fitting = answers(self.tables, events.question, events.test).filter("fits")
        day = pl.col("day")
        return numbered(fitting.select("person", start=day, end=day).sort("person", "start"))

    def _nth(self, events: Nth, fields: Fields) -> pl.LazyFrame:
        back = (False, events.from_end, events.from_end)
        ordered = self._together(events.source, fields).sort("person", "start", "event_id", descending=back)
        return ordered.filter(is_place_of_person(events.position))


def _shaped(frame: pl.LazyFrame, fields: Fields) -> pl.LazyFrame:
    return frame.select(*SHAPE, *carried_columns(fields))
