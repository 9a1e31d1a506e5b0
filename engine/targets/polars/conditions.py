"""Conditions over entries as three-valued columns: what has to be counted is counted for all of them together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

import numpy as np
import numpy.typing as npt
import polars as pl

from cohort_dsl.ast import Anchor, Bound, CountOperator, Distinct, Window
from engine.logical.nodes import (
    DISTINCT_FIELDS,
    Answered,
    Atom,
    Burdened,
    Carrier,
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
)
from engine.physical.entries import FALSE, TRUE, UNKNOWN, Truth
from engine.targets.polars.answers import answers
from engine.targets.polars.events import edge_column
from engine.targets.polars.expressions import shifted
from engine.targets.polars.fields import value_of
from engine.targets.polars.people import PersonAtom, person_test
from engine.targets.polars.tables import collect_all

if TYPE_CHECKING:
    from engine.targets.polars.relations import Relations

CountedAtom = Occurs | Answered | NotAnswered
Counts = npt.NDArray[np.uint32]

_COLUMNS = {Distinct.DATES: "start", Distinct.VISITS: "visit", Distinct.VISIT_DETAILS: "visit_detail",
            Distinct.CONCEPTS: "concept_id"}  # fmt: skip
_ANCHORS = {
    Anchor.START: "entry_start",
    Anchor.END: "entry_end",
    Anchor.OBSERVATION_START: "observed_from",
    Anchor.OBSERVATION_END: "observed_to",
}


def truths(atoms: Sequence[Atom], entries: pl.DataFrame, relations: "Relations") -> dict[Atom, Truth]:
    """A column a condition. Entries have the columns entry (their position), person, start, end, visit,
    observed_from and observed_to."""
    columns: dict[Atom, Truth] = {}
    counted: list[CountedAtom] = []
    for atom in atoms:
        match atom:
            case Occurs() | Answered() | NotAnswered():
                counted.append(atom)
            case PersonRange() | PersonText() | PersonConcept() | PersonUnrecorded():
                columns[atom] = _person_truth(atom, entries, relations)
            case Carrier() | NoCallAt() | Burdened() | Paired() | PhasedPair() | Scored():
                raise AssertionError("the planner gives genotype conditions to the kernels")
            case _:
                assert_never(atom)
    return columns | _counted_truths(counted, entries, relations)


def _person_truth(atom: PersonAtom, entries: pl.DataFrame, relations: "Relations") -> Truth:
    people = relations.tables.people.drop("person")[entries["person"]]
    test = person_test(atom).cast(pl.Int8).fill_null(int(UNKNOWN))
    return entries.select("start", "end").hstack(people).select(test).to_series().to_numpy()


def _counted_truths(atoms: Sequence[CountedAtom], entries: pl.DataFrame, relations: "Relations") -> dict[Atom, Truth]:
    frames = [_counts_frame(atom, _anchors(entries), relations) for atom in atoms]
    found = collect_all(frames)
    return {atom: _counted_truth(atom, rows, len(entries)) for atom, rows in zip(atoms, found, strict=True)}


def _anchors(entries: pl.DataFrame) -> pl.LazyFrame:
    """What an event is compared with."""
    renamed = {"start": "entry_start", "end": "entry_end", "visit": "entry_visit"}
    kept = ("entry", "person", *renamed, "observed_from", "observed_to")
    return entries.lazy().select(kept).rename(renamed)


def _counts_frame(atom: CountedAtom, entries: pl.LazyFrame, relations: "Relations") -> pl.LazyFrame:
    match atom:
        case Occurs():
            return _occurrences(atom, entries, relations)
        case Answered(question=question, test=test, window=window):
            return _answer_counts(entries, answers(relations.tables, question, test), window)
        case NotAnswered(question=question, window=window):
            return _answer_counts(entries, answers(relations.tables, question, None), window)
        case _:
            assert_never(atom)


def _occurrences(atom: Occurs, entries: pl.LazyFrame, relations: "Relations") -> pl.LazyFrame:
    """How many events each entry has, for those with any: entry, number."""
    field = None if atom.distinct is None else DISTINCT_FIELDS.get(atom.distinct)
    events = relations.frame(atom.events, frozenset() if field is None else frozenset((field,)))
    tests = [test for window in atom.windows for test in _window(pl.col(edge_column(window.edge)), window)]
    if atom.within_observation:
        tests.append(pl.col("start").is_between(pl.col("observed_from"), pl.col("observed_to")))
    if atom.same_visit:
        tests.append(pl.col("visit") == pl.col("entry_visit"))
    number = pl.len()
    if atom.distinct is not None:
        counted = pl.col(_COLUMNS[atom.distinct]) if field is None else value_of(field, zero_is_value=True)
        number = counted.drop_nulls().n_unique()
    return entries.join(events, on="person").filter(*tests).group_by("entry").agg(number=number)


def _answer_counts(entries: pl.LazyFrame, given: pl.LazyFrame, window: Window | None) -> pl.LazyFrame:
    """How many answers each entry has, for those with any, and how many fit: entry, number, fitting."""
    tests = [] if window is None else _window(pl.col("day"), window)
    found = entries.join(given, on="person").filter(*tests)
    return found.group_by("entry").agg(number=pl.len(), fitting=pl.col("fits").sum())


def _window(day: pl.Expr, window: Window) -> list[pl.Expr]:
    tests = [] if window.lower is None else [day >= _bound(window.lower)]
    return tests if window.upper is None else [*tests, day <= _bound(window.upper)]


def _bound(bound: Bound) -> pl.Expr:
    return shifted(pl.col(_ANCHORS[bound.anchor]), bound.offset)


def _counted_truth(atom: CountedAtom, rows: pl.DataFrame, entries: int) -> Truth:
    number = _by_entry(rows, "number", entries)
    match atom:
        case Occurs(operator=operator, number=wanted):
            return _count_holds(operator, wanted, number).astype(np.int8)
        case Answered():
            fitting = _by_entry(rows, "fitting", entries)
            return np.where(fitting > 0, TRUE, np.where(number > 0, FALSE, UNKNOWN)).astype(np.int8)
        case NotAnswered():
            return (number == 0).astype(np.int8)
        case _:
            assert_never(atom)


def _by_entry(rows: pl.DataFrame, name: str, entries: int) -> Counts:
    """A column of counts laid out by entry; 0 where an entry has no row."""
    counts = np.zeros(entries, np.uint32)
    counts[rows["entry"].to_numpy()] = rows[name].to_numpy()
    return counts


def _count_holds(operator: CountOperator, wanted: int, number: Counts) -> npt.NDArray[np.bool_]:
    match operator:
        case CountOperator.AT_LEAST:
            return number >= wanted
        case CountOperator.AT_MOST:
            return number <= wanted
        case CountOperator.EXACTLY:
            return number == wanted
        case _:
            assert_never(operator)
