"""Events in English."""

from typing import assert_never

from cohort_dsl.ast import (
    AnswerIn,
    Answers,
    CohortEvents,
    Covering,
    Duration,
    Edge,
    Eras,
    EventQuery,
    Events,
    Gaps,
    Moved,
    Ordinal,
    RangeTest,
    Sequence,
    Spanning,
    Step,
    Trend,
    TrendDirection,
)
from cohort_dsl.paraphrase.english.concepts import concepts
from cohort_dsl.paraphrase.english.predicates import predicate_words
from cohort_dsl.paraphrase.english.values import day, duration, either, period, quoted, range_words
from cohort_dsl.paraphrase.english.words import EVENTS, nth, with_article
from cohort_dsl.paraphrase.names import Names
from cohort_dsl.printing.values import number_text
from cohort_dsl.words import Subject


def events_words(events: Events, names: Names, *, several: bool = False, is_bracketed: bool = False) -> str:
    """`first-ever prescription of “statins”, provided that …`, without an article; `several` takes the plural.

    `is_bracketed` sets conditions in brackets, so that what follows is not read as a part of them.
    """
    ordinal = "" if events.ordinal is None else f"{ordinal_words(events.ordinal)} "
    match events:
        case EventQuery():
            return f"{ordinal}{_query(events, names, several=several, is_bracketed=is_bracketed)}"
        case CohortEvents(name=name):
            return f"{ordinal}{'entries' if several else 'entry'} of the cohort {quoted(name)}"
        case Eras(events=query, gap=gap):
            apart = f"at most {duration(gap)} apart" if gap.count else "without a day between them"
            noun = "unbroken spells" if several else "unbroken spell"
            return f"{ordinal}{noun} ({apart}) of {_query(query, names, several=True, is_bracketed=is_bracketed)}"
        case Gaps(events=query, at_least=at_least):
            noun = "breaks" if several else "break"
            between = _query(query, names, several=True, is_bracketed=is_bracketed)
            return f"{ordinal}{noun} of at least {duration(at_least)} between {between}"
        case Answers(question=question, test=test):
            given = "" if test is None else f", the answer being {answer_words(question, test, names)}"
            return f"{ordinal}{'answers' if several else 'answer'} to {question_words(question, names)}{given}"
        case Sequence():
            return (
                f"{ordinal}{'sequences' if several else 'sequence'} of events, counted from the first of them, with "
                + (_sequence(events, names))
            )
        case _:
            assert_never(events)


def ordinal_words(ordinal: Ordinal) -> str:
    """`first`, `first-ever`, `2nd last`."""
    side = "last" if ordinal.from_end else "first"
    words = side if ordinal.position == 1 else f"{nth(ordinal.position)}{'-last' if ordinal.from_end else ''}"
    return f"{words}-ever" if ordinal.ever else words


def question_words(question: str, names: Names) -> str:
    """`the survey question “Do you smoke?” (smoking.status)`."""
    label = names.questions.get(question)
    return (
        f"the survey question {quoted(question)}"
        if label is None
        else f"the survey question {quoted(label)} ({question})"
    )


def answer_words(question: str, test: AnswerIn | RangeTest, names: Names) -> str:
    """`“current” or “former”`, `3 or more`."""
    if not isinstance(test, AnswerIn):
        return range_words(test)
    return either(quoted(names.answers.get((question, value), value)) for value in test.values)


def _query(query: EventQuery, names: Names, *, several: bool = False, is_bracketed: bool = False) -> str:
    one, more, of = EVENTS[query.domain]
    words = more if several else one
    if query.concepts is not None:
        words += f" {of} {concepts(query.concepts, names)}"
    if query.source is not None:
        words += f" recorded with the source code {concepts(query.source, names)}"
    clauses = _clauses(query, names)
    if is_bracketed:
        return f"{words} ({', '.join(clauses)})" if clauses else words
    return ", ".join((words, *clauses))


def _clauses(query: EventQuery, names: Names) -> list[str]:
    from cohort_dsl.paraphrase.english.criteria import criterion_item  # criteria hold events, events hold criteria

    is_ever = query.ordinal is not None and query.ordinal.ever
    if_so = "counted only if" if is_ever else "where"
    clauses = []
    if query.spanning is not None:
        clauses.append(f"taken as lasting {_spanning(query.spanning)}")
    if query.where is not None:
        clauses.append(f"{if_so} {predicate_words(query.where, names)}")
    if query.covering is not None:
        clauses.append(f"{_covering(query.covering)}")
    if query.having is not None:
        inline = criterion_item(query.having, names, Subject.IT).inline
        clauses.append(f"{'counted only if' if is_ever else 'such that'} {inline}")
    if query.trend is not None:
        clauses.append(f"{_trend(query.trend)}")
    return clauses


def _spanning(spanning: Spanning) -> str:
    return f"from {_moved(spanning.start)} to {_moved(spanning.end)}"


def _moved(moved: Moved) -> str:
    edge = "its start" if moved.edge is Edge.START else "its end"
    if moved.offset == Duration(count=0):
        return edge
    return f"{duration(moved.offset)} {'before' if moved.offset.count < 0 else 'after'} {edge}"


def _covering(covering: Covering) -> str:
    first, last = covering.first, covering.last
    if first is not None and last is not None:
        return f"lasting all the time {period(first, last)}, of which only that time is taken"
    if first is not None:
        return f"under way on {day(first)} and taken from that day on"
    return "of any length" if last is None else f"under way on {day(last)} and taken until that day"


def _trend(trend: Trend) -> str:
    side = "higher" if trend.direction is TrendDirection.RISING else "lower"
    earlier = f"an earlier one of at most {duration(trend.within)} before"
    return f"with a value at least {number_text(trend.by)} {side} than {earlier}"


def _sequence(sequence: Sequence, names: Names) -> str:
    steps = "".join(f", then {_step(step, names)}" for step in sequence.steps)
    return f"first {with_article(_query(sequence.first, names, is_bracketed=True))}{steps} (each on a later day)"


def _step(step: Step, names: Names) -> str:
    within = "" if step.within is None else f" within {duration(step.within)} after the one before"
    return f"{with_article(_query(step.events, names, is_bracketed=True))}{within}"
