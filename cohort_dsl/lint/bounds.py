"""What can be said for certain about the order of days that windows are bounded by."""

from collections.abc import Iterable

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Unit, Window

_DAYS = {Unit.DAY: (1, 1), Unit.WEEK: (7, 7), Unit.MONTH: (28, 31), Unit.YEAR: (365, 366)}
_USUAL = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.YEAR: 365}
_NOT_BEFORE: dict[Anchor, frozenset[Anchor]] = {
    Anchor.OBSERVATION_START: frozenset(Anchor),
    Anchor.START: frozenset((Anchor.START, Anchor.END, Anchor.OBSERVATION_END)),
    Anchor.END: frozenset((Anchor.END,)),
    Anchor.OBSERVATION_END: frozenset((Anchor.OBSERVATION_END,)),
}
"""Which anchors never lie before one. An event may end after its observation period."""

INDEX_DAY = Bound(offset=Duration(count=0))
_FIRST_OBSERVED = Bound(offset=Duration(count=0), anchor=Anchor.OBSERVATION_START)
_LAST_OBSERVED = Bound(offset=Duration(count=0), anchor=Anchor.OBSERVATION_END)


def usual_days(duration: Duration) -> int:
    """The duration with months of 30 days and years of 365, to compare how long two of them are meant to be."""
    return duration.count * _USUAL[duration.unit]


def is_never_after(one: Bound, other: Bound) -> bool:
    """Whether the first day is the second or an earlier one, whatever the dates."""
    return other.anchor in _NOT_BEFORE[one.anchor] and _offsets_never_fall(one.offset, other.offset)


def is_always_before(one: Bound, other: Bound) -> bool:
    """Whether the first day is an earlier one than the second, whatever the dates."""
    return other.anchor in _NOT_BEFORE[one.anchor] and _offsets_rise(one.offset, other.offset)


def is_never_open(windows: Iterable[Window], *, observed: bool, starts_observation: bool = False) -> bool:
    """Whether no event can lie in all of the windows.

    With `observed`, events start inside the observation period; with `starts_observation` that begins on the index day.
    """
    lowers = {edge: [w.lower for w in windows if w.edge is edge and w.lower is not None] for edge in Edge}
    uppers = {edge: [w.upper for w in windows if w.edge is edge and w.upper is not None] for edge in Edge}
    if observed:
        lowers[Edge.START].append(INDEX_DAY if starts_observation else _FIRST_OBSERVED)
        uppers[Edge.START].append(_LAST_OBSERVED)
    lowers[Edge.END] += lowers[Edge.START]  # an event does not end before it starts
    return any(is_always_before(upper, lower) for edge in Edge for upper in uppers[edge] for lower in lowers[edge])


def is_within(inner: Iterable[Window], outer: Iterable[Window]) -> bool:
    """Whether every event that lies in all of the inner windows lies in all of the outer ones, for certain."""
    return all(any(_covers(wide, narrow) for narrow in inner) for wide in outer)


def contains_index(windows: Iterable[Window]) -> bool:
    """Whether an event that is the index event itself lies in all of the windows."""
    return all(
        (window.lower is None or is_never_after(window.lower, _edge_of_index(window.edge)))
        and (window.upper is None or is_never_after(_edge_of_index(window.edge), window.upper))
        for window in windows
    )


def is_before_index(windows: Iterable[Window]) -> bool:
    """Whether every event in the windows starts before the index day."""
    return any(window.upper is not None and is_always_before(window.upper, INDEX_DAY) for window in windows)


def is_after_index(windows: Iterable[Window]) -> bool:
    """Whether every event in the windows starts after the index day."""
    starts = (window.lower for window in windows if window.edge is Edge.START)
    return any(lower is not None and is_always_before(INDEX_DAY, lower) for lower in starts)


def _covers(wide: Window, narrow: Window) -> bool:
    is_low = wide.lower is None or (narrow.lower is not None and is_never_after(wide.lower, narrow.lower))
    is_high = wide.upper is None or (narrow.upper is not None and is_never_after(narrow.upper, wide.upper))
    return (wide.edge is narrow.edge and is_low and is_high) or (wide.lower is None and wide.upper is None)


def _edge_of_index(edge: Edge) -> Bound:
    return Bound(offset=Duration(count=0), anchor=Anchor.START if edge is Edge.START else Anchor.END)


def _offsets_never_fall(one: Duration, other: Duration) -> bool:
    if one.unit is other.unit:
        return one.count <= other.count
    return max(_range(one)) <= min(_range(other))


def _offsets_rise(one: Duration, other: Duration) -> bool:
    if one.unit is other.unit:
        return one.count < other.count
    return max(_range(one)) < min(_range(other))


def _range(offset: Duration) -> tuple[int, int]:
    """The fewest and the most days an offset can be, in either order."""
    shortest, longest = _DAYS[offset.unit]
    return offset.count * shortest, offset.count * longest
