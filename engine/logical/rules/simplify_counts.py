"""`at least 1 of (a, b)` is `a or b`, `at most 0 of (a, b)` is `not a and not b`."""

from cohort_dsl.ast import CountOperator
from engine.logical.nodes import Condition, CountOf, Every, Negation, Occurs, Some

KINDS = frozenset((Occurs, CountOf))
"""The kinds of node that the rule has something to say of."""


def simplify_counts(node: object) -> object:
    """Counting only where `and` and `or` do not say the same, unknown included.

    Example:
        >>> from engine.logical.nodes import NotAnswered
        >>> parts = NotAnswered(question="a"), NotAnswered(question="b")
        >>> simplify_counts(CountOf(operator=CountOperator.AT_LEAST, number=2, parts=parts)) == Every(parts=parts)
        True
    """
    match node:
        case Occurs(operator=CountOperator.AT_LEAST, number=0):
            return Every(parts=())
        case CountOf(operator=CountOperator.AT_LEAST, number=number, parts=parts):
            return _at_least(number, parts) or node
        case CountOf(operator=CountOperator.AT_MOST, number=number, parts=parts):
            return _at_least(len(parts) - number, _denied(parts)) or node
        case CountOf(operator=CountOperator.EXACTLY, number=0, parts=parts):
            return Every(parts=_denied(parts))
        case CountOf(operator=CountOperator.EXACTLY, number=number, parts=parts) if number >= len(parts):
            return Every(parts=parts) if number == len(parts) else Some(parts=())
        case _:
            return node


def _at_least(number: int, parts: tuple[Condition, ...]) -> Condition | None:
    """At least so many of the parts as a group; absent where it has to be counted."""
    if number <= 0:
        return Every(parts=())
    if number > len(parts):
        return Some(parts=())
    if number == len(parts):
        return Every(parts=parts)
    return Some(parts=parts) if number == 1 else None


def _denied(parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return tuple(Negation(part=part) for part in parts)
