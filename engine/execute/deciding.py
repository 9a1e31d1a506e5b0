"""Which entries pass the rules of a cohort: in which order rules are looked at, together with which, and for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.execute.conditions import WORTH_NARROWING_MS, Conditions
from engine.execute.frames import Frame
from engine.execute.means import Wanted
from engine.execute.rules import Mask, Rules
from engine.logical.digest import Digest
from engine.logical.nodes import RulePlan, atoms_of
from engine.physical.estimates import cost_order
from engine.physical.kleene import passes
from engine.physical.picking import Positions


@dataclass(frozen=True, slots=True)
class Deciding:
    """The rules of a plan, over its conditions."""

    conditions: Conditions
    shares: dict[Digest, float] = field(default_factory=dict)
    """What each rule is thought to let through, once it was asked for."""

    def decided(self, frame: Frame, wanted: Wanted) -> Rules:
        """Which entries pass. Rules are conjunctive: where only members or steps are asked for, an entry that failed
        one need not be looked at again."""
        work, asked = self.conditions.work, self.conditions.plan.cohort.rules
        rules = Rules(len(asked), len(frame), wanted)
        waiting = self._ordered(frame, wanted)
        while waiting:
            work.stop.check()
            batch = waiting if wanted is Wanted.RULES else self._batch(frame, waiting)
            waiting = waiting[len(batch) :]
            together = [asked[at] for at in batch]
            looked_at = None if wanted is Wanted.RULES else self._looked_at(frame, rules, together)
            current = frame if looked_at is None else self._left(frame, rules, looked_at)
            for at, rule, column in zip(batch, together, self._passes(current, together), strict=True):
                rules.apply(at, work.names.of(rule), column, looked_at)
        return rules

    def _looked_at(self, frame: Frame, rules: Rules, asked: Iterable[RulePlan]) -> Positions | None:
        """The entries still in question, where they are few and looking at the others would cost something."""
        if np.count_nonzero(rules.alive) >= self.conditions.work.means.selective * len(frame):
            return None
        cost = sum(self._cost(frame, rule) for rule in asked)
        return np.flatnonzero(rules.alive) if cost >= WORTH_NARROWING_MS else None

    def _left(self, frame: Frame, rules: Rules, left: Positions) -> Frame:
        work = self.conditions.work
        return frame.narrowed(work.names.of("left", frame.name, *sorted(rules.names)), left, work.means.persons)

    def _ordered(self, frame: Frame, wanted: Wanted) -> list[int]:
        """Positions of the rules in the order they are looked at. Steps follow the order of the document."""
        rules = self.conditions.plan.cohort.rules
        if wanted is not Wanted.MEMBERS or self.conditions.work.means.estimates is None:
            return list(range(len(rules)))
        costs = [self._cost(frame, rule) for rule in rules]
        return cost_order(costs, [self._passing(rule) for rule in rules])

    def _batch(self, frame: Frame, waiting: list[int]) -> list[int]:
        """The next rules to look at together: while what they are thought to leave is not few, one pass over the events
        serves them all. What is kept already comes by itself."""
        means, rules = self.conditions.work.means, self.conditions.plan.cohort.rules
        share = 1.0
        batch: list[int] = []
        for at in waiting:
            is_kept = means.kept.has(self._key(frame, rules[at]))
            if batch and (share < means.selective or is_kept):
                break
            batch.append(at)
            if is_kept:
                break
            share *= self._passing(rules[at])
        return batch

    def _cost(self, frame: Frame, rule: RulePlan) -> float:
        """Milliseconds that a rule's column over the frame is thought to take; nothing for what is kept."""
        if self.conditions.work.means.kept.has(self._key(frame, rule)):
            return 0.0
        return self.conditions.cost(frame, atoms_of(rule.condition))

    def _passing(self, rule: RulePlan) -> float:
        """The share of entries a rule is thought to let through."""
        name, estimates = self.conditions.work.names.of(rule), self.conditions.work.means.estimates
        if name not in self.shares:
            self.shares[name] = 1.0 if estimates is None else estimates.passing(rule)
        return self.shares[name]

    def _passes(self, frame: Frame, rules: Iterable[RulePlan]) -> list[Mask]:
        """A column a rule: which of the frame's entries it lets through."""
        work = self.conditions.work
        keys = {rule: self._key(frame, rule) for rule in rules}

        def make(missing: tuple[RulePlan, ...]) -> Mapping[RulePlan, Mask]:
            atoms = (atom for rule in missing for atom in atoms_of(rule.condition))
            columns = self.conditions.columns(frame, atoms)
            return {rule: passes(rule.kind, rule.condition, columns, len(frame)) for rule in missing}

        found = work.means.kept.several(keys, make, work.stop)
        return [found[rule].value for rule in rules]

    def _key(self, frame: Frame, rule: RulePlan) -> Digest:
        return self.conditions.work.names.of("passes", frame.name, rule)
