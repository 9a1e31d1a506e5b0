"""Event relations and row predicates as SQL trees.

Every relation selects the same columns: person, start_date, end_date, event_id, concept_id, visit. The end of an
event without one is the day after its start, or for drugs the end of its supply (as OHDSI Circe takes it).
"""

from collections.abc import Iterable, Mapping
from typing import assert_never

from sqlglot import exp

from cohort_dsl.ast import TextOperator
from engine.logical.nodes import (
    CohortEntries,
    CohortPlan,
    EventRelation,
    Filter,
    Nth,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowPredicate,
    RowRange,
    RowText,
    Scan,
    fields_of,
)
from engine.targets.duckdb.sql import Parameters, age, column, days_between, in_range, is_in, left_join, table
from schemas.fields import FIELDS, Field, FieldSpec, Kind
from schemas.omop import EVENT_TABLES, Domain

_SHAPE = ("person", "start_date", "end_date", "event_id", "concept_id", "visit")
_TEXT_FUNCTIONS = {
    TextOperator.CONTAINS: "contains",
    TextOperator.STARTS_WITH: "starts_with",
    TextOperator.ENDS_WITH: "suffix",
}


class Relations:
    """Builds relations of one query. `cohorts` names the table that holds the rows of each cohort referred to."""

    def __init__(self, parameters: Parameters, cohorts: Mapping[CohortPlan, str]) -> None:
        self._parameters = parameters
        self._cohorts = cohorts

    def select(self, events: EventRelation, extra: Iterable[Field] = ()) -> exp.Select:
        """The events with the common columns, and a column `field_<name>` for each extra field."""
        match events:
            case Scan():
                return self._scan(events, tuple(extra))
            case Filter(source=source, predicate=predicate):
                return self._filter(source, predicate, tuple(extra))
            case Nth():
                return self._nth(events, tuple(extra))
            case CohortEntries(cohort=cohort):
                return _cohort_rows(self._cohorts[cohort])
            case _:
                assert_never(events)

    def _filter(self, source: EventRelation, predicate: RowPredicate, extra: tuple[Field, ...]) -> exp.Select:
        needed = tuple(dict.fromkeys((*extra, *fields_of(predicate))))
        inner = self.select(source, needed).subquery("f", copy=False)
        shown = [column(name, "f") for name in (*_SHAPE, *map(field_column, extra))]
        return exp.select(*shown, copy=False).from_(inner, copy=False).where(self._predicate(predicate), copy=False)

    def _nth(self, events: Nth, extra: tuple[Field, ...]) -> exp.Select:
        inner = self.select(events.source, extra).subquery("n", copy=False)
        order = [
            exp.Ordered(this=column(name, "n"), desc=events.from_end, nulls_first=events.from_end)
            for name in ("start_date", "event_id")
        ]
        rank = exp.Window(
            this=exp.func("row_number", copy=False),
            partition_by=[column("person", "n")],
            order=exp.Order(expressions=order),
        )
        shown = [column(name, "n") for name in (*_SHAPE, *map(field_column, extra))]
        position = self._parameters.bind(events.position, "INTEGER")
        return (
            exp.select(*shown, copy=False)
            .from_(inner, copy=False)
            .qualify(exp.EQ(this=rank, expression=position), copy=False)
        )

    def _scan(self, scan: Scan, extra: tuple[Field, ...]) -> exp.Select:
        domain = scan.domain
        columns = {spec.name for spec in EVENT_TABLES[domain].columns}
        visit = "event_id" if domain is Domain.VISIT else "visit_occurrence_id"
        select = exp.select(
            column("person", "t"),
            column("start_date", "t"),
            exp.alias_(effective_end(domain), "end_date", copy=False),
            column("event_id", "t"),
            column("concept_id", "t"),
            exp.alias_(column(visit, "t") if visit in columns else exp.null(), "visit", copy=False),
            copy=False,
        ).from_(table(domain.value, "t"), copy=False)
        if scan.concepts is not None:
            select = select.where(
                is_in(column("concept_id", "t"), self._parameters.concepts(scan.concepts)), copy=False
            )
        for field in extra:
            select = _with_field(select, domain, field)
        return select

    def _predicate(self, predicate: RowPredicate) -> exp.Expr:
        match predicate:
            case RowRange(field=field, test=test):
                return exp.paren(in_range(_field(field), test, self._parameters), copy=False)
            case RowConcept(field=field, concepts=concepts):
                return self._parameters.has_concept(concepts, _field(field))
            case RowText(field=field, operator=operator, text=text):
                return self._text(field, operator, text)
            case RowMissing(field=field):
                return exp.Is(this=_field(field), expression=exp.null())
            case RowAll(parts=parts):
                return exp.and_(exp.true(), *map(self._predicate, parts), copy=False)
            case RowAny(parts=parts):
                return exp.or_(exp.false(), *map(self._predicate, parts), copy=False)
            case RowNot(part=part):
                return exp.not_(self._predicate(part), copy=False)
            case _:
                assert_never(predicate)

    def _text(self, field: Field, operator: TextOperator, text: str) -> exp.Expr:
        value = self._parameters.bind(text, "VARCHAR")
        if operator is TextOperator.IS:
            return exp.EQ(this=_field(field), expression=value)
        return exp.func(_TEXT_FUNCTIONS[operator], _field(field), value, copy=False)


