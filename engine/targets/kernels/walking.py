"""Each person's first or last entry that passes all rules, walked to: where rules ask for nothing but the person, the
first day, and how many events lie on days around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Anchor, Bound, CountOperator, Edge, Pick, RuleKind
from engine.catalog.event_index.tables import Runs, Stretches
from engine.catalog.interruption import Interruption
from engine.kernels.groups import Days
from engine.kernels.timelines import Lines
from engine.kernels.walks import NEVER, OVER, Listed, Test, Walk, Way, count_owned, list_owned, set_out, walk_to
from engine.logical.nodes import Condition, Entry, Occurs, RulePlan, Scan
from engine.targets.kernels.counting import is_counted_in_place
from engine.targets.kernels.durations import in_days, room_of
from engine.targets.kernels.entries import Entries, entries_of
from engine.targets.kernels.lines import Line
from engine.targets.kernels.reach import conjuncts, decides
from engine.targets.kernels.records import Mask, frozen
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scans import scan_runs
from engine.targets.kernels.scope import DaysOfEach, Scope
from engine.targets.kernels.timelines import are_many, lines_of

Codes = npt.NDArray[np.uint16]

_TOGETHER = 16_384
"""People who walk together: what is read of them stays in the cache until all have arrived."""
_NONE, _NO_DAYS = frozen(np.zeros(0, np.int64)), frozen(np.zeros(0, np.int32))
_ALL = frozen(np.zeros(0, np.uint16)), frozen(np.zeros(0, np.bool_)), False
"""All events count, whatever their concept."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A condition on how many events of a scan there are."""

    scan: Scan
    test: Test


def counted_of(rules: Sequence[RulePlan]) -> tuple[Counted, ...] | None:
    """What the rules count, beside what is decided by the days that entries may start on; absent where they ask for
    anything else."""
    found: list[Counted] = []
    for rule in rules:
        for condition, is_met in _conditions(rule):
            if is_met and decides(condition):
                continue
            counted = _counted(condition, is_met=is_met)
            if counted is None:
                return None
            found.append(counted)
    return tuple(found)


def _conditions(rule: RulePlan) -> Iterator[tuple[Condition, bool]]:
    """Conditions that have to be met, or must not be, for the rule to let an entry through."""
    if rule.kind is RuleKind.EXCLUDE:
        yield rule.condition, False
        return
    for condition in conjuncts(rule.condition):
        yield condition, True


def _counted(condition: Condition, *, is_met: bool) -> Counted | None:
    if not (isinstance(condition, Occurs) and isinstance(condition.events, Scan) and is_counted_in_place(condition)):
        return None
    days = _days_around(condition)
    if days is None:
        return None
    least, most = _wanted(condition, is_met=is_met)
    if least > most:
        return None
    enough = least if most == NEVER else most + 1
    return Counted(condition.events, Test(*days, condition.within_observation, least, most, max(1, enough)))


def _wanted(condition: Occurs, *, is_met: bool) -> tuple[int, int]:
    """The least and the greatest number of events that pass, of which the least is greater where there are none or they
    are not together."""
    number = condition.number
    match condition.operator, is_met:
        case (CountOperator.AT_LEAST, True):
            return number, NEVER
        case (CountOperator.AT_LEAST, False):
            return 0, number - 1
        case (CountOperator.AT_MOST, True):
            return 0, number
        case (CountOperator.AT_MOST, False):
            return number + 1, NEVER
        case (CountOperator.EXACTLY, True):
            return number, number
        case _:
            return (1, NEVER) if number == 0 else (1, 0)


def _days_around(condition: Occurs) -> tuple[int, int] | None:
    """The days from and to, after the first day of the entry, on which all windows let events start; absent where they
    depend on anything else."""
    since, until = -NEVER, NEVER
    for window in condition.windows:
        if window.edge is not Edge.START:
            return None
        for bound in (window.lower, window.upper):
            if bound is not None and (bound.anchor is not Anchor.START or in_days(bound.offset)[1]):
                return None
        since, until = max(since, _days(window.lower, -NEVER)), min(until, _days(window.upper, NEVER))
    return since, until


