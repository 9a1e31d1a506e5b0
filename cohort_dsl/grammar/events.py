"""Events: of a domain, of a cohort, made of others, or answers; and which of them in order."""

from dataclasses import replace

from cohort_dsl.ast import (
    AnswerIn,
    Answers,
    CohortEvents,
    Duration,
    Eras,
    EventQuery,
    Events,
    Gaps,
    Ordinal,
    RangeTest,
    Sequence,
    Step,
)
from cohort_dsl.grammar.queries import read_query
from cohort_dsl.grammar.scope import Scope
from cohort_dsl.grammar.values import (
    accept_comparison,
    read_duration,
    read_range,
    read_text,
    read_texts,
    read_word_or_text,
)
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import EVENT_WORDS, EventKind
from schemas.errors import AnalysisProblem, SyntaxProblem

_NO_GAP = Duration(count=0)


def read_events(stream: TokenStream, scope: Scope) -> Events:
    """`first ever drug in statins where age >= 40`, `entry of cohort "name"`, `era of drug in x`."""
    start = stream.current
    ordinal = accept_ordinal(stream)
    if stream.accept("("):
        first = _read_inner(stream, scope)
        stream.record(Expected("then"))
        if not stream.next_is("then"):
            raise stream.problem()
        sequence = _read_sequence(stream, scope, first, start)
        stream.expect(")")
        return replace(sequence, ordinal=ordinal, span=stream.since(start))
    match stream.accept_phrase(EVENT_WORDS, ExpectedKind.DOMAIN):
        case EventKind.ENTRY:
            return CohortEvents(name=read_text(stream), ordinal=ordinal, span=stream.since(start))
        case EventKind.ERA:
            return _read_eras(stream, scope, start, ordinal)
        case EventKind.GAP:
            return _read_gaps(stream, scope, start, ordinal)
        case EventKind.ANSWER:
            return _read_answers(stream, start, ordinal)
        case None:
            return _read_query_or_sequence(stream, scope, start, ordinal)


def _read_query_or_sequence(
    stream: TokenStream, scope: Scope, start: Token, ordinal: Ordinal | None
) -> EventQuery | Sequence:
    first = read_query(stream, scope)
    stream.record(Expected("then"))
    events = _read_sequence(stream, scope, first, start) if stream.next_is("then") else first
    return replace(events, ordinal=ordinal, span=stream.since(start))


def _read_sequence(stream: TokenStream, scope: Scope, first: EventQuery, start: Token) -> Sequence:
    """`then drug in b within 30 days`, once or more."""
    steps: list[Step] = []
    step_start = stream.current
    while stream.accept("then"):
        events = _read_inner(stream, scope)
        within = _accept_step_time(stream)
        steps.append(Step(events=events, within=within, span=stream.since(step_start)))
        step_start = stream.current
    return Sequence(first=first, steps=tuple(steps), span=stream.since(start))


def _accept_step_time(stream: TokenStream) -> Duration | None:
    """`within 30 days`; with `before`, `after` or `of` behind it, it is a window of the whole sequence."""
    stream.record(Expected("within"))
    if not stream.next_is("within") or stream.next_is("before", "after", "of", ahead=3):
        return None
    stream.advance()
    return read_duration(stream)


def _read_inner(stream: TokenStream, scope: Scope) -> EventQuery:
    """The events that a sequence, an era or a gap is made of: all of them, without an ordinal."""
    token = stream.current
    if stream.next_is("first", "last") or token.kind is TokenKind.ORDINAL:
        message = f"eras, gaps and sequences are made of all events; `{token.text}` stands before the whole"
        raise AnalysisProblem("inner-ordinal", message, span=token.span)
    return read_query(stream, scope)


def _read_eras(stream: TokenStream, scope: Scope, start: Token, ordinal: Ordinal | None) -> Eras:
    """What follows `era of`: `drug in statins with gaps of at most 30 days`."""
    events = _read_inner(stream, scope)
    gap = _NO_GAP
    stream.record(Expected("with gaps of at most"))
    if stream.next_is("with") and not stream.next_is("a", ahead=1):
        for word in ("with", "gaps", "of", "at", "most"):
            stream.expect(word)
        gap = read_duration(stream)
    return Eras(events=events, gap=gap, ordinal=ordinal, span=stream.since(start))


def _read_gaps(stream: TokenStream, scope: Scope, start: Token, ordinal: Ordinal | None) -> Gaps:
    """What follows `gap of at least`: `60 days in drug in statins`."""
    at_least = read_duration(stream)
    stream.expect("in")
    events = _read_inner(stream, scope)
    return Gaps(events=events, at_least=at_least, ordinal=ordinal, span=stream.since(start))


def _read_answers(stream: TokenStream, start: Token, ordinal: Ordinal | None) -> Answers:
    """What follows `answer to`: `smoking.status in ("current")`."""
    question = read_question(stream)
    test = accept_comparison(stream)
    if test is None and (word := stream.accept("in", "is")):
        return Answers(question=question, test=read_answers(stream, word), ordinal=ordinal, span=stream.since(start))
    return Answers(question=question, test=test, ordinal=ordinal, span=stream.since(start))


def read_question(stream: TokenStream) -> str:
    """`smoking.status`, or any name in quotes."""
    return read_word_or_text(stream, "survey question")


def read_answers(stream: TokenStream, word: str) -> AnswerIn | RangeTest:
    """What follows `is`, a text; or `in`, a list of texts or a range."""
    if word == "is":
        return AnswerIn(values=(read_text(stream),))
    stream.record(Expected("("))
    return AnswerIn(values=read_texts(stream)) if stream.next_is("(") else read_range(stream)


def accept_ordinal(stream: TokenStream) -> Ordinal | None:
    """`first`, `last`, `2nd`, `2nd last`, each perhaps with `ever`."""
    word = stream.accept("first", "last")
    if word:
        return Ordinal(from_end=word == "last", ever=stream.accept("ever") is not None)
    token = stream.current
    stream.record(Expected("2nd"))
    if token.kind is not TokenKind.ORDINAL:
        return None
    stream.advance()
    from_end = stream.accept("last") is not None
    return Ordinal(position=_position(token), from_end=from_end, ever=stream.accept("ever") is not None)


def _position(token: Token) -> int:
    digits = token.text[:-2]
    if len(digits) > 4 or int(digits) == 0:
        raise SyntaxProblem("bad-ordinal", f"`{token.text}` is not from 1st to 9999th", span=token.span)
    return int(digits)
