"""What the gate is asked to measure: one histogram, and how it is found out who is in which cell of it."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.aggregate import RawCells, RawPrevalence
from engine.disclosure.request import Breakdown, Shape
from schemas.errors import InternalError

Placed = RawCells | RawPrevalence
Evaluate = Callable[[], Placed]
"""Places people, when called. All that may refuse must have refused before: a failure in here is charged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One histogram to be released: over what, and how it is found out who is where. `query_hash` says of which cohort,
    where it is not the request's."""

    shape: Shape
    evaluate: Evaluate
    query_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenotypeTable:
    """The genotypes of one variant, named as in the answer. `alleles` gives the release's variants that the name fits,
    and is asked for exact answers only."""

    variant: str
    breakdown: Breakdown
    evaluate: Evaluate
    alleles: Callable[[], tuple[str, ...]]


def place(measurement: Measurement) -> Placed:
    """Who is where, once the labels are the ones the question was asked over; else `InternalError`."""
    raw = measurement.evaluate()
    if raw.labels != measurement.shape.labels:
        raise InternalError("gate-labels", "the cells are not those that were asked for")
    return raw
