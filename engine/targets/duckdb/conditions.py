"""Conditions as SQL: each becomes a three-valued expression over one entry, with a table of its own where it counts."""

from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from cohort_dsl.ast import Bound, CountOperator, Distinct, Edge, RangeTest, Window
from engine.logical.nodes import Answered, Atom, NotAnswered, Occurs, PersonConcept, PersonRange, PersonText
from engine.physical.nodes import GenotypeAtom
from engine.targets.duckdb.entry import ENTRY
from engine.targets.duckdb.relations import Relations
from engine.targets.duckdb.sql import Parameters, age, column, in_range, shift, table
from schemas.fields import PersonField
from schemas.sex import SEX_CONCEPTS

ClinicalAtom = Occurs | PersonRange | PersonText | PersonConcept | Answered | NotAnswered

_COUNTS: dict[CountOperator, type[exp.Binary]] = {
    CountOperator.AT_LEAST: exp.GTE,
    CountOperator.AT_MOST: exp.LTE,
    CountOperator.EXACTLY: exp.EQ,
}
_DISTINCT = {Distinct.DATES: "start_date", Distinct.VISITS: "visit", Distinct.CONCEPTS: "concept_id"}
_PERSON_COLUMNS = {
    PersonField.BIRTH_YEAR: "year_of_birth",
    PersonField.RACE: "race_concept_id",
    PersonField.ETHNICITY: "ethnicity_concept_id",
}


@dataclass(frozen=True, slots=True)
class ConditionSql:
    """`truth` over entry `e`, person `p` and, where the condition counts, its own `table` keyed by entry."""

    truth: exp.Expr
    table: exp.Select | None = None


def condition_sql(atom: Atom, alias: str, relations: Relations, parameters: Parameters) -> ConditionSql:
    """The condition as SQL; `alias` is the name its table will have."""
    match atom:
        case Occurs():
            return ConditionSql(_occurs_truth(atom, alias, parameters), _occurs_table(atom, relations, parameters))
        case Answered():
            return ConditionSql(_answered_truth(alias), _answers_table(atom, parameters))
        case NotAnswered():
            none = exp.EQ(this=_count_column("answered", alias), expression=exp.Literal.number(0))
            return ConditionSql(none, _answers_table(atom, parameters))
        case PersonRange(field=field, test=test):
            return ConditionSql(in_range(_person_number(field), test, parameters))
        case PersonText(field=field, values=values):
            return ConditionSql(_person_text(field, values, parameters))
        case PersonConcept(field=field, concepts=concepts):
            value = exp.func("nullif", column(_PERSON_COLUMNS[field], "p"), exp.Literal.number(0), copy=False)
            return ConditionSql(parameters.has_concept(concepts, value))
        case GenotypeAtom():
            raise AssertionError("the planner gives genotype conditions to the kernels")
        case _:
            assert_never(atom)


def _occurs_truth(atom: Occurs, alias: str, parameters: Parameters) -> exp.Expr:
    number = parameters.bind(atom.number, "INTEGER")
    return _COUNTS[atom.operator](this=_count_column("occurred", alias), expression=number)


def _occurs_table(atom: Occurs, relations: Relations, parameters: Parameters) -> exp.Select:
    counted: exp.Expr = exp.Star()
    if atom.distinct is not None:
        counted = exp.Distinct(expressions=[column(_DISTINCT[atom.distinct], "x")])
    select = _per_entry(relations.select(atom.events).subquery("x", copy=False)).select(
        exp.alias_(exp.Count(this=counted), "occurred", copy=False), copy=False
    )
    if atom.within_observation:
        inside = exp.Between(
            this=column("start_date", "x"), low=column("observed_from", "e"), high=column("observed_to", "e")
        )
        select = select.where(inside, copy=False)
    for window in atom.windows:
        edge = "start_date" if window.edge is Edge.START else "end_date"
        select = select.where(*_window(column(edge, "x"), window, parameters), copy=False)
    return select


def _answers_table(atom: Answered | NotAnswered, parameters: Parameters) -> exp.Select:
    given = exp.Is(this=column("missing_reason", "x"), expression=exp.null())
    select = _per_entry(table("survey_answer", "x")).where(
        exp.EQ(this=column("question_id", "x"), expression=parameters.bind(atom.question, "VARCHAR")), copy=False
    )
    select = select.select(exp.alias_(exp.func("count_if", given, copy=False), "answered", copy=False), copy=False)
    if isinstance(atom, Answered):
        fits = exp.and_(given.copy(), _answer_fits(atom.test, parameters), copy=False)
        select = select.select(exp.alias_(exp.func("count_if", fits, copy=False), "fitting", copy=False), copy=False)
    if atom.window is not None:
        select = select.where(*_window(column("answered_on", "x"), atom.window, parameters), copy=False)
    return select


def _answer_fits(test: tuple[str, ...] | RangeTest, parameters: Parameters) -> exp.Expr:
    if isinstance(test, tuple):
        return parameters.has_text(test, column("answer", "x"))
    return in_range(column("value", "x"), test, parameters)


def _answered_truth(alias: str) -> exp.Expr:
    zero = exp.Literal.number(0)
    return (
        exp.Case()
        .when(exp.GT(this=_count_column("fitting", alias), expression=zero), exp.true(), copy=False)
        .when(exp.GT(this=_count_column("answered", alias), expression=zero.copy()), exp.false(), copy=False)
    )


def _per_entry(events: exp.Expr) -> exp.Select:
    same = exp.EQ(this=column("person", "x"), expression=column("person", "e"))
    return (
        exp.select(column(ENTRY, "e"), copy=False)
        .from_(table(ENTRY, "e"), copy=False)
        .join(events, on=same, copy=False)
        .group_by(column(ENTRY, "e"), copy=False)
    )


def _window(value: exp.Expr, window: Window, parameters: Parameters) -> list[exp.Expr]:
    tests: list[exp.Expr] = []
    if window.lower is not None:
        tests.append(exp.GTE(this=value.copy(), expression=_bound(window.lower, parameters)))
    if window.upper is not None:
        tests.append(exp.LTE(this=value.copy(), expression=_bound(window.upper, parameters)))
    return tests


def _bound(bound: Bound, parameters: Parameters) -> exp.Expr:
    anchor = "start_date" if bound.anchor is Edge.START else "end_date"
    return shift(column(anchor, "e"), bound.offset, parameters)


def _count_column(name: str, alias: str) -> exp.Expr:
    return exp.func("coalesce", column(name, alias), exp.Literal.number(0), copy=False)


def _person_number(field: PersonField) -> exp.Expr:
    if field is PersonField.AGE:
        return age(column("birth_date", "p"), column("start_date", "e"))
    return column(_PERSON_COLUMNS[field], "p")


def _person_text(field: PersonField, values: tuple[str, ...], parameters: Parameters) -> exp.Expr:
    if field is PersonField.REGION:
        return parameters.has_text(values, column("region", "p"))
    ids = tuple(SEX_CONCEPTS[value] for value in values if value in SEX_CONCEPTS)
    sex = column("gender_concept_id", "p")
    known = parameters.has_concept(SEX_CONCEPTS.values(), sex.copy())
    return exp.Case().when(known, parameters.has_concept(ids, sex), copy=False)
