"""Survey answers as events of a day each."""

import numpy as np

from cohort_dsl.ast import RangeTest
from engine.catalog.event_index import EventIndex, EventTable
from engine.kernels.events import Events
from engine.physical.entries import TRUE, Truth
from engine.targets.kernels.matching import in_range, is_text_in
from engine.targets.kernels.records import Records, numbers_of_each, whole
from engine.targets.kernels.scope import Scope
from engine.targets.kernels.values import column_values
from engine.targets.kernels.views import View

AnswerTest = tuple[str, ...] | RangeTest | None
"""Answer codes, a range of a number, or any answer."""


def answers(index: EventIndex, question: str, test: AnswerTest, scope: Scope, *, numbered: bool) -> Records:
    """The answers given to a question that fit the test; where they are to be `numbered`, the key of those of a person
    counts from 1 in order of day."""
    table, number = index.answers, index.questions.get(question)
    if table is None or number is None:
        nothing = np.zeros(0, np.int32)
        return Records(whole(np.zeros(0, np.uint32), nothing, nothing, np.zeros(0, np.int64)))
    person, start = table.columns["person"].stored, table.columns["start"].stored
    span = scope.narrowed(person, table.stretches((number,)))
    for name in ("person", "start"):
        table.columns[name].check(span)
    first, last = scope.theirs(person, span)
    events = Events(first, last, person, start, start, 0, start, table.starts)  # answers have no key: none is read
    view = View(Records(events, table, is_compact=False, span=span))
    own, days = (view.person, view.start)
    if test is not None:
        fitting = _fits(test, table, view) == TRUE
        own, days = own[fitting], days[fitting]
    key = numbers_of_each(own) if numbered else np.zeros(own.size, np.int64)
    return Records(whole(own, days, days, key), is_ordered=True)


def _fits(test: tuple[str, ...] | RangeTest, table: EventTable, view: View) -> Truth:
    if isinstance(test, tuple):
        return is_text_in(column_values(table, "answer", view), test)
    return in_range(column_values(table, "value", view), test)
