"""Criteria: what must be true of an entry."""

from cohort_dsl.ast import (
    AnswerIn,
    Carries,
    Count,
    CountOperator,
    Criterion,
    Distinct,
    Group,
    GroupKind,
    NoCall,
    Not,
    Occurrence,
    PersonConcepts,
    PersonIn,
    PersonTest,
    RangeTest,
    Survey,
    Unanswered,
    Unknown,
    Zygosity,
)
from cohort_dsl.grammar.boolean import Connectives, read_any, read_part
from cohort_dsl.grammar.concepts import read_concepts
from cohort_dsl.grammar.events import read_events
from cohort_dsl.grammar.values import (
    accept_comparison,
    accept_name,
    read_integer,
    read_range,
    read_range_test,
    read_text,
    read_texts,
    read_word_or_text,
)
from cohort_dsl.grammar.variants import read_variants
from cohort_dsl.grammar.windows import accept_window, accept_windows
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import PERSON_FIELD_WORDS, SEXES
from schemas.fields import PERSON_FIELDS, Kind, PersonField

_DISTINCT = {word: kind for kind in Distinct for word in (kind.value, kind.value.removesuffix("s"))}
_ZYGOSITIES = {kind.value: kind for kind in Zygosity if kind is not Zygosity.ANY}


def read_criterion(stream: TokenStream, depth: int = 0) -> Criterion:
    """Criteria joined by `or`, `and`, `not` and brackets."""
    return read_any(stream, _CRITERIA, depth)


def _read_operand(stream: TokenStream, depth: int) -> Criterion:
    start = stream.current
    match stream.accept(
        "any", "no", "all", "none", "at", "exactly", "unknown", "carries", "survey"
    ):  # fmt: skip
        case "any":
            if stream.accept("of"):
                return _read_group(stream, start, GroupKind.ANY, depth)
            return _read_occurrence(stream, start, Count(), depth)
        case "no":
            if stream.accept("call"):
                return _read_no_call(stream, start, depth)
            return _read_occurrence(stream, start, Count(operator=CountOperator.EXACTLY, number=0), depth)
        case "all" | "none" as word:
            stream.expect("of")
            return _read_group(stream, start, GroupKind.ALL if word == "all" else GroupKind.NONE, depth)
        case "at":
            return _read_counted(stream, start, CountOperator(f"at {stream.expect('least', 'most')}"), depth)
        case "exactly":
            return _read_counted(stream, start, CountOperator.EXACTLY, depth)
        case "unknown":
            part = read_part(stream, _CRITERIA, depth + 1)
            return Unknown(part=part, span=stream.since(start))
        case "carries":
            return _read_carries(stream, start, depth)
        case "survey":
            return _read_survey(stream, start)
        case _:
            return _read_person_or_events(stream, start, depth)


def _read_person_or_events(stream: TokenStream, start: Token, depth: int) -> Criterion:
    field = stream.accept_phrase(PERSON_FIELD_WORDS, ExpectedKind.FIELD)
    if field is not None:
        return _read_person(stream, start, field)
    for word in ("first", "last", "2nd"):
        stream.record(Expected(word))
    if not (stream.next_is("first", "last") or stream.current.kind is TokenKind.ORDINAL):
        raise stream.problem()
    return _read_occurrence(stream, start, Count(), depth)


def _read_counted(stream: TokenStream, start: Token, operator: CountOperator, depth: int) -> Criterion:
    """What follows `at least` and the like: a number of criteria or of events."""
    number = read_integer(stream)
    if stream.accept("of"):
        return _read_group(stream, start, GroupKind(operator.value), depth, number)
    distinct = None
    if stream.accept("distinct"):
        distinct = _DISTINCT[stream.expect(*_DISTINCT)]
        stream.expect("of")
    return _read_occurrence(stream, start, Count(operator=operator, number=number, distinct=distinct), depth)


def _read_group(stream: TokenStream, start: Token, kind: GroupKind, depth: int, number: int = 0) -> Group:
    stream.expect("(")
    parts = [read_criterion(stream, depth + 1)]
    while stream.accept(","):
        parts.append(read_criterion(stream, depth + 1))
    stream.expect(")")
    return Group(kind=kind, parts=tuple(parts), number=number, span=stream.since(start))


def _read_occurrence(stream: TokenStream, start: Token, count: Count, depth: int) -> Occurrence:
    events = read_events(stream, depth)
    windows = accept_windows(stream)
    ignoring = stream.accept("ignoring") is not None
    if ignoring:
        stream.expect("observation")
    return Occurrence(
        events=events, count=count, windows=windows, ignoring_observation=ignoring, span=stream.since(start)
    )


def _read_carries(stream: TokenStream, start: Token, depth: int) -> Carries:
    word = stream.accept(*_ZYGOSITIES)
    variants = read_variants(stream, depth)
    zygosity = _ZYGOSITIES[word] if word else Zygosity.ANY
    return Carries(variants=variants, zygosity=zygosity, span=stream.since(start))


def _read_no_call(stream: TokenStream, start: Token, depth: int) -> NoCall:
    stream.expect("at")
    variants = read_variants(stream, depth)
    return NoCall(variants=variants, span=stream.since(start))


def _read_survey(stream: TokenStream, start: Token) -> Survey:
    question = read_question(stream)
    test = _read_answer_test(stream)
    window = accept_window(stream)
    return Survey(question=question, test=test, window=window, span=stream.since(start))


def read_question(stream: TokenStream) -> str:
    """`smoking.status`, or any name in quotes."""
    return read_word_or_text(stream, "survey question")


def _read_answer_test(stream: TokenStream) -> AnswerIn | RangeTest | Unanswered:
    comparison = accept_comparison(stream)
    if comparison is not None:
        return comparison
    if stream.expect("in", "is") == "is":
        return Unanswered() if stream.accept("unanswered") else AnswerIn(values=(read_text(stream),))
    stream.record(Expected("("))
    return AnswerIn(values=read_texts(stream)) if stream.next_is("(") else read_range(stream)


def _read_person(stream: TokenStream, start: Token, field: PersonField) -> Criterion:
    match PERSON_FIELDS[field][0]:
        case Kind.CONCEPT:
            stream.expect("in")
            concepts = read_concepts(stream)
            return PersonConcepts(field=field, concepts=concepts, span=stream.since(start))
        case Kind.TEXT:
            values = _read_person_values(stream, field)
            return PersonIn(field=field, values=values, span=stream.since(start))
        case _:
            test = read_range_test(stream)
            return PersonTest(field=field, test=test, span=stream.since(start))


def _read_person_values(stream: TokenStream, field: PersonField) -> tuple[str, ...]:
    if stream.expect("is", "in") == "in":
        return read_texts(stream)
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
