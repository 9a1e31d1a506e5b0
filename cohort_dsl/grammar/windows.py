"""Windows: when an event happens relative to the index event, or to the event a `having` is about.

Relations such as `overlapping index` are words for windows of the event's start and of its end.
"""

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Unit, Window
from cohort_dsl.grammar.scope import Scope, refuse_other_subject
from cohort_dsl.grammar.values import negative, read_duration
from cohort_dsl.lexer import TokenKind
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import ANCHOR_PHRASES

_DAY = Duration(count=1, unit=Unit.DAY)
_TODAY = Duration(count=0)
_EDGES = {"starting": Edge.START, "ending": Edge.END}
_SHAPES = ("within", "from", "before", "after", "on")
_RELATIONS = ("overlapping", "during", "containing", "meeting", "met")
_GAP = "with a gap of at most"


def accept_windows(stream: TokenStream, scope: Scope) -> tuple[Window, ...]:
    """No, one or several windows; every further one says `starting`, `ending` or a relation, perhaps after `and`."""
    windows = [*_accept_windows(stream, scope)]
    while windows and _another_follows(stream):
        stream.count_part()
        stream.accept("and")
        windows += _accept_windows(stream, scope)
    return tuple(windows)


def accept_window(stream: TokenStream, scope: Scope) -> Window | None:
    """`[starting | ending]` and a shape, absent when neither is next."""
    edge = stream.accept(*_EDGES)
    word = stream.expect(*_SHAPES) if edge else stream.accept(*_SHAPES)
    if word is None:
        return None
    lower, upper = _read_bounds(stream, scope, word)
    return Window(lower=lower, upper=upper, edge=_EDGES[edge] if edge else Edge.START)


def _accept_windows(stream: TokenStream, scope: Scope) -> tuple[Window, ...]:
    """The windows of one relation, or one window."""
    relation = _accept_relation(stream, scope)
    if relation:
        return relation
    window = accept_window(stream, scope)
    return () if window is None else (window,)


def _another_follows(stream: TokenStream) -> bool:
    ahead = 1 if stream.next_is("and") else 0
    for word in (*_EDGES, *_RELATIONS, _GAP):
        stream.record(Expected(word), ahead)
    return stream.next_is(*_EDGES, *_RELATIONS, ahead=ahead) or _gap_follows(stream, ahead)


def _gap_follows(stream: TokenStream, ahead: int = 0) -> bool:
    return stream.next_is("with", ahead=ahead) and stream.next_is("a", ahead=ahead + 1)


def _accept_relation(stream: TokenStream, scope: Scope) -> tuple[Window, ...]:
    """`overlapping index`; nothing when no relation is next."""
    word = stream.accept(*_RELATIONS)
    if word is None:
        return _accept_gap(stream, scope)
    if word == "met":
        stream.expect("by")
    _expect_subject(stream, scope)
    start, end = Bound(offset=_TODAY), Bound(offset=_TODAY, anchor=Anchor.END)
    match word:
        case "overlapping":
            return Window(upper=end), Window(lower=start, edge=Edge.END)
        case "during":
            return Window(lower=start), Window(upper=end, edge=Edge.END)
        case "containing":
            return Window(upper=start), Window(lower=end, edge=Edge.END)
        case "meeting":
            day_before = Bound(offset=negative(_DAY))
            return (Window(lower=day_before, upper=day_before, edge=Edge.END),)
        case _:
            day_after = Bound(offset=_DAY, anchor=Anchor.END)
            return (Window(lower=day_after, upper=day_after),)


def _accept_gap(stream: TokenStream, scope: Scope) -> tuple[Window, ...]:
    """`with a gap of at most 30 days to index`."""
    stream.record(Expected(_GAP))
    if not _gap_follows(stream):
        return ()
    for word in _GAP.split():
        stream.expect(word)
    gap = read_duration(stream)
    stream.expect("to")
    _expect_subject(stream, scope)
    latest_start, earliest_end = Bound(offset=gap, anchor=Anchor.END), Bound(offset=negative(gap))
    return Window(upper=latest_start), Window(lower=earliest_end, edge=Edge.END)


