"""The entries that are still in question, under the canonical name of how they came to be these."""

from dataclasses import dataclass

from engine.logical.digest import Digest
from engine.personset import PersonSet
from engine.physical.bounds import SELECTIVE_SHARE
from engine.physical.entries import Anchors
from engine.physical.picking import Positions


@dataclass(frozen=True, slots=True, repr=False)
class Among:
    """The people that matter, and the canonical name of who that is. Without `people` it is everybody."""

    name: Digest | None = None
    people: PersonSet | None = None


EVERYBODY = Among()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Frame:
    """Entries of a cohort at some step of working it out.

    `name` follows from the text of what was asked alone. `among` are people of whom all entries are; to `cohorts` the
    rows of cohorts referred to are restricted, the same at every step.
    """

    name: Digest
    anchors: Anchors
    among: PersonSet | None
    cohorts: Among

    def __len__(self) -> int:
        return len(self.anchors)

    def narrowed(self, name: Digest, positions: Positions, persons: int) -> "Frame":
        """The entries at some positions; where their people are few, events of others need not be read."""
        anchors = self.anchors.kept(positions)
        people = PersonSet.from_indices(anchors.person, persons)
        among = people if people.count() < SELECTIVE_SHARE * persons else self.among
        return Frame(name=name, anchors=anchors, among=among, cohorts=self.cohorts)
