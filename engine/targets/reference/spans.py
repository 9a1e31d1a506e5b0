"""Events joined into eras, and the gaps between them."""

import datetime
from collections.abc import Sequence

from engine.targets.reference.data import Period
from engine.targets.reference.fields import Event

_ONE_DAY = datetime.timedelta(days=1)


def eras(events: Sequence[Event], gap_days: int) -> list[Period]:
    """First and last days of the eras of one person's events: one continues an era when it starts at most `gap_days`
    after the latest end in it."""
    found: list[Period] = []
    for start, end in sorted((event.start, event.end) for event in events):
        if found and (start - found[-1][1]).days <= gap_days:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def gaps(events: Sequence[Event], at_least_days: int) -> list[Period]:
    """First and last days of the gaps between one person's events of so many days or more. An event lasts one day at
    least, its first, though sources have some end before that."""
    found: list[Period] = []
    ordered = sorted(events, key=lambda event: event.start)
    for number in range(1, len(ordered)):
        start = ordered[number].start
        latest_end = max(max(event.start, event.end) for event in ordered[:number])
        if (start - latest_end).days - 1 >= at_least_days:
            found.append((latest_end + _ONE_DAY, start - _ONE_DAY))
    return found


def numbered(person: int, spans: Sequence[Period]) -> list[Event]:
    """Spans as events, keyed from 1 in their order."""
    return [Event(person=person, start=start, end=end, key=key) for key, (start, end) in enumerate(spans, 1)]
