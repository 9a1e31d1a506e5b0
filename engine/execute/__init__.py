"""Running physical plans: fragments by their targets, kept for the next question; rules over their columns."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from engine.catalog.interruption import Interruption
from engine.execute.intermediates import Intermediates
from engine.execute.means import Means, Wanted
from engine.execute.people import people_where
from engine.execute.record import NodeRun, Record
from engine.execute.run import Run
from engine.execute.target import Target
from engine.memory import give_memory_back
from engine.physical.entries import CohortResult, EntryTable
from engine.physical.nodes import PhysicalPlan
from schemas.errors import TooExpensive

__all__ = [
    "Intermediates",
    "Means",
    "NodeRun",
    "Record",
    "Target",
    "Wanted",
    "execute",
    "people_where",
    "scan_entries",
]


def execute(
    plan: PhysicalPlan,
    means: Means,
    wanted: Wanted = Wanted.RULES,
    *,
    stop: Interruption | None = None,
    record: Record | None = None,
) -> CohortResult:
    """Run a plan. Nothing is withheld from what is returned but what is not `wanted`; its arrays are read-only.

    Raises `TooExpensive` when it takes more memory than there is, or is given up through `stop`.
    """
    with _letting_go():
        return Run(means, stop or Interruption(), record).result(plan, wanted)


def scan_entries(plan: PhysicalPlan, means: Means, *, stop: Interruption | None = None) -> EntryTable:
    """The plan's entries with their ends and a column for every condition, before qualification and rules."""
    with _letting_go():
        return Run(means, stop or Interruption()).entries(plan)


@contextmanager
def _letting_go() -> Iterator[None]:
    """Free what a question holds when it is given up, and let the system have it: whoever keeps the error would keep
    gigabytes of its frames' arrays with it, until the next collection of cycles."""
    try:
        yield
    except TooExpensive as error:
        traceback.clear_frames(error.__traceback__)
        give_memory_back()
        raise
