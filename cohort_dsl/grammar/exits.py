"""The `end` statement: what ends an entry."""

from cohort_dsl.ast import Duration, Edge, Events, Exit, Exposure
from cohort_dsl.grammar.concepts import read_concepts
from cohort_dsl.grammar.events import read_events
from cohort_dsl.grammar.scope import Scope
from cohort_dsl.grammar.values import negative, read_day_count, read_duration
from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream


def read_exit(stream: TokenStream, start: Token) -> Exit:
    """`end 365 days after start, or 7 days after exposure to statins, or at first condition in x`."""
    offset, anchor, exposure = _read_time(stream)
    censors: list[Events] = []
    if offset is None and exposure is None:
        stream.expect("at")
        if stream.accept("end"):
            stream.expect("of")
            stream.expect("observation")
        else:
            censors.append(read_events(stream, Scope()))
    while separator := stream.accept(",", "or"):
        if separator == ",":
            stream.expect("or")
        if exposure is None and not censors:
            exposure = _accept_exposure(stream)
            if exposure is not None:
                continue
        stream.expect("at")
        censors.append(read_events(stream, Scope()))
    return Exit(offset=offset, anchor=anchor, exposure=exposure, censors=tuple(censors), span=stream.since(start))


def _read_time(stream: TokenStream) -> tuple[Duration | None, Edge, Exposure | None]:
    """The offset or the exposure that the statement starts with, or neither."""
    exposure = _accept_exposure(stream)
    if exposure is not None or stream.current.kind is not TokenKind.NUMBER:
        return None, Edge.START, exposure
    duration = read_duration(stream)
    side = stream.expect("before", "after")
    return negative(duration) if side == "before" else duration, Edge(stream.expect("start", "end")), None


def _accept_exposure(stream: TokenStream) -> Exposure | None:
    """`with exposure to statins`, `7 days after exposure to statins`, with gaps and supply."""
    start = stream.current
    stream.record(Expected("with exposure to"))
    stream.record(Expected(TokenKind.NUMBER.value, ExpectedKind.VALUE))
    offset = 0
    if stream.accept("with"):
        stream.expect("exposure")
    elif _is_after_exposure(stream):
        offset = read_day_count(stream)
        stream.expect("after")
        stream.expect("exposure")
    else:
        return None
    stream.expect("to")
    concepts = read_concepts(stream)
    gap, supply = _read_gap_and_supply(stream)
    return Exposure(concepts=concepts, gap=gap, offset=offset, supply=supply, span=stream.since(start))


def _is_after_exposure(stream: TokenStream) -> bool:
    """Whether `7 days after exposure` is next, rather than `7 days after start`."""
    if stream.current.kind is not TokenKind.NUMBER:
        return False
    if stream.next_is("after", ahead=2):
        stream.record(Expected("exposure"), 3)
    return stream.next_is("exposure", ahead=3)


def _read_gap_and_supply(stream: TokenStream) -> tuple[int, int | None]:
    """`with gaps of at most 30 days and supply of 28 days`, either or neither."""
    if not stream.accept("with"):
        return 0, None
    gap = 0
    if stream.expect("gaps", "supply") == "gaps":
        for word in ("of", "at", "most"):
            stream.expect(word)
        gap = read_day_count(stream)
        if not stream.accept("and"):
            return gap, None
        stream.expect("supply")
    stream.expect("of")
    return gap, read_day_count(stream)
