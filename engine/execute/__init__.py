"""Running physical plans: fragments by their targets, kept for the next question; rules over their columns."""

from collections.abc import Callable
from typing import TypeVar

from engine.catalog.interruption import Interruption
from engine.execute.intermediates import Intermediates
from engine.execute.means import Means, Wanted
from engine.execute.people import people_where
from engine.execute.record import NodeRun, Record
from engine.execute.run import Run
from engine.execute.target import Target
from engine.execute.work import Work
from engine.memory import give_memory_back
from engine.physical.entries import CohortResult, EntryTable
from engine.physical.nodes import PhysicalPlan
from schemas.errors import TooExpensive

Result = TypeVar("Result")

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
    run = Run(Work(means, stop or Interruption(), record))
    return _letting_go(lambda: run.result(plan, wanted))


def scan_entries(plan: PhysicalPlan, means: Means, *, stop: Interruption | None = None) -> EntryTable:
    """The plan's entries with their ends and a column for every condition, before qualification and rules."""
    run = Run(Work(means, stop or Interruption()))
    return _letting_go(lambda: run.entries(plan))


def _letting_go(work: Callable[[], Result]) -> Result:
    """Do the work. What it holds is freed when it is given up, and the system has it back.

    The error goes on without its frames: whoever keeps it would keep gigabytes of their arrays with it, and of what
    the functions in them were made with, until Python looks for what refers to itself.
    """
    try:
        return work()
    except TooExpensive as error:
        error.__traceback__ = None
        give_memory_back()
        raise
