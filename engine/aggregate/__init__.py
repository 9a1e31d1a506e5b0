"""From a cohort to cells: who is where. True numbers stay in memory until the gate takes them."""

from engine.aggregate.cells import (
    Label,
    RawCells,
    members,
    place_failures,
    place_failures_of_most,
    place_in_table,
    place_members,
    place_others,
    table_labels,
)
from engine.aggregate.execution import RawExecution
from engine.aggregate.genotypes import RawLinkage
from engine.aggregate.incidence import PeriodCounts, RawIncidence, count_incidence, times_at_risk
from engine.aggregate.inclusion import RawInclusion, inclusion_statistics
from engine.aggregate.poisson import Rate, rate_of
from engine.aggregate.prevalence import RawPrevalence

__all__ = [
    "Label",
    "PeriodCounts",
    "Rate",
    "RawCells",
    "RawExecution",
    "RawIncidence",
    "RawInclusion",
    "RawLinkage",
    "RawPrevalence",
    "count_incidence",
    "inclusion_statistics",
    "members",
    "place_failures",
    "place_failures_of_most",
    "place_in_table",
    "place_members",
    "place_others",
    "rate_of",
    "table_labels",
    "times_at_risk",
]
