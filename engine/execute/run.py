"""Running a physical plan: entries, conditions over those still in question, rules, and the cohort they leave.

Every value worked out on the way is kept under the canonical text of what it means, so that a question that differs
from an earlier one in one criterion works out that criterion.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from engine.catalog.interruption import Interruption
from engine.execute.frames import EVERYBODY, Among, Frame
from engine.execute.intermediates import Found, Value
from engine.execute.joining import collapse
from engine.execute.means import Means, Wanted
from engine.execute.narrowing import with_events
from engine.execute.people import column_of, people_where
from engine.execute.picking import atoms_in, picker_of, rules_in_order
from engine.execute.reads import ends_after_event, reads_last_days, reads_visits
from engine.execute.record import Record
from engine.execute.results import furthest, members, table
from engine.execute.rules import Mask, Rules
from engine.execute.target import PicksEntries
from engine.logical.digest import Digest, Names
from engine.logical.explain import explain
from engine.logical.nodes import Atom, CohortEntries, CohortPlan, GenotypeAtom, RulePlan, atoms_of
from engine.personset import Tri
from engine.physical.bounds import people_in
from engine.physical.entries import TRUE, Anchors, CohortResult, CohortRows, Days, EntryTable, Truth
from engine.physical.estimates import Estimate, Estimates, cost_order
from engine.physical.kleene import holds, passes
from engine.physical.nodes import PhysicalPlan
from engine.physical.picking import PICK_OF, Positions, pick
from engine.physical.planner import Fragment, fragment_relations

WORTH_NARROWING_MS = 20.0
"""A column that is thought to take longer is worked out for the entries still in question only, when these are few. One
that takes less is worked out for all of them, and so serves whoever changes another criterion."""

MOST_KEPT = 0.5
"""The share of entries kept up to which costly last days are worked out for these only."""


@dataclass(frozen=True, slots=True)
class Run:
    """One question: what it is run with, when to stop, and where to note what was done. For one thread."""

    means: Means
    stop: Interruption
    record: Record | None = None
    names: Names = field(default_factory=Names)
    shares: dict[Digest, float] = field(default_factory=dict)

    def result(self, plan: PhysicalPlan, wanted: Wanted, among: Among = EVERYBODY) -> CohortResult:
        """The cohort, of the people `among` only."""
        if wanted is Wanted.MEMBERS:
            among = with_events(plan, self._narrowed(plan, among), self.means, self.names, self.stop)
        name = self.names.cohort(plan.cohort, ordered=wanted is not Wanted.MEMBERS)
        key = self.names.of("result", self.means.scope, name, among.name, wanted.value)
        found = self.means.kept.one(key, lambda: self._worked_out(plan, wanted, among), self.stop)
        return self._noted(found, "cohort", "rules", lambda result: len(result.rows))

    def entries(self, plan: PhysicalPlan) -> EntryTable:
        """The plan's entries with their ends and a column for every condition, before qualification and rules."""
        frame = self._frame(plan, EVERYBODY)
        atoms = tuple(scan.atom for scan in plan.columns) + tuple(kernel.atom for kernel in plan.kernels)
        columns = self._columns(plan, frame, atoms)
        return table(frame.anchors, self._last_days(plan, frame), columns)

    def _worked_out(self, plan: PhysicalPlan, wanted: Wanted, among: Among) -> CohortResult:
        picker = picker_of(plan, wanted, self.means)
        if picker is not None:
            return self._picked(plan, picker, among)
        frame = self._qualified(plan, self._frame(plan, among))
        rules = self._decided(plan, frame, wanted)
        positions = np.flatnonzero(rules.alive)
        anchors = frame.anchors
        kept = pick(anchors.person, anchors.start, positions, PICK_OF[plan.cohort.keep])
        ends = self._ends_of(plan, frame, rules, kept)
        rows = collapse(table(anchors.take(kept), ends, {}), plan.cohort)
        everything = wanted is Wanted.RULES
        return CohortResult(
            rows=rows,
            progress=furthest(anchors.person, rules.steps, 0 if wanted is Wanted.MEMBERS else self.means.persons),
            qualified=anchors.person if everything else np.empty(0, np.uint32),
            passed=rules.passed,
        )

    def _picked(self, plan: PhysicalPlan, picker: PicksEntries, among: Among) -> CohortResult:
        """The cohort of the entries kept, where no others are made."""
        cohort, rules = plan.cohort, rules_in_order(plan, self.means)
        which = PICK_OF[cohort.keep]
        with_ends = ends_after_event(cohort.exit)
        key = self.names.of(
            "picked", self.means.scope, cohort.entry, which, among.name, with_ends, *sorted(map(self.names.of, rules))
        )

        def make() -> Anchors:
            cohorts = self._referred(plan, (cohort.entry, *atoms_in(plan)), among)
            return picker.picked(cohort.entry, rules, which, cohorts, among.people, self.stop, with_ends=with_ends)

        anchors = self._noted(self.means.kept.one(key, make, self.stop), "entries kept", plan.entries, len)
        frame = Frame(name=key, anchors=anchors, among=among.people, cohorts=among)
        rows = collapse(table(anchors, self._last_days(plan, frame), {}), cohort)
        return members(rows)

    # --- people -------------------------------------------------------------------------------------------------------

    def _narrowed(self, plan: PhysicalPlan, among: Among) -> Among:
        """Whom to look at, where genotypes leave few enough for that to be worth it."""
        if plan.bound is None:
            return among
        possible = people_in(plan.bound, {kernel.atom: self._people(kernel.atom) for kernel in plan.kernels})
        possible = possible if among.people is None else possible & among.people
        if possible.count() >= self.means.selective * self.means.persons:
            return among
        return Among(name=self.names.of("among", among.name, plan.bound), people=possible)

    def _people(self, atom: GenotypeAtom) -> Tri:
        key = self.names.of("people", self.means.scope, atom)
        found = self.means.kept.one(key, lambda: people_where(atom, self.means.genotypes), self.stop)
        return self._noted(
            found, atom, "genotypes", lambda people: people.true.count(), lambda known: known.people(atom)
        )

    # --- entries ------------------------------------------------------------------------------------------------------

    def _frame(self, plan: PhysicalPlan, among: Among) -> Frame:
        entry, target = plan.cohort.entry, plan.entries
        with_visits, with_ends = reads_visits(plan), reads_last_days(plan)
        key = self.names.of("entries", self.means.scope, entry, among.name, with_visits, with_ends)

        def make() -> Anchors:
            cohorts = self._referred(plan, (entry,), among)
            source = self.means.targets[target]
            return source.anchors(entry, cohorts, among.people, self.stop, with_visits=with_visits, with_ends=with_ends)

        found = self.means.kept.one(key, make, self.stop)
        anchors = self._noted(found, "entries", target, len, lambda known: known.entries(entry, target))
        return Frame(name=key, anchors=anchors, among=among.people, cohorts=among)

    def _qualified(self, plan: PhysicalPlan, frame: Frame) -> Frame:
        """The frame's entries that go on to the rules."""
        qualify = plan.cohort.qualify
        if qualify is None:
            return frame
        name = self.names.of("qualified", frame.name, qualify)

        def make() -> Anchors:
            columns = self._columns(plan, frame, tuple(atoms_of(qualify.condition)))
            true = np.flatnonzero(holds(qualify.condition, columns, len(frame)))
            return frame.anchors.take(pick(frame.anchors.person, frame.anchors.start, true, qualify.pick))

        found = self.means.kept.one(name, make, self.stop)
        return replace(frame, name=name, anchors=self._noted(found, "qualified entries", "rules", len))

    def _last_days(self, plan: PhysicalPlan, frame: Frame) -> Days:
        if plan.ends is None:
            return frame.anchors.observed_to
        target, exit = plan.ends, plan.cohort.exit

        def make() -> Days:
            cohorts = self._referred(plan, (exit,), frame.cohorts)
            return self.means.targets[target].last_days(exit, frame.anchors, cohorts, frame.among, self.stop)

        found = self.means.kept.one(self._ends_key(plan, frame), make, self.stop)
        return self._noted(found, "last days", target, len, lambda known: known.last_days(exit, target, len(frame)))

    def _ends_key(self, plan: PhysicalPlan, frame: Frame) -> Digest:
        return self.names.of("ends", frame.name, plan.cohort.exit)

    def _ends_of(self, plan: PhysicalPlan, frame: Frame, rules: Rules, kept: Positions) -> Days:
        """The last days of the entries kept: of all entries, so that they serve the next question too, unless few are
        left and events have to be read for them."""
        exit = plan.cohort.exit
        reads_events = bool(exit.censors) or exit.exposure is not None
        is_few = kept.size < self._most_kept(plan, frame) * len(frame)
        if not (reads_events and is_few) or self.means.kept.has(self._ends_key(plan, frame)):
            return self._last_days(plan, frame)[kept]
        name = self.names.of("kept", frame.name, *sorted(rules.names), plan.cohort.keep)
        return self._last_days(plan, frame.narrowed(name, kept, self.means.persons))

    def _most_kept(self, plan: PhysicalPlan, frame: Frame) -> float:
        """The share of entries of which the last days are worked out for themselves."""
        estimates, target = self.means.estimates, plan.ends
        if estimates is None or target is None:
            return self.means.selective
        cost = estimates.last_days(plan.cohort.exit, target, len(frame)).milliseconds
        return max(self.means.selective, MOST_KEPT) if cost >= WORTH_NARROWING_MS else self.means.selective

    # --- rules --------------------------------------------------------------------------------------------------------

    def _decided(self, plan: PhysicalPlan, frame: Frame, wanted: Wanted) -> Rules:
        """Which entries pass. Rules are conjunctive: where only members or steps are asked for, an entry that failed
        one need not be looked at again."""
        rules = Rules(len(plan.cohort.rules), len(frame), wanted)
        waiting = self._ordered(plan, frame, wanted)
        while waiting:
            self.stop.check()
            batch = waiting if wanted is Wanted.RULES else self._batch(plan, frame, waiting)
            waiting = waiting[len(batch) :]
            asked = [plan.cohort.rules[at] for at in batch]
            looked_at = None if wanted is Wanted.RULES else self._looked_at(plan, frame, rules, asked)
            current = frame if looked_at is None else self._left(frame, rules, looked_at)
            for at, rule, column in zip(batch, asked, self._passes(plan, current, asked), strict=True):
                rules.apply(at, self.names.of(rule), column, looked_at)
        return rules

    def _looked_at(self, plan: PhysicalPlan, frame: Frame, rules: Rules, asked: Iterable[RulePlan]) -> Positions | None:
        """The entries still in question, where they are few and looking at the others would cost something."""
        left = np.flatnonzero(rules.alive)
        if left.size >= self.means.selective * len(frame):
            return None
        cost = sum(self._cost(plan, frame, rule) for rule in asked)
        return left if cost >= WORTH_NARROWING_MS else None

    def _left(self, frame: Frame, rules: Rules, left: Positions) -> Frame:
        name = self.names.of("left", frame.name, *sorted(rules.names))
        return frame.narrowed(name, left, self.means.persons)

    def _ordered(self, plan: PhysicalPlan, frame: Frame, wanted: Wanted) -> list[int]:
        """Positions of the rules in the order they are looked at. Steps follow the order of the document."""
        rules = plan.cohort.rules
        if wanted is not Wanted.MEMBERS or self.means.estimates is None:
            return list(range(len(rules)))
        costs = [self._cost(plan, frame, rule) for rule in rules]
        return cost_order(costs, [self._passing(rule) for rule in rules])

    def _cost(self, plan: PhysicalPlan, frame: Frame, rule: RulePlan) -> float:
        """Milliseconds that a rule's column over the frame is thought to take; nothing for what is kept."""
        if self.means.kept.has(self._passes_key(frame, rule)):
            return 0.0
        estimates = self.means.estimates
        missing = [
            atom
            for atom in atoms_of(rule.condition)
            if not isinstance(atom, GenotypeAtom) and not self.means.kept.has(self._column_key(frame, atom))
        ]
        if estimates is None:
            return WORTH_NARROWING_MS if missing else 0.0
        return sum(estimates.column(atom, self._target(plan, atom), len(frame)).milliseconds for atom in missing)

    def _batch(self, plan: PhysicalPlan, frame: Frame, waiting: list[int]) -> list[int]:
        """The next rules to look at together: while what they are thought to leave is not few, one pass over the events
        serves them all. What is kept already comes by itself."""
        share = 1.0
        batch: list[int] = []
        for at in waiting:
            rule = plan.cohort.rules[at]
            is_kept = self.means.kept.has(self._passes_key(frame, rule))
            if batch and (share < self.means.selective or is_kept):
                break
            batch.append(at)
            if is_kept:
                break
            share *= self._passing(rule)
        return batch

    def _passing(self, rule: RulePlan) -> float:
        """The share of entries a rule is thought to let through."""
        name = self.names.of(rule)
        if name not in self.shares:
            self.shares[name] = 1.0 if self.means.estimates is None else self.means.estimates.passing(rule)
        return self.shares[name]

    def _column_estimate(self, atom: Atom, target: str, frame: Frame) -> Callable[[Estimates], Estimate]:
        return lambda known: known.column(atom, target, len(frame))

    def _passes(self, plan: PhysicalPlan, frame: Frame, rules: Iterable[RulePlan]) -> list[Mask]:
        """A column a rule: which of the frame's entries it lets through."""
        keys = {rule: self._passes_key(frame, rule) for rule in rules}

        def make(missing: tuple[RulePlan, ...]) -> Mapping[RulePlan, Mask]:
            atoms = dict.fromkeys(atom for rule in missing for atom in atoms_of(rule.condition))
            columns = self._columns(plan, frame, tuple(atoms))
            return {rule: passes(rule.kind, rule.condition, columns, len(frame)) for rule in missing}

        found = self.means.kept.several(keys, make, self.stop)
        return [found[rule].value for rule in rules]

    def _passes_key(self, frame: Frame, rule: RulePlan) -> Digest:
        return self.names.of("passes", frame.name, rule)

    # --- conditions ---------------------------------------------------------------------------------------------------

    def _columns(self, plan: PhysicalPlan, frame: Frame, atoms: tuple[Atom, ...]) -> dict[Atom, Truth]:
        """A column an atom; those a target has to work out it does together."""
        columns: dict[Atom, Truth] = {}
        by_target: dict[str, list[Atom]] = {}
        for atom in dict.fromkeys(atoms):
            if isinstance(atom, GenotypeAtom):
                columns[atom] = column_of(self._people(atom), frame.anchors.person)
            else:
                by_target.setdefault(self._target(plan, atom), []).append(atom)
        for target, own in by_target.items():
            columns |= self._scanned(plan, frame, target, tuple(own))
        return columns

    def _scanned(self, plan: PhysicalPlan, frame: Frame, target: str, atoms: tuple[Atom, ...]) -> dict[Atom, Truth]:
        keys = {atom: self._column_key(frame, atom) for atom in atoms}

        def make(missing: tuple[Atom, ...]) -> Mapping[Atom, Truth]:
            cohorts = self._referred(plan, missing, frame.cohorts)
            return self.means.targets[target].truths(missing, frame.anchors, cohorts, frame.among, self.stop)

        found = self.means.kept.several(keys, make, self.stop)
        for atom in atoms:
            self._noted(found[atom], atom, target, _number_true, self._column_estimate(atom, target, frame))
        return {atom: found[atom].value for atom in atoms}

    def _column_key(self, frame: Frame, atom: Atom) -> Digest:
        return self.names.of("column", frame.name, atom)

    def _target(self, plan: PhysicalPlan, atom: Atom) -> str:
        return next(scan.target for scan in plan.columns if scan.atom is atom or scan.atom == atom)

    def _referred(
        self, plan: PhysicalPlan, fragments: Iterable[Fragment], among: Among
    ) -> dict[CohortPlan, CohortRows]:
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

    def _noted(
        self,
        found: Found[Value],
        node: str | Atom,
        target: str,
        rows: Callable[[Value], int],
        estimate: Callable[[Estimates], Estimate] | None = None,
    ) -> Value:
        """The value found; what it took is noted where somebody wants to know."""
        if self.record is not None:
            estimates = self.means.estimates
            thought = None if estimates is None or estimate is None else estimate(estimates)
            self.record.add(node if isinstance(node, str) else _words(node), target, thought, rows(found.value), found)
        return found.value


def _words(atom: Atom) -> str:
    """A condition in few words, for the record."""
    return explain(atom).splitlines()[0]


def _number_true(column: Truth) -> int:
    return int(np.count_nonzero(column == TRUE))
