"""How often events occur, and when."""

from dataclasses import dataclass, replace

from cohort_dsl.ast import Anchor, Bound, Count, CountOperator, Distinct, Duration, Edge, Occurrence, Window
from cohort_dsl.building.events import EventsLike, as_events
from cohort_dsl.building.times import TODAY, days, opposite, window

INDEX_START = Bound(offset=TODAY)
INDEX_END = Bound(offset=TODAY, anchor=Anchor.END)


@dataclass(frozen=True, slots=True)
class OccurrenceBuilder:
    """An occurrence; the methods say when, relative to the index event, or to the event of the `having` it is in.
    `ending` turns a window to the event's end."""

    made: Occurrence

    def during(self, when: Window) -> "OccurrenceBuilder":
        """In a window, besides those already given."""
        return OccurrenceBuilder(replace(self.made, windows=(*self.made.windows, when)))

    def before_index(self) -> "OccurrenceBuilder":
        """Before the index day."""
        return self.during(window(None, days(-1)))

    def on_or_before_index(self) -> "OccurrenceBuilder":
        """On the index day or before."""
        return self.during(window(None, TODAY))

    def after_index(self) -> "OccurrenceBuilder":
        """After the index day."""
        return self.during(window(days(1), None))

    def on_or_after_index(self) -> "OccurrenceBuilder":
        """On the index day or after."""
        return self.during(window(TODAY, None))

    def on_index(self) -> "OccurrenceBuilder":
        """On the index day."""
        return self.during(window(TODAY, TODAY))

    def within(self, *, before: Duration | None = None, after: Duration | None = None) -> "OccurrenceBuilder":
        """No further from the index day than this, before, after or both; the index day counts."""
        return self.during(window(TODAY if before is None else opposite(before), after or TODAY))

    def ending(self) -> "OccurrenceBuilder":
        """The last window is about the event's end."""
        *others, latest = self.made.windows
        return OccurrenceBuilder(replace(self.made, windows=(*others, replace(latest, edge=Edge.END))))

    def overlapping_index(self) -> "OccurrenceBuilder":
        """Shares a day with the index event."""
        return self.during(Window(upper=INDEX_END)).during(Window(lower=INDEX_START, edge=Edge.END))

    def during_index(self) -> "OccurrenceBuilder":
        """Lies within the index event."""
        return self.during(Window(lower=INDEX_START)).during(Window(upper=INDEX_END, edge=Edge.END))

    def containing_index(self) -> "OccurrenceBuilder":
        """The index event lies within it."""
        return self.during(Window(upper=INDEX_START)).during(Window(lower=INDEX_END, edge=Edge.END))

    def meeting_index(self) -> "OccurrenceBuilder":
        """Ends on the day before the index event."""
        return self.during(window(days(-1), days(-1), edge=Edge.END))

    def met_by_index(self) -> "OccurrenceBuilder":
        """Starts on the day after the index event."""
        return self.during(window(days(1), days(1), anchor=Anchor.END))

    def with_gap_to_index(self, at_most: Duration) -> "OccurrenceBuilder":
        """Not further from the index event than this, on either side."""
        latest, earliest = Bound(offset=at_most, anchor=Anchor.END), Bound(offset=opposite(at_most))
        return self.during(Window(upper=latest)).during(Window(lower=earliest, edge=Edge.END))

    def at_same_visit(self) -> "OccurrenceBuilder":
        """Only events of the index event's visit."""
        return OccurrenceBuilder(replace(self.made, same_visit=True))

    def ignoring_observation(self) -> "OccurrenceBuilder":
        """Also events outside the observation period of the index event."""
        return OccurrenceBuilder(replace(self.made, ignoring_observation=True))


def any_(of: EventsLike) -> OccurrenceBuilder:
    """At least one event."""
    return _counted(of, CountOperator.AT_LEAST, 1, None)


def no(of: EventsLike) -> OccurrenceBuilder:
    """Not one event."""
    return _counted(of, CountOperator.EXACTLY, 0, None)


def at_least(number: int, of: EventsLike, *, distinct: str | None = None) -> OccurrenceBuilder:
    """So many events or more; `distinct` counts `"dates"`, `"visits"`, `"concepts"` and so on."""
    return _counted(of, CountOperator.AT_LEAST, number, distinct)


def at_most(number: int, of: EventsLike, *, distinct: str | None = None) -> OccurrenceBuilder:
    """So many events or fewer."""
    return _counted(of, CountOperator.AT_MOST, number, distinct)


def exactly(number: int, of: EventsLike, *, distinct: str | None = None) -> OccurrenceBuilder:
    """So many events."""
    return _counted(of, CountOperator.EXACTLY, number, distinct)


def _counted(of: EventsLike, operator: CountOperator, number: int, distinct: str | None) -> OccurrenceBuilder:
    count = Count(operator=operator, number=number, distinct=None if distinct is None else Distinct(distinct))
    return OccurrenceBuilder(Occurrence(events=as_events(of), count=count))
