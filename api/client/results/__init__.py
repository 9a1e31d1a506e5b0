"""Answers that a notebook shows and that become tables."""

from api.client.results.answers import (
    Attrition,
    Breakdown,
    Count,
    Genotypes,
    Incidence,
    Overlap,
    Prevalence,
    Profile,
    compare,
)
from api.client.results.runs import Run
from api.client.results.tabular import Picture, Tabular

__all__ = [
    "Attrition",
    "Breakdown",
    "Count",
    "Genotypes",
    "Incidence",
    "Overlap",
    "Picture",
    "Prevalence",
    "Profile",
    "Run",
    "Tabular",
    "compare",
]