def _days(bound: Bound | None, otherwise: int) -> int:
    return otherwise if bound is None else max(-NEVER, min(NEVER, in_days(bound.offset)[0]))


def walked_entries(
    line: Line, reach: DaysOfEach, entry: Entry, counted: Sequence[Counted], which: Pick, relations: Relations
) -> Entries:
    """One entry of each person of the line who has one within reach that passes, in order of person. They have no
    visits."""
    way = Way(line.start, relations.sources.periods, room_of(entry), which is Pick.LATEST)
    walk = _at_home(line)
    _walk(way, walk, reach, [(each.test, _listed(each.scan, relations)) for each in counted], relations.stop)
    arrived = np.flatnonzero(walk.at != OVER)
    return entries_of(
        relations.scope,
        walk.person[arrived],
        walk.day[arrived],
        line.ends_of(walk.at[arrived]),
        walk.observed_from[arrived],
        walk.observed_to[arrived],
        None,
    )


def _at_home(line: Line) -> Walk:
    """Everybody before the first step."""
    size = line.person.size
    return Walk(
        person=frozen(line.person),
        low=line.low.copy(),
        high=line.high.copy(),
        at=np.empty(size, np.int64),
        period=np.empty(size, np.int64),
        day=np.empty(size, np.int32),
        observed_from=np.empty(size, np.int32),
        observed_to=np.empty(size, np.int32),
        met=np.zeros(size, np.uint16),
    )


def _walk(way: Way, walk: Walk, reach: DaysOfEach, tests: Sequence[tuple[Test, Listed]], stop: Interruption) -> None:
    """Let everybody set out within reach, and walk until all tests are met, one after another as often as it takes."""
    for first in range(0, walk.person.size, _TOGETHER):
        last = min(first + _TOGETHER, walk.person.size)
        set_out(way, walk, reach.since, reach.until, first, last)
        waiting = first + np.flatnonzero(walk.at[first:last] != OVER)
        for test, listed in cycle(tests):
            stop.check()
            if not waiting.size:
                break
            waiting = waiting[: walk_to(way, walk, test, listed, len(tests), waiting)]


def _listed(scan: Scan, relations: Relations) -> Listed:
    """The events of a scan that people of the block have, compared with their checksums."""
    scope, table = relations.scope, relations.sources.index.tables.get(scan.domain)
    if table is None or table.runs is None:
        return Listed(scope.start, frozen(np.zeros(scope.size + 1, np.int64)), _NONE, _NONE, _NO_DAYS, *_ALL)
    if scan.concepts is None and table.timelines is not None:
        return _of_timelines(lines_of(table, scope), scope, *_ALL)
    own = scope.narrowed(table.runs.person, scan_runs(scan, relations.sources.index))
    table.runs.check(own)
    span = table.runs.row[own[0]], table.runs.row[own[1]]
    if are_many(table, own, span, scope):
        lines = lines_of(table, scope)
        return _of_timelines(lines, scope, lines.concept, frozen(table.has(scan.concepts)), True)
    table.columns["start"].check(span)
    return _of_runs(table.runs, own, table.columns["start"].stored, scope)


def _of_timelines(lines: Lines, scope: Scope, concept: Codes, wanted: Mask, is_chosen: bool) -> Listed:
    offsets = frozen(np.arange(scope.size + 1))
    first, last = lines.offsets[scope.start : scope.stop], lines.offsets[scope.start + 1 : scope.stop + 1]
    return Listed(scope.start, offsets, first, last, lines.start, concept, wanted, is_chosen)


def _of_runs(runs: Runs, own: Stretches, start: Days, scope: Scope) -> Listed:
    size = int((own[1] - own[0]).sum())
    offsets, first, last = np.empty(scope.size + 1, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
    count_owned(*own, runs.person, scope.start, offsets)
    list_owned(*own, runs.person, runs.row, scope.start, offsets, first, last)
    return Listed(scope.start, frozen(offsets), frozen(first), frozen(last), start, *_ALL)
