"""Windows by what they mean, so that each language need only find the words."""

from dataclasses import dataclass

from cohort_dsl.ast import Anchor, Bound, Duration, Edge, Unit, Window

_DAY_BEFORE = Duration(count=-1, unit=Unit.DAY)
_TODAY = Duration(count=0)
_DAY_AFTER = Duration(count=1, unit=Unit.DAY)
_START = Bound(offset=_TODAY)
_END = Bound(offset=_TODAY, anchor=Anchor.END)
_OVERLAPPING = (Window(upper=_END), Window(lower=_START, edge=Edge.END))
_DURING = (Window(lower=_START), Window(upper=_END, edge=Edge.END))
_CONTAINING = (Window(upper=_START), Window(lower=_END, edge=Edge.END))
_MEETING = Window(lower=Bound(offset=_DAY_BEFORE), upper=Bound(offset=_DAY_BEFORE), edge=Edge.END)
_MET_BY = Window(lower=Bound(offset=_DAY_AFTER, anchor=Anchor.END), upper=Bound(offset=_DAY_AFTER, anchor=Anchor.END))


@dataclass(frozen=True, slots=True)
class Overlapping:
    """The event shares a day with the one it is compared with."""


@dataclass(frozen=True, slots=True)
class During:
    """It lies within it."""


@dataclass(frozen=True, slots=True)
class Containing:
    """It contains it."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """It ends on the day before."""


@dataclass(frozen=True, slots=True)
class MetBy:
    """It starts on the day after."""


@dataclass(frozen=True, slots=True)
class Near:
    """At most so much time lies between the two."""

    gap: Duration


Timing = Overlapping | During | Containing | Meeting | MetBy | Near | Window


@dataclass(frozen=True, slots=True)
class AnyTime:
    """No bound."""


@dataclass(frozen=True, slots=True)
class Around:
    """From `before` days, months, … before the anchor to `after` after it; both are positive or zero, both ends are
    included."""

    before: Duration
    after: Duration
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Until:
    """At any time up to the bound."""

    last: Bound


@dataclass(frozen=True, slots=True)
class Since:
    """From the bound on."""

    first: Bound


@dataclass(frozen=True, slots=True)
class Through:
    """From one bound to the other."""

    first: Bound
    last: Bound


Extent = AnyTime | Around | Until | Since | Through


def timings(windows: tuple[Window, ...]) -> tuple[Timing, ...]:
    """Each window, or two of them that are one relation."""
    found: list[Timing] = []
    while windows:
        relation = _relation(windows[:2])
        found.append(relation or _single(windows[0]))
        windows = windows[2 if relation else 1 :]
    return tuple(found)


def extent(window: Window) -> Extent:
    """The bounds of a window in the plainest form."""
    match window:
        case Window(lower=None, upper=None):
            return AnyTime()
        case Window(lower=None, upper=Bound() as last):
            return Until(last)
        case Window(lower=Bound() as first, upper=None):
            return Since(first)
        case Window(lower=Bound() as first, upper=Bound() as last):
            if first.anchor is last.anchor and first.offset.count <= 0 <= last.offset.count:
                before = Duration(count=-first.offset.count, unit=first.offset.unit)
                return Around(before, last.offset, first.anchor)
            return Through(first, last)
        case _:
            raise AssertionError("a window has bounds or none")


def _relation(pair: tuple[Window, ...]) -> Timing | None:
    if pair == _OVERLAPPING:
        return Overlapping()
    if pair == _DURING:
        return During()
    if pair == _CONTAINING:
        return Containing()
    return _gap(pair)


def _gap(pair: tuple[Window, ...]) -> Near | None:
    match pair:
        case (
            Window(lower=None, upper=Bound(offset=latest, anchor=Anchor.END), edge=Edge.START),
            Window(lower=Bound(offset=earliest, anchor=Anchor.START), upper=None, edge=Edge.END),
        ) if latest.count == -earliest.count > 0 and latest.unit is earliest.unit:
            return Near(latest)
        case _:
            return None


def _single(window: Window) -> Timing:
    if window == _MEETING:
        return Meeting()
    return MetBy() if window == _MET_BY else window
