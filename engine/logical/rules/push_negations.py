"""`not (a or b)` is `not a and not b`, `not (at least 2 drugs)` is `at most 1 drug`, `not (not a)` is `a`."""

from engine.logical.negate import negated, negated_row
from engine.logical.nodes import CohortPlan, Negation, RowNot
from engine.logical.rewrite import rewrite


def push_negations(plan: CohortPlan) -> CohortPlan:
    """Negations only around what has no opposite, unknown included.

    Example:
        >>> from engine.logical.nodes import NotAnswered, Some, Every
        >>> a, b = NotAnswered(question="a"), NotAnswered(question="b")
        >>> push(Negation(part=Every(parts=(a, Negation(part=b))))) == Some(parts=(Negation(part=a), b))
        True
    """
    return rewrite(plan, push)


def push(node: object) -> object:
    """One node of the rewrite."""
    match node:
        case Negation(part=part):
            return negated(part)
        case RowNot(part=part):
            return negated_row(part)
        case _:
            return node
