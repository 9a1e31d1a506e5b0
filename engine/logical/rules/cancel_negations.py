"""`not (not (a))` is `a`, unknown included."""

from engine.logical.nodes import CohortPlan, Negation, RowNot
from engine.logical.rewrite import rewrite


def cancel_negations(plan: CohortPlan) -> CohortPlan:
    """No negation of a negation.

    Example:
        >>> from engine.logical.nodes import NotAnswered
        >>> a = NotAnswered(question="a")
        >>> cancel(Negation(part=Negation(part=a))) == a
        True
    """
    return rewrite(plan, cancel)


def cancel(node: object) -> object:
    """One node of the rewrite."""
    match node:
        case Negation(part=Negation(part=part)) | RowNot(part=RowNot(part=part)):
            return part
        case _:
            return node
