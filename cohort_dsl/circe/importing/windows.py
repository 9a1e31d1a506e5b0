"""Windows of correlated criteria."""

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Window
from cohort_dsl.circe.model import CorrelatedCriteria, Endpoint
from cohort_dsl.circe.model import Window as Given
from cohort_dsl.circe.model.values import LONGEST_DAYS

_NOW = Duration(count=0)
_BEFORE = -1


def windows_of(correlated: CorrelatedCriteria) -> tuple[Window, ...]:
    """The windows that say something; two that bound one end of the event, one from each side, are one."""
    within = not correlated.ignore_observation_period
    start = correlated.start_window
    windows = [_window(start, Edge.END if start.use_event_end else Edge.START, within=within)]
    if correlated.end_window is not None:
        end = correlated.end_window
        windows.append(_window(end, Edge.START if end.use_event_end is False else Edge.END, within=within))
    said = [window for window in dict.fromkeys(windows) if window.lower is not None or window.upper is not None]
    match said:
        case [first, second] if first.edge is second.edge and (merged := _merged(first, second)) is not None:
            return (merged,)
        case _:
            return tuple(said)


def is_empty(window: Window) -> bool:
    """Whether it ends before it starts, whatever its anchor's day."""
    lower, upper = window.lower, window.upper
    if lower is None or upper is None or lower.anchor is not upper.anchor:
        return False
    return lower.offset.count > upper.offset.count


def _window(given: Given, edge: Edge, *, within: bool) -> Window:
    anchor = Anchor.END if given.use_index_end else Anchor.START
    return Window(
        lower=_bound(given.start, anchor, edge, within=within, open_side=_BEFORE),
        upper=_bound(given.end, anchor, edge, within=within, open_side=-_BEFORE),
        edge=edge,
    )


def _bound(given: Endpoint, anchor: Anchor, edge: Edge, *, within: bool, open_side: int) -> Bound | None:
    """An endpoint without days is an end of the observation period, which an event starts in anyway; one further off
    than any life lasts is open."""
    if given.days is not None and given.coeff == open_side and given.days > LONGEST_DAYS:
        return None
    if given.days is not None:
        return Bound(offset=Duration(count=given.coeff * given.days), anchor=anchor)
    if not within or (edge is Edge.START and given.coeff == open_side):
        return None
    return Bound(offset=_NOW, anchor=Anchor.OBSERVATION_START if given.coeff == _BEFORE else Anchor.OBSERVATION_END)


def _merged(first: Window, second: Window) -> Window | None:
    if first.upper is None and second.lower is None:
        return Window(lower=first.lower, upper=second.upper, edge=first.edge)
    if first.lower is None and second.upper is None:
        return Window(lower=second.lower, upper=first.upper, edge=first.edge)
    return None
