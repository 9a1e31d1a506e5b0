"""Criteria: what must be true of an entry."""

from cohort_dsl.ast import (
    AnswerIn,
    Count,
    CountOperator,
    Criterion,
    Group,
    GroupKind,
    Not,
    Occurrence,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    RangeTest,
    Survey,
    Unanswered,
    Unknown,
)
from cohort_dsl.grammar.boolean import Connectives, read_any, read_part
from cohort_dsl.grammar.concepts import read_concepts
from cohort_dsl.grammar.events import read_answers, read_events, read_question
from cohort_dsl.grammar.genotypes import read_carries, read_no_call, read_score
from cohort_dsl.grammar.scope import Scope, refuse_other_subject
from cohort_dsl.grammar.values import (
    accept_comparison,
    accept_name,
    read_integer,
    read_range_test,
    read_text,
    read_texts,
)
from cohort_dsl.grammar.windows import accept_window, accept_windows
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import DISTINCT_WORDS, PERSON_FIELD_WORDS, SEXES, Subject
from schemas.errors import SyntaxProblem
from schemas.fields import PERSON_FIELDS, Kind, PersonField


def read_criterion(stream: TokenStream, scope: Scope) -> Criterion:
    """Criteria joined by `or`, `and`, `not` and brackets."""
    return read_any(stream, _CRITERIA, scope)


def _read_operand(stream: TokenStream, scope: Scope) -> Criterion:
    start = stream.current
    match stream.accept(
        "any", "no", "all", "none", "at", "exactly", "unknown", "carries", "score", "survey"
    ):  # fmt: skip
        case "any":
            if stream.accept("of"):
                return _read_group(stream, start, GroupKind.ANY, scope)
            return _read_occurrence(stream, start, Count(), scope)
        case "no":
            if stream.accept("call"):
                return read_no_call(stream, start, scope)
            return _read_occurrence(stream, start, Count(operator=CountOperator.EXACTLY, number=0), scope)
        case "all" | "none" as word:
            stream.expect("of")
            return _read_group(stream, start, GroupKind.ALL if word == "all" else GroupKind.NONE, scope)
        case "at":
            return _read_counted(stream, start, CountOperator(f"at {stream.expect('least', 'most')}"), scope)
        case "exactly":
            return _read_counted(stream, start, CountOperator.EXACTLY, scope)
        case "unknown":
            part = read_part(stream, _CRITERIA, scope.deeper())
            return Unknown(part=part, span=stream.since(start))
        case "carries":
            return read_carries(stream, start, scope)
        case "score":
            return read_score(stream, start)
        case "survey":
            return _read_survey(stream, start, scope)
        case _:
            return _read_person_or_events(stream, start, scope)


def _read_person_or_events(stream: TokenStream, start: Token, scope: Scope) -> Criterion:
    field = stream.accept_phrase(PERSON_FIELD_WORDS[scope.subject], ExpectedKind.FIELD)
    if field is not None:
        return _read_person(stream, start, field)
    refuse_other_subject(stream, scope)
    _refuse_age_at_index(stream, scope)
    for word in ("first", "last", "2nd"):
        stream.record(Expected(word))
    if not (stream.next_is("first", "last") or stream.current.kind is TokenKind.ORDINAL):
        raise stream.problem()
    return _read_occurrence(stream, start, Count(), scope)


def _refuse_age_at_index(stream: TokenStream, scope: Scope) -> None:
    place = stream.current.span
    if scope.subject is Subject.IT and stream.accept("age") and stream.accept("at") and stream.accept("index"):
        message = "inside `having` criteria are about the event itself"
        raise SyntaxProblem("wrong-subject", message, span=place, expected=("its age",))


def _read_counted(stream: TokenStream, start: Token, operator: CountOperator, scope: Scope) -> Criterion:
    """What follows `at least` and the like: a number of criteria or of events."""
    number = read_integer(stream)
    if stream.accept("of"):
        return _read_group(stream, start, GroupKind(operator.value), scope, number)
    distinct = None
    if stream.accept("distinct"):
        distinct = stream.accept_phrase(DISTINCT_WORDS, ExpectedKind.KEYWORD)
        if distinct is None:
            raise stream.problem()
        stream.expect("of")
    return _read_occurrence(stream, start, Count(operator=operator, number=number, distinct=distinct), scope)


