"""Conditions on entries as SQL: each becomes a three-valued expression, with a table of its own where it counts.

An *anchor* is a table of entries (or, inside a `having`, of events): entry (its number), person, start_date, end_date,
visit, observed_from, observed_to. In every query it goes by the alias `e`, its person by `p`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from cohort_dsl.ast import Distinct, Edge
from engine.logical.nodes import (
    DISTINCT_FIELDS,
    Answered,
    Atom,
    Burdened,
    Carrier,
    CohortPlan,
    Having,
    NoCallAt,
    NotAnswered,
    Occurs,
    Paired,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    PhasedPair,
    Scored,
    atoms_of,
)
from engine.targets.duckdb.derived import answer_fits
from engine.targets.duckdb.fields import field_column, is_stored
from engine.targets.duckdb.kleene import COUNTS, kleene
from engine.targets.duckdb.periods import first_periods
from engine.targets.duckdb.persons import person_truth, reads_person
from engine.targets.duckdb.predicates import derived_value
from engine.targets.duckdb.relations import SHAPE, Relations, projected
from engine.targets.duckdb.sql import Parameters, column, left_join, table, with_table
from engine.targets.duckdb.windows import window_tests
from schemas.fields import Field

ENTRY = "entry"
"""The table of the cohort's entries, and in every anchor the column that numbers its rows."""

_DISTINCT_COLUMNS = {
    Distinct.DATES: "start_date",
    Distinct.VISITS: "visit",
    Distinct.VISIT_DETAILS: "visit_detail",
    Distinct.CONCEPTS: "concept_id",
}


@dataclass(frozen=True, slots=True)
class Joined:
    """A select over an anchor with what its conditions need joined to it, and the truth of each condition."""

    select: exp.Select
    tables: Mapping[str, exp.Select]
    truth: Mapping[Atom, exp.Expr]


