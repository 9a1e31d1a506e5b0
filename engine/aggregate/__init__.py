"""From a cohort to counts: who is counted where. True counts stay in memory until the gate takes them."""

from engine.aggregate.genotypes import RawLinkage
from engine.aggregate.histogram import (
    DimensionColumn,
    Label,
    RawHistogram,
    count_cells,
    count_failures,
    count_members,
    members,
    table_labels,
)
from engine.aggregate.incidence import PeriodCounts, RawIncidence, count_incidence, times_at_risk
from engine.aggregate.inclusion import RawInclusion, inclusion_statistics
from engine.aggregate.poisson import Rate, rate_of

__all__ = [
    "DimensionColumn",
    "Label",
    "PeriodCounts",
    "Rate",
    "RawHistogram",
    "RawIncidence",
    "RawInclusion",
    "RawLinkage",
    "count_cells",
    "count_failures",
    "count_incidence",
    "count_members",
    "inclusion_statistics",
    "members",
    "rate_of",
    "table_labels",
    "times_at_risk",
]
