"""Events, and which of them in order."""

from typing import assert_never

from cohort_dsl.ast import (
    Answers,
    CohortEvents,
    Eras,
    EventQuery,
    Events,
    Gaps,
    Ordinal,
    Sequence,
    Step,
)
from cohort_dsl.lexer import escape
from cohort_dsl.printing.boolean import in_brackets
from cohort_dsl.printing.layout import SPACE, Doc, group, indent
from cohort_dsl.printing.queries import query_doc
from cohort_dsl.printing.values import answer_doc, duration_text, question_text


def events_doc(events: Events, *, several: bool = False, alone: bool = False) -> Doc:
    """`first ever drug in statins where age >= 40`; `several` takes the plural. A sequence stands in brackets unless
    it is `alone`, with nothing behind it that could be read as part of it."""
    ordinal = "" if events.ordinal is None else f"{_ordinal_text(events.ordinal)} "
    ending = "s" if several else ""
    match events:
        case EventQuery():
            return group(ordinal, query_doc(events, several=several))
        case CohortEvents(name=name):
            return f"{ordinal}{'entries' if several else 'entry'} of cohort {escape(name)}"
        case Eras(events=query, gap=gap):
            joined = (indent(SPACE, f"with gaps of at most {duration_text(gap)}"),) if gap.count else ()
            return group(f"{ordinal}era{ending} of ", query_doc(query), *joined)
        case Gaps(events=query, at_least=at_least):
            return group(f"{ordinal}gap{ending} of at least {duration_text(at_least)} in ", query_doc(query))
        case Answers(question=question, test=test):
            fitting = () if test is None else (" ", *answer_doc(test))
            return group(f"{ordinal}answer{ending} to {question_text(question)}", *fitting)
        case Sequence():
            sequence = _sequence_doc(events)
            return group(ordinal, sequence if alone else in_brackets(sequence))
        case _:
            assert_never(events)


def has_where(events: Events) -> bool:
    """Whether a where-clause is among the last words of the events, so that `and` behind them may belong to it."""
    match events:
        case EventQuery(where=where):
            return where is not None
        case Gaps(events=query) | Eras(events=query):
            return has_where(query)
        case _:
            return False


def _sequence_doc(sequence: Sequence) -> Doc:
    steps = (indent(SPACE, "then ", _step_doc(step)) for step in sequence.steps)
    return group(query_doc(sequence.first), *steps)


def _step_doc(step: Step) -> Doc:
    within = () if step.within is None else (indent(SPACE, f"within {duration_text(step.within)}"),)
    return group(query_doc(step.events), *within)


def _ordinal_text(ordinal: Ordinal) -> str:
    side = "last" if ordinal.from_end else "first"
    nth = f"{ordinal.position}{_suffix(ordinal.position)}{' last' if ordinal.from_end else ''}"
    return f"{side if ordinal.position == 1 else nth}{' ever' if ordinal.ever else ''}"


def _suffix(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