def effective_end(domain: Domain) -> exp.Expr:
    """The last day of an event, taken as Circe takes it where the source gives none."""
    start = column("start_date", "t")
    ends: list[exp.Expr] = [column("end_date", "t")]
    if domain is Domain.DRUG:
        ends.append(exp.Add(this=start, expression=column("days_supply", "t")))
    return exp.func("coalesce", *ends, exp.Add(this=start.copy(), expression=exp.Literal.number(1)), copy=False)


def field_column(field: Field) -> str:
    """The name a field has as a column of a relation."""
    return f"field_{field.name.lower()}"


def _field(field: Field) -> exp.Expr:
    return column(field_column(field), "f")


def _with_field(select: exp.Select, domain: Domain, field: Field) -> exp.Select:
    """The scan with one more column; joins the table the field lives in where that is another."""
    spec = FIELDS[field]
    name = field_column(field)
    if spec.lookup is not None:
        alias = f"lookup_{name}"
        key = exp.EQ(this=column(spec.lookup.table_key, alias), expression=column(spec.lookup.key, "t"))
        joined = left_join(select, table(spec.lookup.table, alias), key)
        return joined.select(
            exp.alias_(_present(spec, column(spec.lookup.column, alias)), name, copy=False), copy=False
        )
    if field in (Field.AGE, Field.AGE_AT_END):
        alias = f"person_{name}"
        same = exp.EQ(this=column("person", alias), expression=column("person", "t"))
        date = column("start_date", "t") if field is Field.AGE else effective_end(domain)
        years = age(column("birth_date", alias), date)
        return select.join(table("person", alias), on=same, copy=False).select(
            exp.alias_(years, name, copy=False), copy=False
        )
    return select.select(exp.alias_(_own_field(spec, domain), name, copy=False), copy=False)


def _own_field(spec: FieldSpec, domain: Domain) -> exp.Expr:
    if spec.field is Field.END_DATE:
        return effective_end(domain)
    if spec.field is Field.DURATION:
        return days_between(column("start_date", "t"), effective_end(domain))
    name = spec.column(domain)
    assert name is not None, "the plan checked that the domain has the field"
    return _present(spec, column(name, "t"))


def _present(spec: FieldSpec, value: exp.Expr) -> exp.Expr:
    """Concept 0 means that there is none, as null does."""
    return exp.func("nullif", value, exp.Literal.number(0), copy=False) if spec.kind is Kind.CONCEPT else value


def _cohort_rows(name: str) -> exp.Select:
    return exp.select(
        column("person", "c"),
        column("start_date", "c"),
        column("end_date", "c"),
        column("event_id", "c"),
        exp.alias_(exp.Literal.number(0), "concept_id", copy=False),
        exp.alias_(exp.null(), "visit", copy=False),
        copy=False,
    ).from_(table(name, "c"), copy=False)
