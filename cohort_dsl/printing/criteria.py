"""Criteria."""

from typing import assert_never

from cohort_dsl.ast import (
    AnswerIn,
    Between,
    Carries,
    Compare,
    Count,
    CountOperator,
    Criterion,
    EventQuery,
    Group,
    GroupKind,
    NoCall,
    Not,
    Occurrence,
    PersonConcepts,
    PersonIn,
    PersonTest,
    Survey,
    Unanswered,
    Unknown,
    Zygosity,
)
from cohort_dsl.lexer import escape
from cohort_dsl.printing.boolean import in_brackets, joined
from cohort_dsl.printing.concepts import concepts_doc
from cohort_dsl.printing.events import events_doc
from cohort_dsl.printing.layout import SPACE, Doc, bracketed, group, indent
from cohort_dsl.printing.values import choice_doc, range_text, texts_doc
from cohort_dsl.printing.variants import variants_doc
from cohort_dsl.printing.windows import window_text, windows_texts
from cohort_dsl.words import SEXES, is_bare_question
from schemas.fields import PersonField

_CONNECTIVES = {GroupKind.ALL: "and", GroupKind.ANY: "or"}


def criterion_doc(criterion: Criterion) -> Doc:
    """What follows `when`."""
    match criterion:
        case Occurrence():
            return _occurrence_doc(criterion)
        case PersonTest(field=field, test=test):
            return f"{field.value} {range_text(test)}"
        case PersonIn(field=PersonField.SEX, values=(sex,)) if sex in SEXES:
            return f"sex is {sex}"
        case PersonIn(field=field, values=values):
            return group(f"{field.value} ", *choice_doc(values))
        case PersonConcepts(field=field, concepts=concepts):
            return group(f"{field.value} in ", concepts_doc(concepts))
        case Carries(variants=variants, zygosity=zygosity):
            word = "" if zygosity is Zygosity.ANY else f"{zygosity.value} "
            return group(f"carries {word}", variants_doc(variants))
        case NoCall(variants=variants):
            return group("no call at ", variants_doc(variants))
        case Survey():
            return _survey_doc(criterion)
        case Group():
            return _group_doc(criterion)
        case Not(part=part):
            return group("not ", in_brackets(criterion_doc(part)))
        case Unknown(part=part):
            return group("unknown ", in_brackets(criterion_doc(part)))
        case _:
            assert_never(criterion)


def _occurrence_doc(occurrence: Occurrence) -> Doc:
    several = occurrence.count.number != 1 and occurrence.count.distinct is None and not _is_no(occurrence.count)
    ending = [*windows_texts(occurrence.windows)]
    if occurrence.ignoring_observation:
        ending.append("ignoring observation")
    quantity = _count_text(occurrence.count, ordered=occurrence.events.ordinal is not None)
    return group(
        quantity,
        events_doc(occurrence.events, several=several),
        indent(*(piece for text in ending for piece in (SPACE, text))),
    )


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
        distinct = f"distinct {words.removesuffix('s') if count.number == 1 else words} of "
    return f"{count.operator.value} {count.number} {distinct}"


def _survey_doc(survey: Survey) -> Doc:
    window = () if survey.window is None else (indent(SPACE, window_text(survey.window)),)
    return group(f"survey {question_text(survey.question)} ", *_answer_doc(survey), *window)


def question_text(question: str) -> str:
    """The name of a survey question, quoted when it has to be."""
    return question if is_bare_question(question) else escape(question)


def _answer_doc(survey: Survey) -> tuple[Doc, ...]:
    match survey.test:
        case AnswerIn(values=values):
            return ("in ", texts_doc(values))
        case Unanswered():
            return ("is unanswered",)
        case Compare() | Between() as test:
            return (range_text(test),)
        case _:
            assert_never(survey.test)


def _group_doc(criteria: Group) -> Doc:
    if criteria.kind in _CONNECTIVES and len(criteria.parts) > 1:
        return joined(_CONNECTIVES[criteria.kind], map(_part, criteria.parts))
    counted = criteria.kind in (GroupKind.AT_LEAST, GroupKind.AT_MOST, GroupKind.EXACTLY)
    words = f"{criteria.kind.value} {criteria.number} of " if counted else f"{criteria.kind.value} "
    return group(words, bracketed(map(criterion_doc, criteria.parts)))


def _part(criterion: Criterion) -> Doc:
    """A part of `and` or `or`; brackets where it would read or be read as more than one part."""
    doc = criterion_doc(criterion)
    match criterion:
        case Group(kind=GroupKind.ALL | GroupKind.ANY, parts=parts) if len(parts) > 1:
            return in_brackets(doc)
        case Occurrence(events=EventQuery(where=where)) if where is not None:
            return in_brackets(doc)
        case _:
            return doc