class Conditions:
    """Builds the conditions of one query, and through `relations` its events."""

    def __init__(self, parameters: Parameters, cohorts: Mapping[CohortPlan, str]) -> None:
        self._parameters = parameters
        self._numbered = 0
        self.relations = Relations(parameters, cohorts, self._having)

    def join(self, select: exp.Select, anchor: str, atoms: tuple[Atom, ...]) -> Joined:
        """The select over `anchor AS e` joined with the tables its conditions count in."""
        tables: dict[str, exp.Select] = {}
        truth: dict[Atom, exp.Expr] = {}
        if any(reads_person(atom) for atom in atoms):
            same = exp.EQ(this=column("person", "p"), expression=column("person", "e"))
            select = select.join(table("person", "p"), on=same, copy=False)
        for atom in atoms:
            alias = self._new_name("condition")
            counted = self._table(atom, anchor)
            if counted is not None:
                tables[alias] = counted
                own = exp.EQ(this=column(ENTRY, alias), expression=column(ENTRY, "e"))
                select = left_join(select, table(alias), own)
            truth[atom] = self._truth(atom, alias)
        return Joined(select, tables, truth)

    def _having(self, events: Having, source: exp.Select, extra: tuple[Field, ...]) -> exp.Select:
        """The events in an observation period whose condition is true; a query with tables of its own."""
        anchor = self._new_name("anchor")
        number = exp.Window(this=exp.func("row_number", copy=False))
        numbered = projected(source, "h", extra).select(
            exp.alias_(number, ENTRY, copy=False),
            exp.alias_(column("start_date", "o"), "observed_from", copy=False),
            exp.alias_(column("end_date", "o"), "observed_to", copy=False),
            copy=False,
        )
        numbered = numbered.join(first_periods("o"), on=_observed("h"), copy=False)
        atoms = tuple(dict.fromkeys(atoms_of(events.condition)))
        shown = exp.select(copy=False).from_(table(anchor, "e"), copy=False)
        joined = self.join(shown, anchor, atoms)
        query = projected_columns(joined.select, extra).where(
            kleene(events.condition, joined.truth, self._parameters), copy=False
        )
        query = with_table(query, anchor, numbered, materialized=bool(joined.tables))
        for name, counted in joined.tables.items():
            query = with_table(query, name, counted)
        return exp.select("*", copy=False).from_(query.subquery("g", copy=False), copy=False)

    def _new_name(self, kind: str) -> str:
        self._numbered += 1
        return f"{kind}_{self._numbered}"

    def _table(self, atom: Atom, anchor: str) -> exp.Select | None:
        match atom:
            case Occurs():
                return self._occurs(atom, anchor)
            case Answered() | NotAnswered():
                return self._answers(atom, anchor)
            case PersonRange() | PersonText() | PersonConcept() | PersonUnrecorded():
                return None
            case Carrier() | NoCallAt() | Burdened() | Paired() | PhasedPair() | Scored():
                raise AssertionError("the planner gives genotype conditions to the kernels")
            case _:
                assert_never(atom)

    def _truth(self, atom: Atom, alias: str) -> exp.Expr:
        zero = exp.Literal.number(0)
        match atom:
            case Occurs(operator=operator, number=number):
                asked = self._parameters.bind(number, "INTEGER")
                return COUNTS[operator](this=_count("occurred", alias), expression=asked)
            case Answered():
                return (
                    exp.Case()
                    .when(exp.GT(this=_count("fitting", alias), expression=zero), exp.true(), copy=False)
                    .when(exp.GT(this=_count("answered", alias), expression=zero.copy()), exp.false(), copy=False)
                )
            case NotAnswered():
                return exp.EQ(this=_count("answered", alias), expression=zero)
            case PersonRange() | PersonText() | PersonConcept() | PersonUnrecorded():
                return person_truth(atom, self._parameters)
            case Carrier() | NoCallAt() | Burdened() | Paired() | PhasedPair() | Scored():
                raise AssertionError("the planner gives genotype conditions to the kernels")
            case _:
                assert_never(atom)

    def _occurs(self, atom: Occurs, anchor: str) -> exp.Select:
        field = None if atom.distinct is None else DISTINCT_FIELDS.get(atom.distinct)
        events = self.relations.select(atom.events, () if field is None else (field,))
        select = _per_entry(events.subquery("x", copy=False), anchor).select(
            exp.alias_(exp.Count(this=_counted(atom.distinct)), "occurred", copy=False), copy=False
        )
        if atom.within_observation:
            inside = exp.Between(
                this=column("start_date", "x"), low=column("observed_from", "e"), high=column("observed_to", "e")
            )
            select = select.where(inside, copy=False)
        for window in atom.windows:
            edge = "start_date" if window.edge is Edge.START else "end_date"
            select = select.where(*window_tests(column(edge, "x"), window, self._parameters), copy=False)
        if atom.same_visit:
            same = exp.EQ(this=column("visit", "x"), expression=column("visit", "e"))
            select = select.where(same, copy=False)
        return select

    def _answers(self, atom: Answered | NotAnswered, anchor: str) -> exp.Select:
        given = exp.Is(this=column("missing_reason", "x"), expression=exp.null())
        asked = exp.EQ(this=column("question_id", "x"), expression=self._parameters.bind(atom.question, "VARCHAR"))
        select = _per_entry(table("survey_answer", "x"), anchor).where(asked, copy=False)
        select = select.select(exp.alias_(exp.func("count_if", given, copy=False), "answered", copy=False), copy=False)
        if isinstance(atom, Answered):
            fits = exp.and_(given.copy(), answer_fits(atom.test, "x", self._parameters), copy=False)
            fitting = exp.alias_(exp.func("count_if", fits, copy=False), "fitting", copy=False)
            select = select.select(fitting, copy=False)
        if atom.window is not None:
            tests = window_tests(column("answered_on", "x"), atom.window, self._parameters)
            select = select.where(*tests, copy=False)
        return select


def projected_columns(select: exp.Select, extra: tuple[Field, ...]) -> exp.Select:
    """The select with the common columns and stored fields of its anchor shown."""
    return select.select(*(column(name, "e") for name in (*SHAPE, *map(field_column, extra))), copy=False)


def _observed(alias: str) -> exp.Expr:
    """That the observation period `o` is the first that the event `alias` starts in."""
    return exp.and_(
        exp.EQ(this=column("person", "o"), expression=column("person", alias)),
        exp.Between(this=column("start_date", alias), low=column("since", "o"), high=column("end_date", "o")),
        copy=False,
    )


def _counted(distinct: Distinct | None) -> exp.Expr:
    """What is counted of each event `x`: every one, or what differs and is not null (concept 0 counts as one)."""
    if distinct is None:
        return exp.Star()
    if distinct in _DISTINCT_COLUMNS:
        return exp.Distinct(expressions=[column(_DISTINCT_COLUMNS[distinct], "x")])
    field = DISTINCT_FIELDS[distinct]
    value = column(field_column(field), "x") if is_stored(field) else derived_value(field, "x")
    return exp.Distinct(expressions=[value])


def _per_entry(events: exp.Expr, anchor: str) -> exp.Select:
    same = exp.EQ(this=column("person", "x"), expression=column("person", "e"))
    return (
        exp.select(column(ENTRY, "e"), copy=False)
        .from_(table(anchor, "e"), copy=False)
        .join(events, on=same, copy=False)
        .group_by(column(ENTRY, "e"), copy=False)
    )


def _count(name: str, alias: str) -> exp.Expr:
    return exp.func("coalesce", column(name, alias), exp.Literal.number(0), copy=False)