def _expect_subject(stream: TokenStream, scope: Scope) -> None:
    """The whole index event, or the whole event that a `having` is about."""
    refuse_other_subject(stream, scope)
    stream.expect(scope.subject.value)


def _read_bounds(stream: TokenStream, scope: Scope, word: str) -> tuple[Bound | None, Bound | None]:
    match word:
        case "within":
            return _read_within(stream, scope)
        case "from":
            return _read_from_to(stream, scope)
        case "before":
            return None, Bound(offset=negative(_DAY), anchor=_read_anchor(stream, scope))
        case "after":
            return Bound(offset=_DAY, anchor=_read_anchor(stream, scope)), None
        case _:
            return _read_on(stream, scope)


def _read_on(stream: TokenStream, scope: Scope) -> tuple[Bound | None, Bound | None]:
    """What follows `on`: `index`, `or before index`, `or after index`."""
    side = stream.expect("before", "after") if stream.accept("or") else None
    day = Bound(offset=_TODAY, anchor=_read_anchor(stream, scope))
    return None if side == "before" else day, None if side == "after" else day


def _read_within(stream: TokenStream, scope: Scope) -> tuple[Bound, Bound]:
    """What follows `within`: `30 days before index` counts the index day too."""
    duration = read_duration(stream)
    side = stream.expect("before", "after", "of")
    anchor = _read_anchor(stream, scope)
    return (
        Bound(offset=_TODAY if side == "after" else negative(duration), anchor=anchor),
        Bound(offset=_TODAY if side == "before" else duration, anchor=anchor),
    )


def _read_from_to(stream: TokenStream, scope: Scope) -> tuple[Bound | None, Bound | None]:
    """What follows `from`; the first bound may leave its anchor to the second."""
    offset, anchor = _read_bound(stream, scope, "before")
    stream.expect("to")
    upper_offset, upper_anchor = _read_bound(stream, scope, "after")
    lower = None if offset is None else Bound(offset=offset, anchor=anchor or upper_anchor or Anchor.START)
    upper = None if upper_offset is None else Bound(offset=upper_offset, anchor=_required(stream, upper_anchor))
    return lower, upper


def _required(stream: TokenStream, anchor: Anchor | None) -> Anchor:
    if anchor is None:
        raise stream.problem()
    return anchor


def _read_bound(stream: TokenStream, scope: Scope, open_side: str) -> tuple[Duration | None, Anchor | None]:
    """The offset, absent when the bound is `any time …`, and the anchor, absent when it is left out."""
    if stream.accept("any"):
        stream.expect("time")
        stream.expect(open_side)
        return None, _accept_anchor(stream, scope)
    anchor = _accept_anchor(stream, scope)
    if anchor is not None:
        return _TODAY, anchor
    duration = read_duration(stream)
    side = stream.expect("before", "after")
    return negative(duration) if side == "before" else duration, _accept_anchor(stream, scope)


def _read_anchor(stream: TokenStream, scope: Scope) -> Anchor:
    return _required(stream, _accept_anchor(stream, scope))


def _accept_anchor(stream: TokenStream, scope: Scope) -> Anchor | None:
    """`index`, `its end`, `observation start`."""
    refuse_other_subject(stream, scope)
    if stream.next_is("index") and _end_statement_follows(stream):
        stream.advance()
        return Anchor.START
    return stream.accept_phrase(ANCHOR_PHRASES[scope.subject], ExpectedKind.KEYWORD)


def _end_statement_follows(stream: TokenStream) -> bool:
    """Whether the `end` after the next word starts a statement and is not part of `index end`."""
    if not stream.next_is("end", ahead=1):
        return False
    visit = stream.next_is("same", ahead=3) or (stream.next_is("the", ahead=3) and stream.next_is("same", ahead=4))
    return (
        stream.peek(2).kind is TokenKind.NUMBER
        or (stream.next_is("at", ahead=2) and not visit)
        or (stream.next_is("with", ahead=2) and stream.next_is("exposure", ahead=3))
    )
