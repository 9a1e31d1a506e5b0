"""Whether a document gets around the step by which its author may name dates, by counting days from a named date or by
comparing a day that was moved with one.

A tier that names whole years cannot ask who was ill on 17 January 2016. It could if it moved events by 16 days and took
those before that year; or if it stood on 1 January and looked 16 days ahead. Counting days between events is not this:
they are the people's own days, and no date is named.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cohort_dsl.ast import (
    Answers,
    Cohort,
    CohortEvents,
    Duration,
    Edge,
    Eras,
    EventQuery,
    Events,
    Everyone,
    Gaps,
    Occurrence,
    PersonTest,
    Sequence,
    Spanning,
    Survey,
    Unit,
    Window,
)
from cohort_dsl.tree import span_of, walk
from schemas.access import DateStep
from schemas.errors import Span

Library = Mapping[str, Cohort]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong, and where."""

    reason: str
    span: Span | None


_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """What is known of the days of some events: `named` where they are calendar dates, `moved` where they are days that
    were recorded, and so many days before or after."""

    named: bool = False
    moved: bool = False

    def with_(self, other: "_Days") -> "_Days":
        return _Days(named=self.named or other.named, moved=self.moved or other.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDays:
    """The rule for one step; `library` holds the cohorts that documents refer to."""

    step: DateStep
    library: Library

    def wrong(self, cohort: Cohort) -> Iterator[Wrong]:
        """Everything in a document that names days inside of a step; those of cohorts it refers to are their own."""
        if self.step is DateStep.DAY:
            return
        index = self._index_days(cohort)
        for events in self._of_index(cohort):
            yield from self._in_events(events)
        for part in (cohort.qualify, cohort.rules):
            yield from self._in_criteria(part, index)
        for censor in cohort.exit.censors:
            yield from self._in_events(censor)
        if index.named and (self._moves_end(cohort) or not self._is_observed_whole(cohort)):
            yield Wrong(reason=self._counted(), span=span_of(cohort.index))
        if cohort.study_period is not None and (index.moved or self._moves_end(cohort)):
            yield Wrong(reason=self._moved("a study period"), span=span_of(cohort.study_period))

    def wrong_by_time(self, cohort: Cohort) -> Iterator[Wrong]:
        """What is wrong with telling a cohort's people apart by the year, or any interval, that they enter it in."""
        if self.step is not DateStep.DAY and self._index_days(cohort).moved:
            yield Wrong(reason=self._moved("the calendar"), span=span_of(cohort.index))

    def _index_days(self, cohort: Cohort, seen: frozenset[str] = frozenset()) -> _Days:
        """What is known of the days that a cohort's entries start on."""
        if isinstance(cohort.index.events, Everyone):
            return _Days(named=cohort.index.events.on is not None)
        found = _Days()
        for events in cohort.index.events:
            found = found.with_(self._days(events, seen))
        return found

    def _days(self, events: Events, seen: frozenset[str] = frozenset()) -> _Days:
        match events:
            case EventQuery(spanning=spanning, covering=covering):
                return _Days(named=covering is not None, moved=self._moves(spanning))
            case CohortEvents(name=name):
                other = self.library.get(name)
                return _Days() if other is None or name in seen else self._index_days(other, seen | {name})
            case Eras(events=inner) | Gaps(events=inner) | Sequence(first=inner):
                return self._days(inner)
            case Answers():
                return _Days()

    def _in_events(self, events: Events) -> Iterator[Wrong]:
        """What is wrong with how events are chosen."""
        for visit in walk(events, closed=(EventQuery,)):
            if isinstance(visit.value, EventQuery):
                yield from self._in_query(visit.value)
            if isinstance(visit.value, Sequence):
                named = any(self._days(query).named for query in (visit.value.first, *_steps(visit.value)))
                if named and any(
                    step.within is not None and not self._is_whole(step.within) for step in visit.value.steps
                ):
                    yield Wrong(reason=self._counted(), span=span_of(visit.value))

    def _in_query(self, query: EventQuery) -> Iterator[Wrong]:
        days = self._days(query)
        if days.moved and (query.covering is not None or _names_date(query.where)):
            yield Wrong(reason=self._moved("a date"), span=span_of(query))
        yield from self._in_criteria(query.having, days)

    def _in_criteria(self, criteria: object, index: _Days) -> Iterator[Wrong]:
        """What is wrong with criteria about events with these days."""
        for visit in walk(criteria, closed=(Occurrence,)):
            match visit.value:
                case Occurrence() as occurrence:
                    yield from self._in_occurrence(occurrence, index)
                case Survey(window=Window() as window):
                    if index.named and not self._is_whole_window(window):
                        yield Wrong(reason=self._counted(), span=visit.span)
                case PersonTest(test=test):
                    if index.moved and _names_date(test):
                        yield Wrong(reason=self._moved("a date"), span=visit.span)
                case _:
                    pass

    def _in_occurrence(self, occurrence: Occurrence, index: _Days) -> Iterator[Wrong]:
        days = self._days(occurrence.events)
        windows = occurrence.windows
        is_moved = days.moved or (self._ends_moved(occurrence.events) and any(w.edge is Edge.END for w in windows))
        if (index.named or days.named) and not all(map(self._is_whole_window, windows)):
            yield Wrong(reason=self._counted(), span=span_of(occurrence))
        elif windows and ((index.named and is_moved) or (index.moved and days.named)):
            yield Wrong(reason=self._moved("a named date"), span=span_of(occurrence))
        yield from self._in_events(occurrence.events)

    def _moves(self, spanning: Spanning | None) -> bool:
        return spanning is not None and not (
            self._is_whole(spanning.start.offset) and self._is_whole(spanning.end.offset)
        )

    def _ends_moved(self, events: Events) -> bool:
        other = self.library.get(events.name) if isinstance(events, CohortEvents) else None
        return other is not None and self._moves_end(other)

    def _is_observed_whole(self, cohort: Cohort) -> bool:
        return self._is_whole(cohort.index.observed_before) and self._is_whole(cohort.index.observed_after)

    def _moves_end(self, cohort: Cohort) -> bool:
        """Whether entries end so many days after a day that was recorded."""
        exit = cohort.exit
        return (
            (exit.offset is not None and not self._is_whole(exit.offset))
            or (exit.exposure is not None and exit.exposure.offset != 0)
            or any(self._days(censor).moved for censor in exit.censors)
        )

    def _is_whole(self, duration: Duration) -> bool:
        """Whether it leads from all days of a step into one other."""
        if duration.count == 0 or duration.unit is Unit.YEAR:
            return True
        return duration.unit is Unit.MONTH and (self.step is DateStep.MONTH or duration.count % _MONTHS_A_YEAR == 0)

    def _is_whole_window(self, window: Window) -> bool:
        """Whether its bounds are steps away, or next to the day itself, as in `before index`: a named date is the first
        or last day of a step, so that these are its edges."""
        return all(
            bound is None
            or self._is_whole(bound.offset)
            or (bound.offset.unit is Unit.DAY and abs(bound.offset.count) == 1)
            for bound in (window.lower, window.upper)
        )

    @staticmethod
    def _of_index(cohort: Cohort) -> tuple[Events, ...]:
        return () if isinstance(cohort.index.events, Everyone) else cohort.index.events

    def _moved(self, what: str) -> str:
        return f"{what} is compared with days that `spanning` or the end moved by days: {self._expected()}"

    def _counted(self) -> str:
        return f"days are counted from a named date: {self._expected()}"

    def _expected(self) -> str:
        return (
            f"count whole {'years' if self.step is DateStep.YEAR else 'months or years'} there, or from another event"
        )


def _steps(sequence: Sequence) -> tuple[EventQuery, ...]:
    return tuple(step.events for step in sequence.steps)


def _names_date(root: object) -> bool:
    return any(isinstance(visit.value, datetime.date) for visit in walk(root))
