"""Criteria."""

from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    Carries,
    Count,
    CountOperator,
    Criterion,
    Eras,
    EventQuery,
    Events,
    Gaps,
    Group,
    GroupKind,
    NoCall,
    Not,
    Occurrence,
    PairedVariants,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    PhasedVariants,
    ScoreTest,
    Survey,
    Unanswered,
    Unknown,
)
from cohort_dsl.printing.boolean import in_brackets, joined
from cohort_dsl.printing.concepts import concepts_doc
from cohort_dsl.printing.events import events_doc, has_where
from cohort_dsl.printing.genotypes import genotype_doc
from cohort_dsl.printing.layout import SPACE, Doc, bracketed, group, indent
from cohort_dsl.printing.values import answer_doc, choice_doc, question_text, range_text
from cohort_dsl.printing.windows import window_text, windows_texts
from cohort_dsl.words import PERSON_WORDS, SEXES, Subject, singular
from schemas.fields import PersonField

_CONNECTIVES = {GroupKind.ALL: "and", GroupKind.ANY: "or"}


def criterion_doc(criterion: Criterion, subject: Subject = Subject.INDEX) -> Doc:
    """What follows `when`, or stands in the brackets of a `having`; `subject` is what windows count from."""
    match criterion:
        case Occurrence():
            return _occurrence_doc(criterion, subject)
        case PersonTest() | PersonIn() | PersonConcepts() | PersonMissing():
            return _person_doc(criterion, subject)
        case Carries() | NoCall() | Burden() | PairedVariants() | PhasedVariants() | ScoreTest():
            return genotype_doc(criterion)
        case Survey():
            return _survey_doc(criterion, subject)
        case Group():
            return _group_doc(criterion, subject)
        case Not(part=PersonMissing(field=field)):
            return f"{PERSON_WORDS[subject][field]} is not missing"
        case Not(part=part):
            return group("not ", in_brackets(criterion_doc(part, subject)))
        case Unknown(part=part):
            return group("unknown ", in_brackets(criterion_doc(part, subject)))
        case _:
            assert_never(criterion)


def _person_doc(criterion: PersonTest | PersonIn | PersonConcepts | PersonMissing, subject: Subject) -> Doc:
    words = PERSON_WORDS[subject][criterion.field]
    match criterion:
        case PersonTest(test=test):
            return f"{words} {range_text(test)}"
        case PersonIn(field=PersonField.SEX, values=(sex,)) if sex in SEXES:
            return f"{words} is {sex}"
        case PersonIn(values=values):
            return group(f"{words} ", *choice_doc(values))
        case PersonConcepts(concepts=concepts):
            return group(f"{words} in ", concepts_doc(concepts))
        case PersonMissing():
            return f"{words} is missing"
        case _:
            assert_never(criterion)


def _occurrence_doc(occurrence: Occurrence, subject: Subject) -> Doc:
    several = occurrence.count.number != 1 and occurrence.count.distinct is None and not _is_no(occurrence.count)
    ending = [*windows_texts(occurrence.windows, subject, explicit=_ends_in_time(occurrence.events))]
    if occurrence.same_visit:
        ending.append("at the same visit")
    if occurrence.ignoring_observation:
        ending.append("ignoring observation")
    quantity = _count_text(occurrence.count, ordered=occurrence.events.ordinal is not None)
    return group(
        quantity,
        events_doc(occurrence.events, several=several),
        indent(*(piece for text in ending for piece in (SPACE, text))),
    )


def _ends_in_time(events: Events) -> bool:
    """Whether the last words are a time, as in `rising by at least 1 within 6 months`, so that a window behind them
    has to say what it is about."""
    match events:
        case EventQuery(trend=trend):
            return trend is not None
        case Gaps(events=query):
            return query.trend is not None
        case Eras(events=query, gap=gap):
            return query.trend is not None and gap.count == 0
        case _:
            return False


def _is_no(count: Count) -> bool:
    return count == Count(operator=CountOperator.EXACTLY, number=0)


def _count_text(count: Count, *, ordered: bool) -> str:
    """`at least 2 distinct dates of `; `any` is left out before `first`."""
    if count == Count():
        return "" if ordered else "any "
    if _is_no(count):
        return "no "
    distinct = ""
    if count.distinct is not None:
        words = count.distinct.value
        distinct = f"distinct {singular(words) if count.number == 1 else words} of "
    return f"{count.operator.value} {count.number} {distinct}"


def _survey_doc(survey: Survey, subject: Subject) -> Doc:
    test = ("is unanswered",) if isinstance(survey.test, Unanswered) else answer_doc(survey.test)
    window = () if survey.window is None else (indent(SPACE, window_text(survey.window, subject)),)
    return group(f"survey {question_text(survey.question)} ", *test, *window)


def _group_doc(criteria: Group, subject: Subject) -> Doc:
    if criteria.kind in _CONNECTIVES and len(criteria.parts) > 1:
        return joined(_CONNECTIVES[criteria.kind], (_part(part, subject) for part in criteria.parts))
    counted = criteria.kind in (GroupKind.AT_LEAST, GroupKind.AT_MOST, GroupKind.EXACTLY)
    words = f"{criteria.kind.value} {criteria.number} of " if counted else f"{criteria.kind.value} "
    return group(words, bracketed(criterion_doc(part, subject) for part in criteria.parts))


def _part(criterion: Criterion, subject: Subject) -> Doc:
    """A part of `and` or `or`; brackets where it would read or be read as more than one part."""
    doc = criterion_doc(criterion, subject)
    match criterion:
        case Group(kind=GroupKind.ALL | GroupKind.ANY, parts=parts):
            several = len(parts) > 1
        case Occurrence(events=events, windows=windows):
            several = has_where(events) or len(windows_texts(windows, subject)) > 1
        case _:
            several = False
    return in_brackets(doc) if several else doc
