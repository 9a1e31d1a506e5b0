"""From a cohort to counts: who is counted where. True counts stay in memory until the gate takes them."""

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

__all__ = [
    "DimensionColumn",
    "Label",
    "RawHistogram",
    "count_cells",
    "count_failures",
    "count_members",
    "members",
    "table_labels",
]
