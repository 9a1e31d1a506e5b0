"""The statements of a document."""

from cohort_dsl.ast import (
    Dimension,
    DimensionKind,
    Duration,
    Edge,
    Events,
    Everyone,
    Exit,
    Index,
    Keep,
    Let,
    Rule,
    RuleKind,
)
from cohort_dsl.grammar.concepts import read_concept_list
from cohort_dsl.grammar.criteria import read_criterion, read_question
from cohort_dsl.grammar.events import read_events
from cohort_dsl.grammar.values import accept_date, accept_name, negative, read_duration, read_integer, read_text
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import TokenStream

_KEEP = {keep.value: keep for keep in Keep}


def read_let(stream: TokenStream, start: Token) -> Let:
    """`let name = concepts`."""
    name = accept_name(stream, "name")
    if name is None:
        raise stream.problem()
    stream.expect("=")
    bracketed = stream.accept("(")
    concepts = read_concept_list(stream)
    if bracketed:
        stream.expect(")")
    return Let(name=name, concepts=concepts, span=stream.since(start))


def read_index(stream: TokenStream, start: Token) -> Index:
    """`index events or events …` or `index everyone`, then `observed …`."""
    events = _read_everyone(stream) if stream.next_is("everyone") else _read_index_events(stream)
    before, after = _read_observed(stream) if stream.accept("observed") else (Duration(count=0), Duration(count=0))
    return Index(events=events, observed_before=before, observed_after=after, span=stream.since(start))


def _read_everyone(stream: TokenStream) -> Everyone:
    start = stream.current
    stream.expect("everyone")
    on = None
    if stream.accept("on"):
        on = accept_date(stream)
        if on is None:
            raise stream.problem()
    return Everyone(on=on, span=stream.since(start))


def _read_index_events(stream: TokenStream) -> tuple[Events, ...]:
    stream.accept("everyone")
    events = [read_events(stream)]
    while stream.accept("or"):
        events.append(read_events(stream))
    return tuple(events)


def _read_observed(stream: TokenStream) -> tuple[Duration, Duration]:
    """What follows `observed`: `365 days before and 30 days after`, or either."""
    duration = read_duration(stream)
    if stream.expect("before", "after") == "after":
        return Duration(count=0), duration
    if not stream.accept("and"):
        return duration, Duration(count=0)
    after = read_duration(stream)
    stream.expect("after")
    return duration, after


def read_rule(stream: TokenStream, start: Token, kind: RuleKind) -> Rule:
    """`include "name" when criterion`."""
    name = read_text(stream)
    stream.expect("when")
    criterion = read_criterion(stream)
    return Rule(kind=kind, name=name, criterion=criterion, span=stream.since(start))


def read_keep(stream: TokenStream) -> Keep:
    """`keep first entry`."""
    keep = _KEEP[stream.expect(*_KEEP)]
    stream.expect("entry", "entries")
    return keep


def read_exit(stream: TokenStream, start: Token) -> Exit:
    """`end 365 days after start, or at first condition in x`."""
    offset, anchor = _accept_offset(stream)
    censors: list[Events] = []
    if offset is None:
        stream.expect("at")
        if stream.accept("end"):
            stream.expect("of")
            stream.expect("observation")
        else:
            censors.append(read_events(stream))
    while separator := stream.accept(",", "or"):
        if separator == ",":
            stream.expect("or")
        stream.expect("at")
        censors.append(read_events(stream))
    return Exit(offset=offset, anchor=anchor, censors=tuple(censors), span=stream.since(start))


def _accept_offset(stream: TokenStream) -> tuple[Duration | None, Edge]:
    if stream.current.kind is not TokenKind.NUMBER:
        stream.accept_kind(TokenKind.NUMBER)
        return None, Edge.START
    duration = read_duration(stream)
    side = stream.expect("after", "before")
    anchor = Edge(stream.expect("start", "end"))
    return negative(duration) if side == "before" else duration, anchor


def read_count_by(stream: TokenStream) -> tuple[Dimension, ...]:
    """`count by sex, age(10)`."""
    stream.expect("by")
    dimensions = [_read_dimension(stream)]
    while stream.accept(","):
        dimensions.append(_read_dimension(stream))
    return tuple(dimensions)


def _read_dimension(stream: TokenStream) -> Dimension:
    start = stream.current
    width, question = None, None
    match stream.expect("sex", "age", "region", "index", "survey"):
        case "index":
            stream.expect("year")
            kind = DimensionKind.INDEX_YEAR
        case "age":
            kind = DimensionKind.AGE
            stream.expect("(")
            width = read_integer(stream, "width in years")
            stream.expect(")")
        case "survey":
            kind = DimensionKind.SURVEY
            question = read_question(stream)
        case word:
            kind = DimensionKind(word)
    return Dimension(kind=kind, width=width, question=question, span=stream.since(start))
