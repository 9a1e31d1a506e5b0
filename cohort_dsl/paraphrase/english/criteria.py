"""Criteria in English."""

from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    Carries,
    Count,
    CountOperator,
    Criterion,
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
from cohort_dsl.paraphrase.english.concepts import concepts
from cohort_dsl.paraphrase.english.events import answer_words, events_words, question_words
from cohort_dsl.paraphrase.english.genotypes import genotype_words
from cohort_dsl.paraphrase.english.values import either, range_words
from cohort_dsl.paraphrase.english.windows import window_words, windows_words
from cohort_dsl.paraphrase.english.words import DISTINCT, EVENT, PERSON, with_article
from cohort_dsl.paraphrase.names import Names
from cohort_dsl.paraphrase.said import Item
from cohort_dsl.words import Subject

_GROUPS = {
    GroupKind.ALL: "all of these hold:",
    GroupKind.ANY: "at least one of these holds:",
    GroupKind.NONE: "none of these holds:",
}


def criterion_item(criterion: Criterion, names: Names, subject: Subject = Subject.INDEX) -> Item:
    """A clause that holds of a person or not; the parts of a group are listed below it."""
    match criterion:
        case Occurrence():
            return Item(text=_occurrence(criterion, names, subject))
        case PersonTest() | PersonIn() | PersonConcepts() | PersonMissing():
            return Item(text=_person(criterion, names, subject))
        case Carries() | NoCall() | Burden() | PairedVariants() | PhasedVariants() | ScoreTest():
            return Item(text=genotype_words(criterion))
        case Survey():
            return Item(text=_survey(criterion, names, subject))
        case Group():
            return _group(criterion, names, subject)
        case Not(part=PersonMissing(field=field)):
            return Item(text=f"the {PERSON[subject][field]} is recorded")
        case Not(part=part):
            return Item(text="it is known not to be so that:", items=(criterion_item(part, names, subject),))
        case Unknown(part=part):
            text = "for want of data it cannot be told whether:"
            return Item(text=text, items=(criterion_item(part, names, subject),))
        case _:
            assert_never(criterion)


def _group(group: Group, names: Names, subject: Subject) -> Item:
    if group.kind is GroupKind.ALL and not group.parts:
        return Item(text="nothing more is asked")
    parts = tuple(criterion_item(part, names, subject) for part in group.parts)
    words = _GROUPS.get(group.kind) or f"{group.kind.value} {group.number} of these hold:"
    return Item(text=words, items=parts)


def _occurrence(occurrence: Occurrence, names: Names, subject: Subject) -> str:
    timed = windows_words(occurrence.windows, subject)
    ending = [timed] if timed else []
    if occurrence.same_visit:
        ending.append(f"at the same visit as {EVENT[subject]}")
    if occurrence.ignoring_observation:
        ending.append("also outside the period of observation")
    return ", ".join((f"there {_counted(occurrence, names, is_bracketed=bool(ending))}", *ending))


def _counted(occurrence: Occurrence, names: Names, *, is_bracketed: bool) -> str:
    events, count = occurrence.events, occurrence.count
    are_none = count == Count(operator=CountOperator.EXACTLY, number=0, distinct=None)
    several = count.distinct is not None or (count.number != 1 and not are_none)
    words = events_words(events, names, several=several, is_bracketed=is_bracketed)
    number = f"{'is' if count.number == 1 else 'are'} {count.operator.value} {count.number}"
    if count == Count(operator=CountOperator.AT_LEAST, number=1, distinct=None):
        return f"is {with_article(words) if events.ordinal is None else f'the {words}'}"
    if count.distinct is None:
        return f"is no {words}" if are_none else f"{number} {words}"
    return f"{number} distinct {DISTINCT[count.distinct][count.number != 1]} among {words}"


def _person(criterion: PersonTest | PersonIn | PersonConcepts | PersonMissing, names: Names, subject: Subject) -> str:
    words = f"the {PERSON[subject][criterion.field]}"
    match criterion:
        case PersonTest(test=test):
            return f"{words} is {range_words(test)}"
        case PersonIn(values=values):
            return f"{words} is {either(values)}"
        case PersonConcepts(concepts=chosen):
            return f"{words} is {concepts(chosen, names)}"
        case PersonMissing():
            return f"{words} is not recorded"
        case _:
            assert_never(criterion)


def _survey(survey: Survey, names: Names, subject: Subject) -> str:
    window = "" if survey.window is None else f", {window_words(survey.window, subject)}"
    question = question_words(survey.question, names)
    if isinstance(survey.test, Unanswered):
        return f"the person gave no answer to {question}{window}"
    return f"the person answered {answer_words(survey.question, survey.test, names)} to {question}{window}"
