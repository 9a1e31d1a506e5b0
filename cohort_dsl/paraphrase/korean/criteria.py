"""Criteria in Korean."""

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
from cohort_dsl.paraphrase.korean.concepts import concepts
from cohort_dsl.paraphrase.korean.events import answer_words, events_words, question_words
from cohort_dsl.paraphrase.korean.genotypes import genotype_words
from cohort_dsl.paraphrase.korean.particles import Particle, particle
from cohort_dsl.paraphrase.korean.values import either, range_words
from cohort_dsl.paraphrase.korean.windows import window_words, windows_words
from cohort_dsl.paraphrase.korean.words import DISTINCT, EVENT, PERSON, SEXES
from cohort_dsl.paraphrase.names import Names
from cohort_dsl.paraphrase.said import Item
from cohort_dsl.words import Subject
from schemas.fields import PersonField

_GROUPS = {
    GroupKind.ALL: "다음을 모두 충족:",
    GroupKind.ANY: "다음 중 하나 이상 충족:",
    GroupKind.NONE: "다음 중 어느 것에도 해당하지 않음:",
}
_COUNTED_GROUPS = {
    GroupKind.AT_LEAST: "다음 중 {}가지 이상 충족:",
    GroupKind.AT_MOST: "다음 중 {}가지 이하 충족:",
    GroupKind.EXACTLY: "다음 중 정확히 {}가지 충족:",
}
_COUNTS = {CountOperator.AT_LEAST: "이상", CountOperator.AT_MOST: "이하"}


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
            return Item(text=f"{PERSON[subject][field]} 기록 있음")
        case Not(part=part):
            return Item(text="다음에 해당하지 않음이 확인됨:", items=(criterion_item(part, names, subject),))
        case Unknown(part=part):
            text = "자료가 없어 다음에 해당하는지 알 수 없음:"
            return Item(text=text, items=(criterion_item(part, names, subject),))
        case _:
            assert_never(criterion)


def _group(group: Group, names: Names, subject: Subject) -> Item:
    if group.kind is GroupKind.ALL and not group.parts:
        return Item(text="추가 조건 없음")
    parts = tuple(criterion_item(part, names, subject) for part in group.parts)
    words = _GROUPS.get(group.kind) or _COUNTED_GROUPS[group.kind].format(group.number)
    return Item(text=words, items=parts)


def _occurrence(occurrence: Occurrence, names: Names, subject: Subject) -> str:
    before = []
    if occurrence.ignoring_observation:
        before.append("관찰 기간 밖까지 포함하여,")
    if occurrence.same_visit:
        before.append(f"{particle(EVENT[subject], Particle.WITH)} 같은 방문에서")
    before.append(windows_words(occurrence.windows, subject))
    return " ".join(filter(None, (*before, f"{events_words(occurrence.events, names)} {_counted(occurrence.count)}")))


def _counted(count: Count) -> str:
    match count:
        case Count(operator=CountOperator.AT_LEAST, number=1, distinct=None):
            return "기록 있음"
        case Count(operator=CountOperator.EXACTLY, number=0, distinct=None):
            return "기록 없음"
        case Count(number=number, distinct=None):
            return f"기록 {_number(count.operator, f'{number}건')}"
        case Count(number=number, distinct=distinct) if distinct is not None:
            return f"기록의 서로 다른 {DISTINCT[distinct]} {_number(count.operator, f'{number}개')}"
        case _:
            raise AssertionError("a count is of events or of something distinct")


def _number(operator: CountOperator, words: str) -> str:
    return f"정확히 {words}" if operator is CountOperator.EXACTLY else f"{words} {_COUNTS[operator]}"


def _person(criterion: PersonTest | PersonIn | PersonConcepts | PersonMissing, names: Names, subject: Subject) -> str:
    words = PERSON[subject][criterion.field]
    match criterion:
        case PersonTest(field=PersonField.AGE, test=test):
            return f"{words} {range_words(test, unit='세')}"
        case PersonTest(test=test):
            return f"{words}: {range_words(test)}"
        case PersonIn(values=values):
            return f"{words}: {either(SEXES.get(value, value) for value in values)}"
        case PersonConcepts(concepts=chosen):
            return f"{words}: {concepts(chosen, names)}"
        case PersonMissing():
            return f"{words} 기록 없음"
        case _:
            assert_never(criterion)


def _survey(survey: Survey, names: Names, subject: Subject) -> str:
    window = "" if survey.window is None else f"{window_words(survey.window, subject)} "
    question = question_words(survey.question, names)
    if isinstance(survey.test, Unanswered):
        return f"{window}{question}에 응답하지 않음"
    answer = particle(answer_words(survey.question, survey.test, names), Particle.TO)
    return f"{window}{question}에 {answer} 응답"
