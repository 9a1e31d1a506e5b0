"""Windows: the plainest words that say the same bounds."""

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Unit, Window
from cohort_dsl.printing.values import duration_text
from cohort_dsl.words import ANCHOR_WORDS, Subject

_DAY_BEFORE = Duration(count=-1, unit=Unit.DAY)
_TODAY = Duration(count=0)
_DAY_AFTER = Duration(count=1, unit=Unit.DAY)
_START = Bound(offset=_TODAY)
_END = Bound(offset=_TODAY, anchor=Anchor.END)

_PAIRS = {
    (Window(upper=_END), Window(lower=_START, edge=Edge.END)): "overlapping",
    (Window(lower=_START), Window(upper=_END, edge=Edge.END)): "during",
    (Window(upper=_START), Window(lower=_END, edge=Edge.END)): "containing",
}
_BEFORE_START = Bound(offset=_DAY_BEFORE)
_AFTER_END = Bound(offset=_DAY_AFTER, anchor=Anchor.END)
_SINGLES = {
    Window(lower=_BEFORE_START, upper=_BEFORE_START, edge=Edge.END): "meeting",
    Window(lower=_AFTER_END, upper=_AFTER_END): "met by",
}


def windows_texts(windows: tuple[Window, ...], subject: Subject, *, explicit: bool = False) -> tuple[str, ...]:
    """Each window or relation. Several windows say which end of the event they mean and are joined by `and`; with
    `explicit` one alone does too."""
    explicit = explicit or len(windows) > 1
    texts: list[str] = []
    rest = windows
    while rest:
        text, taken = _next_text(rest, subject, explicit=explicit)
        texts.append(f"and {text}" if texts else text)
        rest = rest[taken:]
    return tuple(texts)


def window_text(window: Window, subject: Subject, *, explicit: bool = False) -> str:
    """`ending within 30 days after index`."""
    edge = "ending " if window.edge is Edge.END else "starting " if explicit else ""
    short = _one_sided(window, subject) or _same_anchor(window, subject)
    return edge + (
        short or f"from {_bound(window.lower, 'before', subject)} to {_bound(window.upper, 'after', subject)}"
    )


def _next_text(windows: tuple[Window, ...], subject: Subject, *, explicit: bool) -> tuple[str, int]:
    """The words for the first window, or for the first two where they are one relation; and how many that was."""
    pair = windows[:2]
    relation = _PAIRS.get(pair) if len(pair) == 2 else None
    if relation is not None:
        return f"{relation} {subject.value}", 2
    gap = _gap(*pair) if len(pair) == 2 else None
    if gap is not None:
        return f"with a gap of at most {duration_text(gap)} to {subject.value}", 2
    first = windows[0]
    if first in _SINGLES:
        return f"{_SINGLES[first]} {subject.value}", 1
    return window_text(first, subject, explicit=explicit), 1


def _gap(start: Window, end: Window) -> Duration | None:
    """How far apart the two events may be, where that is what the windows say."""
    match start, end:
        case (
            Window(lower=None, upper=Bound(offset=latest, anchor=Anchor.END), edge=Edge.START),
            Window(lower=Bound(offset=earliest, anchor=Anchor.START), upper=None, edge=Edge.END),
        ) if latest.count == -earliest.count > 0 and latest.unit is earliest.unit:
            return latest
        case _:
            return None


def _one_sided(window: Window, subject: Subject) -> str | None:
    match window.lower, window.upper:
        case None, Bound(offset=offset, anchor=anchor) if offset in (_DAY_BEFORE, _TODAY):
            return f"{'before' if offset == _DAY_BEFORE else 'on or before'} {ANCHOR_WORDS[subject][anchor]}"
        case Bound(offset=offset, anchor=anchor), None if offset in (_DAY_AFTER, _TODAY):
            return f"{'after' if offset == _DAY_AFTER else 'on or after'} {ANCHOR_WORDS[subject][anchor]}"
        case _:
            return None


def _same_anchor(window: Window, subject: Subject) -> str | None:
    lower, upper = window.lower, window.upper
    if lower is None or upper is None or lower.anchor is not upper.anchor:
        return None
    anchor = ANCHOR_WORDS[subject][lower.anchor]
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


def _bound(bound: Bound | None, open_side: str, subject: Subject) -> str:
    if bound is None:
        return f"any time {open_side}"
    anchor = ANCHOR_WORDS[subject][bound.anchor]
    if bound.offset.count == 0:
        return anchor
    side = "before" if bound.offset.count < 0 else "after"
    return f"{duration_text(bound.offset)} {side} {anchor}"
