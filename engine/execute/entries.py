"""The entries of a cohort, those of them that qualify, and their last days."""

from dataclasses import dataclass, replace

import numpy as np

from engine.execute.conditions import WORTH_NARROWING_MS, Conditions
from engine.execute.frames import Among, Frame
from engine.execute.reads import reads_last_days, reads_visits
from engine.execute.rules import Rules
from engine.logical.digest import Digest
from engine.logical.nodes import atoms_of
from engine.physical.entries import Anchors, Days
from engine.physical.kleene import holds
from engine.physical.picking import Positions, pick

MOST_KEPT = 0.5
"""The share of entries kept up to which costly last days are worked out for these only."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a plan, with conditions over them."""

    conditions: Conditions

    def frame(self, among: Among) -> Frame:
        """All entries of the people `among`."""
        work, plan = self.conditions.work, self.conditions.plan
        entry, target = plan.cohort.entry, plan.entries
        with_visits, with_ends = reads_visits(plan), reads_last_days(plan)
        key = work.names.of("entries", work.means.scope, entry, among.name, with_visits, with_ends)

        def make() -> Anchors:
            cohorts = self.conditions.refer(plan, (entry,), among)
            source = work.means.targets[target]
            return source.anchors(entry, cohorts, among.people, work.stop, with_visits=with_visits, with_ends=with_ends)

        found = work.one(key, make)
        anchors = work.noted(found, "entries", target, len, lambda known: known.entries(entry, target))
        return Frame(name=key, anchors=anchors, among=among.people, cohorts=among)

    def qualified(self, frame: Frame) -> Frame:
        """The frame's entries that go on to the rules."""
        work, qualify = self.conditions.work, self.conditions.plan.cohort.qualify
        if qualify is None:
            return frame
        name = work.names.of("qualified", frame.name, qualify)

        def make() -> Anchors:
            columns = self.conditions.columns(frame, atoms_of(qualify.condition))
            true = np.flatnonzero(holds(qualify.condition, columns, len(frame)))
            return frame.anchors.kept(pick(frame.anchors.person, frame.anchors.start, true, qualify.pick))

        found = work.one(name, make)
        return replace(frame, name=name, anchors=work.noted(found, "qualified entries", "rules", len))

    def last_days(self, frame: Frame) -> Days:
        """A last day an entry."""
        work, plan = self.conditions.work, self.conditions.plan
        if plan.ends is None:
            return frame.anchors.observed_to
        target, exit = plan.ends, plan.cohort.exit

        def make() -> Days:
            cohorts = self.conditions.refer(plan, (exit,), frame.cohorts)
            return work.means.targets[target].last_days(exit, frame.anchors, cohorts, frame.among, work.stop)

        found = work.one(self._last_days_key(frame), make)
        return work.noted(found, "last days", target, len, lambda known: known.last_days(exit, target, len(frame)))

    def last_days_of(self, frame: Frame, rules: Rules, kept: Positions) -> Days:
        """The last days of the entries kept: of all entries, so that they serve the next question too, unless few are
        left and events have to be read for them."""
        work, cohort = self.conditions.work, self.conditions.plan.cohort
        is_few = kept.size < self._most_kept(frame) * len(frame)
        if not (cohort.exit.reads_events and is_few) or work.means.kept.has(self._last_days_key(frame)):
            return self.last_days(frame)[kept]
        name = work.names.of("kept", frame.name, *sorted(rules.names), cohort.keep)
        return self.last_days(frame.narrowed(name, kept, work.means.persons))

    def _most_kept(self, frame: Frame) -> float:
        """The share of entries of which the last days are worked out for themselves."""
        means, plan = self.conditions.work.means, self.conditions.plan
        if means.estimates is None or plan.ends is None:
            return means.selective
        cost = means.estimates.last_days(plan.cohort.exit, plan.ends, len(frame)).milliseconds
        return max(means.selective, MOST_KEPT) if cost >= WORTH_NARROWING_MS else means.selective

    def _last_days_key(self, frame: Frame) -> Digest:
        return self.conditions.work.names.of("ends", frame.name, self.conditions.plan.cohort.exit)
