"""Kleene's three-valued logic and counts, with None for unknown."""

from collections.abc import Sequence

from cohort_dsl.ast import CountOperator

Truth = bool | None


def kleene_all(values: Sequence[Truth]) -> Truth:
    """False if any is false, else unknown if any is unknown, else true."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def kleene_any(values: Sequence[Truth]) -> Truth:
    """True if any is true, else unknown if any is unknown, else false."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def kleene_not(value: Truth) -> Truth:
    """Unknown stays unknown."""
    return None if value is None else not value


def kleene_count(operator: CountOperator, number: int, values: Sequence[Truth]) -> Truth:
    """Whether so many are true: try every way the unknown ones could turn out; certain only if all agree."""
    certain, unknown = values.count(True), values.count(None)
    outcomes = {count_holds(operator, number, certain + extra) for extra in range(unknown + 1)}
    return outcomes.pop() if len(outcomes) == 1 else None


def count_holds(operator: CountOperator, number: int, count: int) -> bool:
    """Whether the count is at least, at most or exactly the number."""
    match operator:
        case CountOperator.AT_LEAST:
            return count >= number
        case CountOperator.AT_MOST:
            return count <= number
        case CountOperator.EXACTLY:
            return count == number
