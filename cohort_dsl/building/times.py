"""Durations and the windows built from them."""

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Moved, Unit, Window

TODAY = Duration(count=0)


def days(count: int) -> Duration:
    """So many days; negative is before."""
    return Duration(count=count)


def weeks(count: int) -> Duration:
    """So many weeks."""
    return Duration(count=count, unit=Unit.WEEK)


def months(count: int) -> Duration:
    """So many calendar months."""
    return Duration(count=count, unit=Unit.MONTH)


def years(count: int) -> Duration:
    """So many calendar years."""
    return Duration(count=count, unit=Unit.YEAR)


def window(
    lower: Duration | None, upper: Duration | None, *, anchor: Anchor = Anchor.START, edge: Edge = Edge.START
) -> Window:
    """From `lower` to `upper` after the anchor, both included; an absent one is open."""
    return Window(
        lower=None if lower is None else Bound(offset=lower, anchor=anchor),
        upper=None if upper is None else Bound(offset=upper, anchor=anchor),
        edge=edge,
    )


def opposite(duration: Duration) -> Duration:
    """As long, the other way."""
    return Duration(count=-duration.count, unit=duration.unit)


def from_start(offset: Duration) -> Moved:
    """The day so long after an event's first; negative is before."""
    return Moved(offset=offset)


def from_end(offset: Duration) -> Moved:
    """The day so long after an event's last; negative is before."""
    return Moved(offset=offset, edge=Edge.END)
