"""What the kernels of walks compute, in plain Python: the same names and arguments. No day is leapt over."""

import numpy as np

from engine.kernels.event_twins import has_room
from engine.kernels.events import Periods, Room
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows, Whole
from engine.kernels.row_twins import clip_days
from engine.kernels.walks import OVER, Listed, Test, Walk, Way


def set_out(way: Way, walk: Walk, since: Days, until: Days, first: Whole, last: Whole) -> None:
    own = slice(first, last)
    low, high = walk.low[own].copy(), walk.high[own].copy()
    clip_days(way.start, low, high, since[own], until[own], walk.low[own], walk.high[own])
    for i in range(first, last):
        _stand(way, walk, i, next(iter(_stops(way, walk, i)), None))


def walk_to(way: Way, walk: Walk, test: Test, listed: Listed, needed: int, waiting: Rows) -> int:
    left = []
    for i in waiting.tolist():
        stops = _stops(way, walk, i)
        later = stops[stops.index((int(walk.at[i]), int(walk.period[i]))) :]
        met = [stop for stop in later if _is_met(way, walk, test, listed, i, stop)]
        walk.met[i] = walk.met[i] + 1 if met and met[0] == later[0] else 1
        _stand(way, walk, i, met[0] if met else None)
        if met and walk.met[i] < needed:
            left.append(i)
    waiting[: len(left)] = left
    return len(left)


def count_owned(first: Rows, last: Rows, person: People, base: int, offsets: Rows) -> None:
    owners = _owners(first, last, person)
    offsets[:] = np.searchsorted(np.sort(owners), np.arange(offsets.size) + base)


def list_owned(
    first: Rows,
    last: Rows,
    person: People,
    row: Rows,
    base: int,  # noqa: ARG001  # only the order of people matters
    offsets: Rows,  # noqa: ARG001
    out_first: Rows,
    out_last: Rows,
) -> None:
    runs = _runs(first, last)
    order = np.argsort(_owners(first, last, person), kind="stable")
    out_first[:], out_last[:] = row[runs[order]], row[runs[order] + 1]


def _runs(first: Rows, last: Rows) -> Rows:
    listed = [np.arange(low, high) for low, high in zip(first, last, strict=True)]
    return np.concatenate([np.zeros(0, np.int64), *listed])


def _owners(first: Rows, last: Rows, person: People) -> Rows:
    return person[_runs(first, last)].astype(np.int64)


def _stops(way: Way, walk: Walk, i: int) -> list[tuple[int, int]]:
    """Where a person may stop, in the order of the way: the first event of a day, and a period it lies in with room."""
    places = np.arange(walk.low[i], walk.high[i])
    days, first = np.unique(way.start[places], return_index=True)
    order = slice(None, None, -1 if way.is_backwards else 1)
    opened = zip(days[order].tolist(), places[first[order]].tolist(), strict=True)
    return [(at, period) for day, at in opened for period in _open_periods(way.periods, way.room, walk, i, day)]


def _open_periods(periods: Periods, room: Room, walk: Walk, i: int, day: int) -> list[int]:
    person = int(walk.person[i])
    own = range(int(periods.offsets[person]), int(periods.offsets[person + 1]))
    return [period for period in own if has_room(day, int(periods.start[period]), int(periods.end[period]), room)]


def _stand(way: Way, walk: Walk, i: int, stop: tuple[int, int] | None) -> None:
    if stop is None:
        walk.at[i] = walk.period[i] = OVER
        return
    at, period = walk.at[i], walk.period[i] = stop
    walk.day[i] = way.start[at]
    walk.observed_from[i], walk.observed_to[i] = way.periods.start[period], way.periods.end[period]


def _is_met(way: Way, walk: Walk, test: Test, listed: Listed, i: int, stop: tuple[int, int]) -> bool:
    at, period = stop
    since, until = int(way.start[at]) + test.since, int(way.start[at]) + test.until
    if test.is_observed:
        since, until = max(since, int(way.periods.start[period])), min(until, int(way.periods.end[period]))
    own, number = int(walk.person[i]) - listed.base, 0
    for stretch in range(int(listed.offsets[own]), int(listed.offsets[own + 1])):
        for place in range(int(listed.first[stretch]), int(listed.last[stretch])):
            is_wanted = not listed.is_chosen or bool(listed.wanted[listed.concept[place]])
            number += since <= int(listed.start[place]) <= until and is_wanted
    return test.least <= number <= test.most
