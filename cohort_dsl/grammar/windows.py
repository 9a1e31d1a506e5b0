"""Windows: when an event happens relative to the index event."""

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Unit, Window
from cohort_dsl.grammar.values import negative, read_duration
from cohort_dsl.lexer import TokenKind
from cohort_dsl.stream import Expected, TokenStream

_DAY = Duration(count=1, unit=Unit.DAY)
_TODAY = Duration(count=0)


def accept_windows(stream: TokenStream) -> tuple[Window, ...]:
    """No, one or several windows; `and` may stand before one that says `starting` or `ending`."""
    windows: list[Window] = []
    window = accept_window(stream)
    while window is not None:
        windows.append(window)
        if stream.next_is("and") and stream.next_is("starting", "ending", ahead=1):
            stream.advance()
        window = accept_window(stream)
    return tuple(windows)


def accept_window(stream: TokenStream) -> Window | None:
    """`[starting | ending]` and a shape, absent when neither is next."""
    edge = stream.accept("starting", "ending")
    shape = ("within", "from", "before", "after", "on")
    word = stream.expect(*shape) if edge else stream.accept(*shape)
    if word is None:
        return None
    lower, upper = _read_bounds(stream, word)
    return Window(lower=lower, upper=upper, edge=Edge.END if edge == "ending" else Edge.START)


def _read_bounds(stream: TokenStream, word: str) -> tuple[Bound | None, Bound | None]:
    match word:
        case "within":
            return _read_within(stream)
        case "from":
            return _read_from_to(stream)
        case "before":
            return None, Bound(offset=negative(_DAY), anchor=_read_anchor(stream))
        case "after":
            return Bound(offset=_DAY, anchor=_read_anchor(stream)), None
        case _:
            return _read_on(stream)


def _read_on(stream: TokenStream) -> tuple[Bound | None, Bound | None]:
    """What follows `on`: `index`, `or before index`, `or after index`."""
    side = stream.expect("before", "after") if stream.accept("or") else None
    day = Bound(offset=_TODAY, anchor=_read_anchor(stream))
    return None if side == "before" else day, None if side == "after" else day


def _read_within(stream: TokenStream) -> tuple[Bound, Bound]:
    """What follows `within`: `30 days before index` counts the index day too."""
    duration = read_duration(stream)
    side = stream.expect("before", "after", "of")
    anchor = _read_anchor(stream)
    return (
        Bound(offset=_TODAY if side == "after" else negative(duration), anchor=anchor),
        Bound(offset=_TODAY if side == "before" else duration, anchor=anchor),
    )


def _read_from_to(stream: TokenStream) -> tuple[Bound | None, Bound | None]:
    """What follows `from`; the first bound may leave its anchor to the second."""
    offset, anchor = _read_bound(stream, "before")
    stream.expect("to")
    upper_offset, upper_anchor = _read_bound(stream, "after")
    lower = None if offset is None else Bound(offset=offset, anchor=anchor or upper_anchor or Anchor.START)
    upper = None if upper_offset is None else Bound(offset=upper_offset, anchor=_required(stream, upper_anchor))
    return lower, upper


def _required(stream: TokenStream, anchor: Anchor | None) -> Anchor:
    if anchor is None:
        raise stream.problem()
    return anchor


def _read_bound(stream: TokenStream, open_side: str) -> tuple[Duration | None, Anchor | None]:
    """The offset, absent when the bound is `any time …`, and the anchor, absent when it is left out."""
    if stream.accept("any"):
        stream.expect("time")
        stream.expect(open_side)
        return None, _accept_anchor(stream)
    if stream.next_is("index"):
        return _TODAY, _read_anchor(stream)
    stream.record(Expected("index"))
    duration = read_duration(stream)
    side = stream.expect("before", "after")
    return negative(duration) if side == "before" else duration, _accept_anchor(stream)


def _read_anchor(stream: TokenStream) -> Anchor:
    anchor = _accept_anchor(stream)
    if anchor is None:
        raise stream.problem()
    return anchor


def _accept_anchor(stream: TokenStream) -> Anchor | None:
    """`index` or `index end`. An `end` with a number or `at` after it is the statement, not the anchor."""
    if not stream.accept("index"):
        return None
    stream.record(Expected("end"))
    statement_follows = stream.next_is("at", ahead=1) or stream.peek().kind is TokenKind.NUMBER
    if stream.next_is("end") and not statement_follows:
        stream.advance()
        return Anchor.END
    return Anchor.START
