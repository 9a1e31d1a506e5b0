"""`not (a or b)` is `not a and not b`, `not (at least 2 drugs)` is `at most 1 drug`, `not (not a)` is `a`."""

from engine.logical.negate import negated, negated_row
from engine.logical.nodes import Negation, RowNot

KINDS = frozenset((Negation, RowNot))
"""The kinds of node that the rule has something to say of."""


def push_negations(node: object) -> object:
    """Negations only around what has no opposite, unknown included.

    Example:
        >>> from engine.logical.nodes import NotAnswered, Some, Every
        >>> a, b = NotAnswered(question="a"), NotAnswered(question="b")
        >>> push_negations(Negation(part=Every(parts=(a, Negation(part=b))))) == Some(parts=(Negation(part=a), b))
        True
    """
    match node:
        case Negation(part=part):
            return negated(part)
        case RowNot(part=part):
            return negated_row(part)
        case _:
            return node
