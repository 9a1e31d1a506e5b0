"""Event relations as SQL trees.

Every relation selects the same columns (`SHAPE`): person, start_date, end_date, sort_date (the start before any
`Covering`), event_id, concept_id, visit, visit_detail; and a column for each stored field that something outside it
asks for. The end of an event without one is the day after its start, for drugs the end of its supply, and a residence
without one lasts on (as OHDSI Circe takes it). Person and key (`event_id`) together are unique in a relation.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never

from sqlglot import exp

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
    RowPredicate,
    Scan,
    Trending,
    fields_of,
)
from engine.targets.duckdb.derived import answers_select, eras_select, gaps_select, no_details, trending_condition
from engine.targets.duckdb.fields import field_column, is_stored, with_field
from engine.targets.duckdb.predicates import PERSON_ALIAS, PredicateSql, reads_person
from engine.targets.duckdb.sql import Parameters, cast, column, is_in, shift, table
from schemas.fields import Field
from schemas.omop import EVENT_TABLES, STILL_THERE, Domain

SHAPE = ("person", "start_date", "end_date", "sort_date", "event_id", "concept_id", "visit", "visit_detail")

HavingSql = Callable[[Having, exp.Select, tuple[Field, ...]], exp.Select]
"""Given a relation and its source as SQL (with these fields), the events of the source that meet its condition."""


class Relations:
    """Builds relations of one query. `cohorts` names the table that holds the rows of each cohort referred to."""

    def __init__(self, parameters: Parameters, cohorts: Mapping[CohortPlan, str], having: HavingSql) -> None:
        self._parameters = parameters
        self._cohorts = cohorts
        self._having = having
        self._predicates = PredicateSql(parameters)

    def select(self, events: EventRelation, extra: Iterable[Field] = ()) -> exp.Select:
        """The events with the common columns, and a column `field_<name>` for each stored field of `extra`."""
        fields = tuple(dict.fromkeys(field for field in extra if is_stored(field)))
        match events:
            case Scan():
                return self._scan(events, fields)
            case Filter(source=source, predicate=predicate):
                return self._filter(source, predicate, fields)
            case Respan():
                return self._respan(events, fields)
            case Covering():
                return self._covering(events, fields)
            case Having(source=source):
                return self._having(events, self.select(source, fields), fields)
            case Trending():
                return self._trending(events, fields)
            case EraJoin(sources=sources, gap_days=gap_days):
                return eras_select(self.union(sources), gap_days, self._parameters)
            case GapsBetween(source=source, at_least_days=at_least_days):
                return gaps_select(self.select(source), at_least_days, self._parameters)
            case AnswerScan():
                return answers_select(events, self._parameters)
            case Nth():
                return self._nth(events, fields)
            case CohortEntries(cohort=cohort):
                return _cohort_rows(self._cohorts[cohort])
            case _:
                assert_never(events)

    def union(self, relations: tuple[EventRelation, ...]) -> exp.Query:
        """The events of all relations, one below the other."""
        union: exp.Query = self.select(relations[0])
        for relation in relations[1:]:
            union = exp.union(union, self.select(relation), distinct=False, copy=False)
        return union

    def _filter(self, source: EventRelation, predicate: RowPredicate, extra: tuple[Field, ...]) -> exp.Select:
        inner = self.select(source, (*extra, *fields_of(predicate)))
        select = projected(inner, "f", extra)
        if reads_person(predicate):
            same = exp.EQ(this=column("person", PERSON_ALIAS), expression=column("person", "f"))
            select = select.join(table("person", PERSON_ALIAS), on=same, copy=False)
        return select.where(self._predicates.predicate(predicate), copy=False)

    def _respan(self, events: Respan, extra: tuple[Field, ...]) -> exp.Select:
        start, end = (
            shift(column(f"{moved.edge.value}_date", "r"), moved.offset, self._parameters)
            for moved in (events.start, events.end)
        )
        moved = projected(
            self.select(events.source, extra), "r", extra, start_date=start, end_date=end, sort_date=start
        )
        return moved.where(exp.GTE(this=end.copy(), expression=start.copy()), copy=False)

    def _covering(self, events: Covering, extra: tuple[Field, ...]) -> exp.Select:
        days = {"start_date": events.first, "end_date": events.last}
        given = {name: self._parameters.bind(day, "DATE") for name, day in days.items() if day is not None}
        select = projected(self.select(events.source, extra), "r", extra, **given)
        for day in given.values():
            contains = exp.Between(this=day.copy(), low=column("start_date", "r"), high=column("end_date", "r"))
            select = select.where(contains, copy=False)
        return select

    def _trending(self, events: Trending, extra: tuple[Field, ...]) -> exp.Select:
        compared = (Field.VALUE, Field.UNIT)
        later = self.select(events.source, (*extra, *compared))
        earlier = self.select(events.source, compared).subquery("a", copy=False)
        before = exp.select(exp.Literal.number(1), copy=False).from_(earlier, copy=False)
        before = before.where(*trending_condition(events, self._parameters), copy=False)
        return projected(later, "b", extra).where(exp.Exists(this=before), copy=False)

    def _nth(self, events: Nth, extra: tuple[Field, ...]) -> exp.Select:
        order = [
            exp.Ordered(this=column(name, "n"), desc=events.from_end, nulls_first=events.from_end)
            for name in ("start_date", "event_id")
        ]
        rank = exp.Window(
            this=exp.func("row_number", copy=False),
            partition_by=[column("person", "n")],
            order=exp.Order(expressions=order),
        )
        position = self._parameters.bind(events.position, "INTEGER")
        return projected(self.select(events.source, extra), "n", extra).qualify(
            exp.EQ(this=rank, expression=position), copy=False
        )

    def _scan(self, scan: Scan, extra: tuple[Field, ...]) -> exp.Select:
        domain = scan.domain
        visit = "event_id" if domain is Domain.VISIT else "visit_occurrence_id"
        detail = "event_id" if domain is Domain.VISIT_DETAIL else "visit_detail_id"
        select = exp.select(
            column("person", "t"),
            column("start_date", "t"),
            exp.alias_(effective_end(domain), "end_date", copy=False),
            exp.alias_(column("start_date", "t"), "sort_date", copy=False),
            column("event_id", "t"),
            column("concept_id", "t"),
            exp.alias_(_column_or_null(domain, visit), "visit", copy=False),
            exp.alias_(_column_or_null(domain, detail), "visit_detail", copy=False),
            copy=False,
        ).from_(table(domain.value, "t"), copy=False)
        for name, ids in (("concept_id", scan.concepts), ("source_concept_id", scan.source)):
            if ids is not None:
                select = select.where(is_in(column(name, "t"), self._parameters.concepts(ids)), copy=False)
        select = self._parameters.narrowed(select, "t")
        for field in extra:
            select = with_field(select, domain, field)
        return select


def projected(source: exp.Query, alias: str, extra: Iterable[Field], **replaced: exp.Expr) -> exp.Select:
    """The common columns of a relation used as `alias`, some of them replaced, and its stored fields."""
    shown = [
        exp.alias_(replaced[name].copy(), name, copy=False) if name in replaced else column(name, alias)
        for name in SHAPE
    ]
    fields = [column(field_column(field), alias) for field in extra]
    return exp.select(*shown, *fields, copy=False).from_(source.subquery(alias, copy=False), copy=False)


def effective_end(domain: Domain) -> exp.Expr:
    """The last day of an event, taken as Circe takes it where the source gives none."""
    start = column("start_date", "t")
    ends: list[exp.Expr] = [column("end_date", "t")]
    if domain is Domain.DRUG:
        ends.append(exp.Add(this=start, expression=column("days_supply", "t")))
    if domain is Domain.LOCATION_REGION:
        ends.append(cast(exp.Literal.string(STILL_THERE.isoformat()), "DATE"))
    return exp.func("coalesce", *ends, exp.Add(this=start.copy(), expression=exp.Literal.number(1)), copy=False)


def _column_or_null(domain: Domain, name: str) -> exp.Expr:
    known = any(spec.name == name for spec in EVENT_TABLES[domain].columns)
    return column(name, "t") if known else exp.null()


def _cohort_rows(name: str) -> exp.Select:
    return exp.select(
        *(column(shown, "c") for shown in ("person", "start_date", "end_date", "event_id")),
        exp.alias_(column("start_date", "c"), "sort_date", copy=False),
        *no_details(),
        copy=False,
    ).from_(table(name, "c"), copy=False)
