"""Conditions over entries: a column each, which says for which entries it is true."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.execute.frames import Among, Frame
from engine.execute.people import column_of, people_of
from engine.execute.work import Work
from engine.logical.digest import Digest
from engine.logical.nodes import Atom, CohortPlan, GenotypeAtom
from engine.physical.entries import TRUE, CohortRows, Truth
from engine.physical.nodes import PhysicalPlan
from engine.physical.planner import Fragment

WORTH_NARROWING_MS = 20.0
"""A column that is thought to take longer is worked out for the entries still in question only, when these are few. One
that takes less is worked out for all of them, and so serves whoever changes another criterion."""

Refer = Callable[[PhysicalPlan, Iterable[Fragment], Among], Mapping[CohortPlan, CohortRows]]
"""Gives the rows of the cohorts that fragments of a plan refer to, of some people only."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a plan."""

    work: Work
    plan: PhysicalPlan
    refer: Refer

    def columns(self, frame: Frame, atoms: Iterable[Atom]) -> dict[Atom, Truth]:
        """A column an atom; those a target has to work out it does together."""
        columns: dict[Atom, Truth] = {}
        by_target: dict[str, list[Atom]] = {}
        for atom in dict.fromkeys(atoms):
            if isinstance(atom, GenotypeAtom):
                columns[atom] = column_of(people_of(atom, self.work), frame.anchors.person)
            else:
                by_target.setdefault(self._target(atom), []).append(atom)
        for target, own in by_target.items():
            columns |= self._scanned(frame, target, own)
        return columns

    def cost(self, frame: Frame, atoms: Iterable[Atom]) -> float:
        """Milliseconds that the columns are thought to take; nothing for what is kept."""
        kept, estimates = self.work.means.kept, self.work.means.estimates
        missing = [
            atom for atom in atoms if not isinstance(atom, GenotypeAtom) and not kept.has(self._key(frame, atom))
        ]
        if estimates is None:
            return WORTH_NARROWING_MS if missing else 0.0
        return sum(estimates.column(atom, self._target(atom), len(frame)).milliseconds for atom in missing)

    def _scanned(self, frame: Frame, target: str, atoms: Iterable[Atom]) -> dict[Atom, Truth]:
        work = self.work
        keys = {atom: self._key(frame, atom) for atom in atoms}

        def make(missing: tuple[Atom, ...]) -> Mapping[Atom, Truth]:
            cohorts = self.refer(self.plan, missing, frame.cohorts)
            return work.means.targets[target].truths(missing, frame.anchors, cohorts, frame.among, work.stop)

        found = work.means.kept.several(keys, make, work.stop)
        return {
            atom: work.noted(
                found[atom],
                atom,
                target,
                _number_true,
                lambda known, atom=atom: known.column(atom, target, len(frame)),
            )
            for atom in keys
        }

    def _key(self, frame: Frame, atom: Atom) -> Digest:
        return self.work.names.of("column", frame.name, atom)

    def _target(self, atom: Atom) -> str:
        return next(scan.target for scan in self.plan.columns if scan.atom is atom or scan.atom == atom)


def _number_true(column: Truth) -> int:
    return int(np.count_nonzero(column == TRUE))
