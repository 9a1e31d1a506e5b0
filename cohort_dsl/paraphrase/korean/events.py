"""Events in Korean."""

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
from cohort_dsl.paraphrase.korean.concepts import concepts
from cohort_dsl.paraphrase.korean.predicates import predicate_words
from cohort_dsl.paraphrase.korean.values import day, duration, either, period, quoted, range_words
from cohort_dsl.paraphrase.korean.words import EVENTS
from cohort_dsl.paraphrase.names import Names
from cohort_dsl.printing.values import number_text
from cohort_dsl.words import Subject
from schemas.omop import Domain

_FIRST_EVER = Ordinal(ever=True)


def events_words(events: Events, names: Names) -> str:
    """`생애 최초 「statins」 약물 처방(다음 경우에만 인정: 시작일 나이 40세 이상)`."""
    match events:
        case EventQuery(ordinal=ordinal):
            return _ordered_query(events, ordinal, names)
        case CohortEvents(name=name):
            return f"코호트 {quoted(name)} 진입{_ordinal(events.ordinal)}"
        case Eras(events=query, gap=gap):
            apart = f"최대 {duration(gap)} 간격까지 이어 봄" if gap.count else "간격 없이 이어짐"
            return f"연속 기간({_ordered_query(query, None, names)}, {apart}){_ordinal(events.ordinal)}"
        case Gaps(events=query, at_least=at_least):
            between = f"{_ordered_query(query, None, names)} 사이"
            return f"{duration(at_least)} 이상의 공백({between}){_ordinal(events.ordinal)}"
        case Answers(question=question, test=test):
            given = "" if test is None else f"(답변: {answer_words(question, test, names)})"
            return f"{question_words(question, names)} 응답{given}{_ordinal(events.ordinal)}"
        case Sequence():
            return f"[{_sequence(events, names)}] 순서로 이어진 기록(첫 기록의 날 기준){_ordinal(events.ordinal)}"
        case _:
            assert_never(events)


def question_words(question: str, names: Names) -> str:
    """`설문 문항 「현재 흡연하십니까?」(smoking.status)`."""
    label = names.questions.get(question)
    return f"설문 문항 {quoted(question)}" if label is None else f"설문 문항 {quoted(label)}({question})"


def answer_words(question: str, test: AnswerIn | RangeTest, names: Names) -> str:
    """`「현재 흡연」 또는 「과거 흡연」`, `3 이상`."""
    if not isinstance(test, AnswerIn):
        return range_words(test)
    return either(quoted(names.answers.get((question, value), value)) for value in test.values)


def _ordered_query(query: EventQuery, ordinal: Ordinal | None, names: Names) -> str:
    """Conditions stand before the order where they choose among the records, and after it where it is of all."""
    clauses = ", ".join(_clauses(query, names))
    if ordinal is not None and ordinal.ever:
        is_first = ordinal == _FIRST_EVER
        words = f"생애 최초 {_noun(query, names)}" if is_first else f"{_noun(query, names)}{_ordinal(ordinal)}"
        return words + (f"(다음 경우에만 인정: {clauses})" if clauses else "")
    return f"{_noun(query, names)}" + (f"(조건: {clauses})" if clauses else "") + _ordinal(ordinal)


def _ordinal(ordinal: Ordinal | None) -> str:
    """` 중 첫 번째`, ` 중 전체 기간을 통틀어 끝에서 2번째`."""
    if ordinal is None:
        return ""
    return f" 중 {'전체 기간을 통틀어 ' if ordinal.ever else ''}{ordinal_words(ordinal)}"


def ordinal_words(ordinal: Ordinal) -> str:
    """`첫 번째`, `마지막`, `끝에서 2번째`."""
    if ordinal.position == 1:
        return "마지막" if ordinal.from_end else "첫 번째"
    return f"{'끝에서 ' if ordinal.from_end else ''}{ordinal.position}번째"


def _noun(query: EventQuery, names: Names) -> str:
    of = "" if query.concepts is None else f"{concepts(query.concepts, names)} "
    source = "" if query.source is None else f"원천 코드가 {concepts(query.source, names)}인 "
    if query.domain is Domain.DEATH and query.concepts is not None:
        of = f"원인이 {concepts(query.concepts, names)}인 "
    return f"{source}{of}{EVENTS[query.domain]}"


def _clauses(query: EventQuery, names: Names) -> list[str]:
    from cohort_dsl.paraphrase.korean.criteria import criterion_item  # criteria hold events, events hold criteria

    clauses = []
    if query.spanning is not None:
        clauses.append(_spanning(query.spanning))
    if query.where is not None:
        clauses.append(predicate_words(query.where, names))
    if query.covering is not None:
        clauses.append(_covering(query.covering))
    if query.having is not None:
        clauses.append(criterion_item(query.having, names, Subject.IT).inline)
    if query.trend is not None:
        clauses.append(_trend(query.trend))
    return clauses


def _spanning(spanning: Spanning) -> str:
    return f"기간을 {_moved(spanning.start)}부터 {_moved(spanning.end)}까지로 봄"


def _moved(moved: Moved) -> str:
    edge = "시작일" if moved.edge is Edge.START else "종료일"
    if moved.offset == Duration(count=0):
        return edge
    return f"{edge} {duration(moved.offset)} {'전' if moved.offset.count < 0 else '후'}"


def _covering(covering: Covering) -> str:
    first, last = covering.first, covering.last
    if first is not None and last is not None:
        return f"{period(first, last)} 내내 지속되었고 그 기간만 인정"
    if first is not None:
        return f"{day(first)}에 진행 중이었고 그날부터 인정"
    return "기간 제한 없음" if last is None else f"{day(last)}에 진행 중이었고 그날까지 인정"


def _trend(trend: Trend) -> str:
    side = "높음" if trend.direction is TrendDirection.RISING else "낮음"
    return f"그 전 {duration(trend.within)} 이내의 한 값보다 {number_text(trend.by)} 이상 {side}"


def _sequence(sequence: Sequence, names: Names) -> str:
    steps = "".join(f" → {_step(step, names)}" for step in sequence.steps)
    return f"{_ordered_query(sequence.first, None, names)}{steps}, 각각 바로 앞 기록보다 뒤 날짜"


def _step(step: Step, names: Names) -> str:
    within = "" if step.within is None else f"앞 기록 후 {duration(step.within)} 이내의 "
    return f"{within}{_ordered_query(step.events, None, names)}"