def _read_group(stream: TokenStream, start: Token, kind: GroupKind, scope: Scope, number: int = 0) -> Group:
    stream.expect("(")
    parts: list[Criterion] = []
    if not stream.accept(")"):
        parts.append(read_criterion(stream, scope.deeper()))
        while stream.accept(","):
            parts.append(read_criterion(stream, scope.deeper()))
        stream.expect(")")
    return Group(kind=kind, parts=tuple(parts), number=number, span=stream.since(start))


def _read_occurrence(stream: TokenStream, start: Token, count: Count, scope: Scope) -> Occurrence:
    events = read_events(stream, scope)
    windows = accept_windows(stream, scope)
    same_visit = _accept_same_visit(stream)
    ignoring = stream.accept("ignoring") is not None
    if ignoring:
        stream.expect("observation")
    return Occurrence(
        events=events,
        count=count,
        windows=windows,
        same_visit=same_visit,
        ignoring_observation=ignoring,
        span=stream.since(start),
    )


def _accept_same_visit(stream: TokenStream) -> bool:
    """`at the same visit`; `the` may be left out."""
    stream.record(Expected("at the same visit"))
    if not stream.next_is("at") or not stream.next_is("the", "same", ahead=1):
        return False
    stream.advance()
    stream.accept("the")
    stream.expect("same")
    stream.expect("visit")
    return True


def _read_survey(stream: TokenStream, start: Token, scope: Scope) -> Survey:
    question = read_question(stream)
    test = _read_answer_test(stream)
    window = accept_window(stream, scope)
    return Survey(question=question, test=test, window=window, span=stream.since(start))


def _read_answer_test(stream: TokenStream) -> AnswerIn | RangeTest | Unanswered:
    comparison = accept_comparison(stream)
    if comparison is not None:
        return comparison
    word = stream.expect("in", "is")
    return Unanswered() if word == "is" and stream.accept("unanswered") else read_answers(stream, word)


def _read_person(stream: TokenStream, start: Token, field: PersonField) -> Criterion:
    match PERSON_FIELDS[field][0]:
        case Kind.CONCEPT:
            if stream.expect("in", "is") == "is":
                return _read_missing(stream, start, field)
            concepts = read_concepts(stream)
            return PersonConcepts(field=field, concepts=concepts, span=stream.since(start))
        case Kind.TEXT:
            word = stream.expect("is", "in")
            if word == "is" and stream.next_is("missing", "not"):
                return _read_missing(stream, start, field)
            values = read_texts(stream) if word == "in" else _read_person_value(stream, field)
            return PersonIn(field=field, values=values, span=stream.since(start))
        case _:
            test = read_range_test(stream)
            return PersonTest(field=field, test=test, span=stream.since(start))


def _read_missing(stream: TokenStream, start: Token, field: PersonField) -> Criterion:
    """What follows `is`: `missing`, `not missing`."""
    negated = stream.accept("not")
    stream.expect("missing")
    missing = PersonMissing(field=field, span=stream.since(start))
    return Not(part=missing, span=missing.span) if negated else missing


def _read_person_value(stream: TokenStream, field: PersonField) -> tuple[str]:
    """What follows `is`."""
    for word in ("missing", "not missing"):
        stream.record(Expected(word))
    if field is not PersonField.SEX:
        return (read_text(stream),)
    for sex in SEXES:
        stream.record(Expected(sex))
    return (accept_name(stream, "sex") or read_text(stream),)


_CRITERIA: Connectives[Criterion] = Connectives(
    operand=_read_operand,
    all_of=lambda parts, span: Group(kind=GroupKind.ALL, parts=parts, span=span),
    any_of=lambda parts, span: Group(kind=GroupKind.ANY, parts=parts, span=span),
    negated=lambda part, span: Not(part=part, span=span),
    continues=lambda _: True,
)
