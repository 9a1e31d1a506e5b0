"""What a plan compares with of the index event beside its first day: its visit and its last day are read where somebody
asks for them, for they lie scattered."""

from collections.abc import Iterator

from cohort_dsl.ast import Anchor, Edge, Window
from engine.logical.nodes import Answered, Atom, ExitPlan, NotAnswered, Occurs, PersonRange
from engine.physical.nodes import PhysicalPlan
from schemas.fields import PersonField


def reads_visits(plan: PhysicalPlan) -> bool:
    """Whether a condition compares visits with those of the index events."""
    return any(isinstance(scan.atom, Occurs) and scan.atom.same_visit for scan in plan.columns)


def reads_last_days(plan: PhysicalPlan) -> bool:
    """Whether a condition or the end of entries is counted from the last days of the index events."""
    return ends_after_event(plan.cohort.exit) or any(_compares_last_day(scan.atom) for scan in plan.columns)


def ends_after_event(exit: ExitPlan) -> bool:
    """Whether entries end some time after their index event does."""
    return exit.offset is not None and exit.anchor is Edge.END


def _compares_last_day(atom: Atom) -> bool:
    if isinstance(atom, PersonRange):
        return atom.field is PersonField.INDEX_END_DATE
    bounds = (bound for window in _windows(atom) for bound in (window.lower, window.upper))
    return any(bound is not None and bound.anchor is Anchor.END for bound in bounds)


def _windows(atom: Atom) -> Iterator[Window]:
    match atom:
        case Occurs(windows=windows):
            yield from windows
        case Answered(window=Window() as window) | NotAnswered(window=Window() as window):
            yield window
        case _:
            return
