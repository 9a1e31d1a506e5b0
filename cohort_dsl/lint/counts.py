"""Lints of how often events must occur."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    Answers,
    CohortEvents,
    CountOperator,
    Distinct,
    EventQuery,
    Events,
    Everyone,
    FieldTest,
    Occurrence,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
)
from cohort_dsl.lint.bounds import is_before_index
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.lint.places import count_wanted
from cohort_dsl.tree import span_of
from schemas.fields import Field

_ALWAYS_GIVEN = (Distinct.DATES, Distinct.END_DATES, Distinct.CONCEPTS)
_OF_THE_CALENDAR = (Field.AGE, Field.AGE_AT_END, Field.DATE, Field.END_DATE)


def idle_distinct(document: Document) -> Iterator[Finding]:
    """`distinct` where one event is enough or none may be."""
    for visit in document.nodes:
        match visit.value:
            case Occurrence(count=count) if count.distinct in _ALWAYS_GIVEN and count.number <= (
                count.operator is CountOperator.AT_LEAST
            ):
                message = "one event is one distinct event, and none is none"
                yield Finding(visit.span, message, "write `any` or `no`, or raise the number")
            case _:
                pass


def counts_of_one(document: Document) -> Iterator[Finding]:
    """Counts of events of which a person has one at most."""
    for visit in document.nodes:
        match visit.value:
            case Occurrence(events=events, count=count) if events.ordinal is not None:
                yield from (
                    Finding(visit.span, message, "remove the ordinal, or write `any` or `no`")
                    for message in _count_of_one(count.operator, count.number)
                )
            case _:
                pass


def _count_of_one(operator: CountOperator, number: int) -> Iterator[str]:
    if number > 1 and operator is not CountOperator.AT_MOST:
        yield "an ordinal picks one event of a person, so there are never several"
    if number >= 1 and operator is CountOperator.AT_MOST:
        yield "an ordinal picks one event of a person, so there are never more"


def first_without_ever(document: Document) -> Iterator[Finding]:
    """Index events that are the first in a time, and may not be the person's first."""
    if isinstance(document.cohort.index.events, Everyone):
        return
    said = document.said
    washed_out = {
        (events.domain, said(events.concepts)) for events in _absent_before(document) if isinstance(events, EventQuery)
    }
    for events in document.cohort.index.events:
        match events:
            case EventQuery(domain=domain, concepts=concepts, where=where, ordinal=ordinal) if (
                where is not None and ordinal is not None and not ordinal.ever and not ordinal.from_end
            ):
                if _is_of_calendar(where) and (domain, said(concepts)) not in washed_out:
                    message = "this counts after the where-clause; the person may have had such events before"
                    yield Finding(span_of(events), message, "write `first ever` if the person's first is meant")
            case _:
                pass


def _absent_before(document: Document) -> Iterator[Events]:
    """Events of which none may come before index."""
    for literal in document.required:
        match literal.criterion:
            case Occurrence(events=events, windows=windows) if is_before_index(windows):
                if count_wanted(literal) == (0, 0):
                    yield events
            case _:
                pass


def _is_of_calendar(predicate: Predicate) -> bool:
    """Whether only ages and dates are tested: when the event was, and not which event."""
    match predicate:
        case PredicateAll(parts=parts) | PredicateAny(parts=parts):
            return all(map(_is_of_calendar, parts))
        case PredicateNot(part=part):
            return _is_of_calendar(part)
        case FieldTest(field=field):
            return field in _OF_THE_CALENDAR
        case _:
            return False


def ordinal_in_window(document: Document) -> Iterator[Finding]:
    """Criteria on a person's first event ever that look like ones on the first event in the window."""
    for visit in document.nodes:
        match visit.value:
            case Occurrence(events=EventQuery() | Answers() | CohortEvents() as events, windows=windows) if (
                events.ordinal is not None and not events.ordinal.ever and windows
            ):
                if visit.value.count != Occurrence(events=events).count:
                    continue
                message = "the ordinal counts all of a person's events, not those in the window"
                yield Finding(visit.span, message, "write `any` if some event in the window is meant")
            case _:
                pass


_T2DM = "let t2dm = concept 201826\n"
_INSULIN = "let insulin = concept 1511348\n"
_BOTH = f"{_T2DM}{_INSULIN}index first ever condition in t2dm"

RULES = (
    LintRule(
        code="idle-distinct",
        severity=Severity.INFO,
        meaning="`distinct` says nothing when one event is enough or none may be.",
        example=f"{_T2DM}index first ever condition in t2dm\n"
        'include "again" when at least 1 distinct dates of condition in t2dm after index',
        fixed=f"{_T2DM}index first ever condition in t2dm\n"
        'include "again" when at least 2 distinct dates of condition in t2dm after index',
        find=idle_distinct,
    ),
    LintRule(
        code="count-of-one-event",
        severity=Severity.WARNING,
        meaning="An ordinal picks one event of a person, and the criterion counts several of them.",
        example=f'{_BOTH}\ninclude "treated" when at least 2 first drug in insulin after index',
        fixed=f'{_BOTH}\ninclude "treated" when at least 2 drugs in insulin after index',
        find=counts_of_one,
    ),
    LintRule(
        code="first-without-ever",
        severity=Severity.INFO,
        meaning="`first` counts after the where-clause. With a test of age or date alone, it is the first event from "
        "then on and not the person's first. `first ever` counts before; so does a rule that none came before index.",
        example=f"{_INSULIN}index first drug in insulin where date >= 2015-01-01",
        fixed=f"{_INSULIN}index first ever drug in insulin where date >= 2015-01-01",
        find=first_without_ever,
    ),
    LintRule(
        code="ordinal-in-window",
        severity=Severity.INFO,
        meaning="In a criterion with a window, an ordinal still counts all of the person's events: `first drug after "
        "index` is true when the first drug of all comes after index. `first ever` says so; `any` asks for some event "
        "in the window.",
        example=f'{_BOTH}\ninclude "treated" when first drug in insulin after index',
        fixed=f'{_BOTH}\ninclude "treated" when first ever drug in insulin after index',
        find=ordinal_in_window,
    ),
)
