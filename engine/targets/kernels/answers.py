"""Survey answers as events of a day each."""

import numpy as np

from cohort_dsl.ast import RangeTest
from engine.catalog.event_index import EventIndex
from engine.kernels.events import Events
from engine.kernels.predicates import join_by_owner
from engine.physical.entries import TRUE, UNKNOWN, Truth
from engine.targets.kernels.matching import in_range, is_text_in
from engine.targets.kernels.records import Records, numbers_of_each, whole
from engine.targets.kernels.scope import Scope
from engine.targets.kernels.values import column_values
from engine.targets.kernels.views import View

AnswerTest = tuple[str, ...] | RangeTest | None
"""Answer codes, a range of a number, or any answer."""

_NO_DAYS = np.zeros(0, np.int32)
_NOTHING = Records(whole(np.zeros(0, np.uint32), _NO_DAYS, _NO_DAYS, np.zeros(0, np.int64)))


def answers(index: EventIndex, question: str, test: AnswerTest, scope: Scope, *, numbered: bool) -> Records:
    """The answers given to a question that fit the test; where they are to be `numbered`, the key of those of a person
    counts from 1 in order of day."""
    view = _given(index, question, scope)
    return _NOTHING if view is None else _records(view, test, numbered=numbered)


def all_and_fitting(index: EventIndex, question: str, test: AnswerTest, scope: Scope) -> tuple[Records, Records]:
    """All answers given to a question, and those of them that fit the test."""
    view = _given(index, question, scope)
    if view is None:
        return _NOTHING, _NOTHING
    return _records(view, None, numbered=False), _records(view, test, numbered=False)


def ever_answered(index: EventIndex, question: str, test: AnswerTest, scope: Scope) -> Truth:
    """int8 a person of the block, whenever they answered: true where an answer fits the test, false where they gave
    others only, unknown where there is none."""
    known = np.full(scope.size, UNKNOWN, np.int8)
    view = _given(index, question, scope)
    if view is not None:
        truths = np.full(view.size, TRUE, np.int8) if test is None else _fits(test, view)
        join_by_owner(view.person, scope.start, truths, known)
    return known


def answer_rows(index: EventIndex, question: str) -> int:
    """How many answers were given to a question, tested or not."""
    table, number = index.answers, index.questions.get(question)
    if table is None or number is None:
        return 0
    first, last = table.stretches((number,))
    return int((last - first).sum())


def _given(index: EventIndex, question: str, scope: Scope) -> View | None:
    """The rows of the answers that were given to a question; absent where nobody was asked."""
    table, number = index.answers, index.questions.get(question)
    if table is None or number is None:
        return None
    person, start = table.columns["person"].stored, table.columns["start"].stored
    span = scope.narrowed(person, table.stretches((number,)))
    for name in ("person", "start"):
        table.columns[name].check(span)
    first, last = scope.theirs(person, span)
    events = Events(first, last, person, start, start, 0, start, table.starts)  # answers have no key: none is read
    return View(Records(events, table, is_compact=False, span=span))


def _records(view: View, test: AnswerTest, *, numbered: bool) -> Records:
    own, days = view.person, view.start
    if test is not None:
        fitting = _fits(test, view) == TRUE
        own, days = own[fitting], days[fitting]
    key = numbers_of_each(own) if numbered else np.zeros(own.size, np.int64)
    return Records(whole(own, days, days, key), is_ordered=True)


def _fits(test: tuple[str, ...] | RangeTest, view: View) -> Truth:
    table = view.table
    assert table is not None, "answers lie in a table"
    if isinstance(test, tuple):
        return is_text_in(column_values(table, "answer", view), test)
    return in_range(column_values(table, "value", view), test)
