"""Windows: the plainest words that say the same bounds."""

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Unit, Window
from cohort_dsl.printing.values import duration_text

_DAY_BEFORE = Duration(count=-1, unit=Unit.DAY)
_TODAY = Duration(count=0)
_DAY_AFTER = Duration(count=1, unit=Unit.DAY)
_ANCHORS = {
    Anchor.START: "index",
    Anchor.END: "index end",
    Anchor.OBSERVATION_START: "observation start",
    Anchor.OBSERVATION_END: "observation end",
}


def windows_texts(windows: tuple[Window, ...]) -> tuple[str, ...]:
    """Each window; several say which end of the event they mean and are joined by `and`."""
    if len(windows) < 2:
        return tuple(map(window_text, windows))
    first, *others = (_shape(window, f"{'ending' if window.edge is Edge.END else 'starting'} ") for window in windows)
    return (first, *(f"and {other}" for other in others))


def window_text(window: Window) -> str:
    """`ending within 30 days after index`."""
    return _shape(window, "ending " if window.edge is Edge.END else "")


def _shape(window: Window, edge: str) -> str:
    short = _one_sided(window) or _same_anchor(window)
    return edge + (short or f"from {_bound(window.lower, 'before')} to {_bound(window.upper, 'after')}")


def _one_sided(window: Window) -> str | None:
    match window.lower, window.upper:
        case None, Bound(offset=offset, anchor=anchor) if offset in (_DAY_BEFORE, _TODAY):
            return f"{'before' if offset == _DAY_BEFORE else 'on or before'} {_anchor(anchor)}"
        case Bound(offset=offset, anchor=anchor), None if offset in (_DAY_AFTER, _TODAY):
            return f"{'after' if offset == _DAY_AFTER else 'on or after'} {_anchor(anchor)}"
        case _:
            return None


def _same_anchor(window: Window) -> str | None:
    lower, upper = window.lower, window.upper
    if lower is None or upper is None or lower.anchor is not upper.anchor:
        return None
    anchor = _anchor(lower.anchor)
    match lower.offset, upper.offset:
        case Duration(count=0), Duration(count=0):
            return f"on {anchor}"
        case Duration() as back, Duration(count=0) if back.count < 0:
            return f"within {duration_text(back)} before {anchor}"
        case Duration(count=0), Duration() as ahead if ahead.count > 0:
            return f"within {duration_text(ahead)} after {anchor}"
        case Duration() as back, Duration() as ahead if back.count == -ahead.count < 0 and back.unit is ahead.unit:
            return f"within {duration_text(ahead)} of {anchor}"
        case _:
            return None


def _bound(bound: Bound | None, open_side: str) -> str:
    if bound is None:
        return f"any time {open_side}"
    if bound.offset.count == 0:
        return _anchor(bound.anchor)
    side = "before" if bound.offset.count < 0 else "after"
    return f"{duration_text(bound.offset)} {side} {_anchor(bound.anchor)}"


def _anchor(anchor: Anchor) -> str:
    return _ANCHORS[anchor]
