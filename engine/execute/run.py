"""Running a physical plan: entries, conditions over those still in question, rules, and the cohort they leave.

Every value worked out on the way is kept under the canonical text of what it means, so that a question that differs
from an earlier one in one criterion works out that criterion.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.execute.conditions import Conditions
from engine.execute.deciding import Deciding
from engine.execute.entries import Entries
from engine.execute.frames import EVERYBODY, Among, Frame
from engine.execute.joining import collapse
from engine.execute.means import Wanted
from engine.execute.narrowing import with_events, with_genotypes
from engine.execute.picking import atoms_in, picker_of, rules_in_order
from engine.execute.reads import ends_after_event
from engine.execute.results import furthest, kept_table, members, table
from engine.execute.target import PicksEntries
from engine.execute.work import Work
from engine.logical.nodes import CohortEntries, CohortPlan
from engine.physical.entries import Anchors, CohortResult, CohortRows, EntryTable
from engine.physical.nodes import PhysicalPlan
from engine.physical.picking import PICK_OF, pick
from engine.physical.planner import Fragment, fragment_relations


@dataclass(frozen=True, slots=True)
class Run:
    """One question, with the cohorts that its cohort refers to."""

    work: Work

    def result(self, plan: PhysicalPlan, wanted: Wanted, among: Among = EVERYBODY) -> CohortResult:
        """The cohort, of the people `among` only."""
        work = self.work
        if wanted is Wanted.MEMBERS:
            among = with_events(plan, with_genotypes(plan, among, work), work)
        name = work.names.cohort(plan.cohort, ordered=wanted is not Wanted.MEMBERS)
        key = work.names.of("result", work.means.scope, name, among.name, wanted.value)
        found = work.one(key, lambda: self._worked_out(plan, wanted, among))
        return work.noted(found, "cohort", "rules", lambda result: len(result.rows))

    def entries(self, plan: PhysicalPlan) -> EntryTable:
        """The plan's entries with their ends and a column for every condition, before qualification and rules."""
        conditions = Conditions(self.work, plan, self.referred)
        entries = Entries(conditions)
        frame = entries.frame(EVERYBODY)
        atoms = (*(scan.atom for scan in plan.columns), *(kernel.atom for kernel in plan.kernels))
        columns = conditions.columns(frame, atoms)
        return table(frame.anchors, entries.last_days(frame), columns)

    def referred(self, plan: PhysicalPlan, fragments: Iterable[Fragment], among: Among) -> dict[CohortPlan, CohortRows]:
        """The rows of the cohorts that fragments refer to. Conditions are about one person, so only those of the same
        people matter."""
        plans = {sub.cohort: sub.plan for sub in plan.cohorts}
        cohorts = dict.fromkeys(
            events.cohort
            for fragment in fragments
            for events in fragment_relations(fragment)
            if isinstance(events, CohortEntries)
        )
        return {cohort: self.result(plans[cohort], Wanted.MEMBERS, among).rows for cohort in cohorts}

    def _worked_out(self, plan: PhysicalPlan, wanted: Wanted, among: Among) -> CohortResult:
        conditions = Conditions(self.work, plan, self.referred)
        entries = Entries(conditions)
        picker = picker_of(plan, wanted, self.work.means)
        if picker is not None:
            return self._picked(entries, picker, among)
        frame = entries.qualified(entries.frame(among))
        rules = Deciding(conditions).decided(frame, wanted)
        positions = np.flatnonzero(rules.alive)
        anchors = frame.anchors
        kept = pick(anchors.person, anchors.start, positions, PICK_OF[plan.cohort.keep])
        ends = entries.last_days_of(frame, rules, kept)
        rows = collapse(kept_table(anchors, kept, ends), plan.cohort)
        everything = wanted is Wanted.RULES
        return CohortResult(
            rows=rows,
            progress=furthest(anchors.person, rules.steps, 0 if wanted is Wanted.MEMBERS else self.work.means.persons),
            qualified=anchors.person if everything else np.empty(0, np.uint32),
            passed=rules.passed,
        )

    def _picked(self, entries: Entries, picker: PicksEntries, among: Among) -> CohortResult:
        """The cohort of the entries kept, where no others are made."""
        work, plan = self.work, entries.conditions.plan
        cohort, rules = plan.cohort, rules_in_order(plan, work.means)
        which = PICK_OF[cohort.keep]
        with_ends = ends_after_event(cohort.exit)
        key = work.names.of(
            "picked", work.means.scope, cohort.entry, which, among.name, with_ends, *sorted(map(work.names.of, rules))
        )

        def make() -> Anchors:
            cohorts = self.referred(plan, (cohort.entry, *atoms_in(plan)), among)
            return picker.picked(cohort.entry, rules, which, cohorts, among.people, work.stop, with_ends=with_ends)

        anchors = work.noted(work.one(key, make), "entries kept", plan.entries, len)
        frame = Frame(name=key, anchors=anchors, among=among.people, cohorts=among)
        rows = collapse(table(anchors, entries.last_days(frame), {}), cohort)
        return members(rows)
