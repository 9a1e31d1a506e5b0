"""What a fragment of a plan is likely to cost and to let through, from statistics of the release.

Estimates decide in which order work is done and what of it is worth narrowing. No answer depends on them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import assert_never

from cohort_dsl.ast import Between, Compare, CountOperator, Pick, RuleKind
from engine.catalog.statistics import Events, ReleaseStatistics
from engine.logical.nodes import (
    Answered,
    AnswerScan,
    Atom,
    Burdened,
    Carrier,
    CohortEntries,
    Condition,
    CountOf,
    Covering,
    Entry,
    EraJoin,
    EventRelation,
    Every,
    EveryoneOn,
    ExitPlan,
    Filter,
    GapsBetween,
    Having,
    IsUnknown,
    Negation,
    NoCallAt,
    NotAnswered,
    Nth,
    Occurs,
    Paired,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    PhasedPair,
    Respan,
    RulePlan,
    Scan,
    Scored,
    Some,
    Trending,
)
from engine.physical.chance import at_least, share_of_time

_A_TEST = 0.4
"""Share that one test of a value, a date or an attribute lets through; nothing is known of it."""
_A_WINDOW = 0.5
"""Share of the people with an event who have one inside of a window around an entry."""
_RARE = 0.02
"""Share of the people with the genotype asked for: most questions are of rare variants."""
_ANSWERED = 0.8

_MOST_SCANS = 4_096
"""Scans whose numbers are kept."""

ENTRY_BYTES = 28
"""What an entry takes: person, four days and a visit."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Rows of a node's result, bytes it takes, events read for it, and milliseconds."""

    rows: int
    bytes: int
    events: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What a target needs: milliseconds whatever the fragment, nanoseconds for each event read and each entry."""

    fixed: float
    event: float
    entry: float


SPEEDS = {
    "kernels": Speed(fixed=1.0, event=2.5, entry=5.0),
    "duckdb": Speed(fixed=20.0, event=40.0, entry=60.0),
    "polars": Speed(fixed=20.0, event=40.0, entry=60.0),
}
"""From the processor time, halved for two cores, of entries from 12.4 million events and a condition over 14.4 million,
of 770,000 people with 750 million: 6 and 4 ns an event (kernels), 250 and 52 (DuckDB), 340 and 31 (Polars), on a busy
machine. They put fragments in an order; no more is asked of them."""

GENOTYPES_MS = 3.0
"""A genotype condition over everybody, as measured in docs/understand/genotype-speed.md for a gene."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimates for one release. What is known of a scan is added up once, whoever asks; safe to use from several
    threads, for it does not matter which of two that add up the same is kept."""

    statistics: ReleaseStatistics
    _known: dict[Scan, Events] = field(default_factory=dict)

    def entries(self, entry: Entry, target: str) -> Estimate:
        """Of a cohort's entries: how many there are."""
        if isinstance(entry.events, EveryoneOn):
            events, rows = self.statistics.persons, float(self.statistics.persons)
        else:
            read = list(map(self.events, entry.events))
            events, rows = sum(read), sum(map(self._kept, entry.events, read))
        rows = rows if entry.pick is Pick.ALL else min(rows, self.statistics.persons)
        return self._estimate(target, rows=rows, width=ENTRY_BYTES, events=events, entries=rows)

    def last_days(self, exit: ExitPlan, target: str, entries: int) -> Estimate:
        """Of the days that entries end on."""
        exposures = exit.exposure.exposures if exit.exposure is not None else ()
        events = sum(map(self.events, (*exit.censors, *exposures)))
        return self._estimate(target, rows=entries, width=4, events=events, entries=entries)

    def column(self, atom: Atom, target: str, entries: int) -> Estimate:
        """Of a condition over entries: for how many it is true."""
        events = self.events(atom.events) if isinstance(atom, Occurs) else 0
        found = self._estimate(target, rows=entries * self.share(atom), width=0, events=events, entries=entries)
        return Estimate(rows=found.rows, bytes=entries, events=events, milliseconds=found.milliseconds)

    def people(self, atom: Atom) -> Estimate:
        """Of a genotype condition: for how many people it is true."""
        persons = self.statistics.persons
        return Estimate(rows=round(persons * self.share(atom)), bytes=persons // 4, events=0, milliseconds=GENOTYPES_MS)

    def passing(self, rule: RulePlan) -> float:
        """The share of entries that a rule lets through."""
        share = self.share(rule.condition)
        return share if rule.kind is RuleKind.INCLUDE else 1 - share

    def share(self, condition: Condition) -> float:
        """The share of entries for which a condition is true, parts being taken as independent."""
        match condition:
            case Every(parts=parts):
                return reduce(lambda all_, part: all_ * self.share(part), parts, 1.0)
            case Some(parts=parts):
                return 1 - reduce(lambda none, part: none * (1 - self.share(part)), parts, 1.0)
            case CountOf(parts=parts):
                return sum(map(self.share, parts)) / max(1, len(parts))
            case Negation(part=part):
                return 1 - self.share(part)
            case IsUnknown():
                return 1 - _ANSWERED
            case Occurs():
                return self._occurring(condition)
            case PersonRange(test=test):
                return _A_TEST if isinstance(test, Compare | Between) else 1.0
            case PersonText() | PersonConcept() | Answered():
                return _A_TEST
            case PersonUnrecorded() | NotAnswered() | NoCallAt():
                return 1 - _ANSWERED
            case Carrier() | Burdened() | Paired() | PhasedPair() | Scored():
                return _RARE
            case _:
                assert_never(condition)

    def events(self, events: EventRelation) -> int:
        """How many rows of event tables are read for a relation."""
        match events:
            case Scan():
                return self._scanned(events).rows
            case EraJoin(sources=sources):
                return sum(map(self.events, sources))
            case AnswerScan() | CohortEntries():
                return self.statistics.persons
            case Trending(source=source):
                return 2 * self.events(source)
            case Filter(source=source) | Respan(source=source) | Covering(source=source) | Having(source=source):
                return self.events(source)
            case GapsBetween(source=source) | Nth(source=source):
                return self.events(source)
            case _:
                assert_never(events)

    def _scanned(self, scan: Scan) -> Events:
        known = self._known.get(scan)
        if known is None:
            if len(self._known) >= _MOST_SCANS:
                self._known.clear()
            known = self._known[scan] = self.statistics.events(scan.domain, scan.concepts)
        return known

    def _kept(self, events: EventRelation, read: float) -> float:
        """How many events a relation has in the end, for which so many rows are read."""
        match events:
            case Filter(source=source) | Having(source=source) | Covering(source=source):
                return self._kept(source, read) * _A_TEST
            case Trending(source=source):
                return self._kept(source, read / 2) * _A_TEST
            case Nth(source=source):
                return self.statistics.persons * self._persons(source)
            case EraJoin() | GapsBetween() | Respan() | Scan() | AnswerScan() | CohortEntries():
                return read
            case _:
                assert_never(events)

    def _occurring(self, atom: Occurs) -> float:
        match atom.operator:
            case CountOperator.AT_LEAST:
                return self._having(atom, atom.number)
            case CountOperator.AT_MOST:
                return 1 - self._having(atom, atom.number + 1)
            case CountOperator.EXACTLY:
                return self._having(atom, atom.number) - self._having(atom, atom.number + 1)
            case _:
                assert_never(atom.operator)

    def _having(self, atom: Occurs, number: int) -> float:
        """The share of entries that have so many events in the windows, or more. Events come together, and so more of
        them near an entry than far away: the middle of what chance alone gives and of half of the people."""
        if number == 0:
            return 1.0
        persons = self._persons(atom.events)
        each = self._kept(atom.events, self.events(atom.events)) / max(1.0, persons * self.statistics.persons)
        by_chance = at_least(number, each * share_of_time(atom.windows, self._days(atom.events)))
        if not atom.windows:
            return persons * by_chance
        return persons * math.sqrt(by_chance * _A_WINDOW**number)

    def _days(self, events: EventRelation) -> int:
        """Days from the first to the last event of the scans of a relation."""
        match events:
            case Scan():
                found = self._scanned(events)
                return found.last_day - found.first_day + 1
            case EraJoin(sources=sources):
                return max(map(self._days, sources), default=1)
            case AnswerScan() | CohortEntries():
                return 1
            case _:
                return self._days(events.source)

    def _persons(self, events: EventRelation) -> float:
        """The share of people with such an event."""
        everybody = max(1, self.statistics.persons)
        match events:
            case Scan():
                return self._scanned(events).persons / everybody
            case EraJoin(sources=sources):
                return min(1.0, sum(map(self._persons, sources)))
            case AnswerScan():
                return _ANSWERED
            case CohortEntries():
                return _A_TEST
            case Filter(source=source) | Having(source=source) | Covering(source=source) | Trending(source=source):
                return self._persons(source) * _A_TEST
            case Respan(source=source) | GapsBetween(source=source) | Nth(source=source):
                return self._persons(source)
            case _:
                assert_never(events)

    def _estimate(self, target: str, *, rows: float, width: int, events: int, entries: float) -> Estimate:
        speed = SPEEDS[target]
        return Estimate(
            rows=round(rows),
            bytes=round(rows * width),
            events=events,
            milliseconds=speed.fixed + (events * speed.event + entries * speed.entry) / 1e6,
        )


def cost_order(costs: Sequence[float], passing: Sequence[float]) -> list[int]:
    """Positions of conjunctive rules, first those that keep most out for what they cost.

    The order that is cheapest when parts are independent (Hellerstein and Stonebraker 1993, SIGMOD, 267).
    """
    return sorted(range(len(costs)), key=lambda at: costs[at] / max(1e-6, 1 - passing[at]))
