"""`and` and `or` of canonical parts."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from cohort_dsl.canonicalize.order import distinct_in_order

T = TypeVar("T")


def joined(parts: Iterable[T], *, inside: Callable[[T], tuple[T, ...] | None], made: Callable[[tuple[T, ...]], T]) -> T:
    """The parts flattened, sorted, each once; alone when only one is left. `inside` gives the parts of a like node."""
    flat = [leaf for part in parts for leaf in (inside(part) or (part,))]
    unique = distinct_in_order(flat)
    return unique[0] if len(unique) == 1 else made(unique)
