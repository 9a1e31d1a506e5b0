"""What prevalence and incidence over time may ask for."""

from enum import Enum

MOST_INTERVALS = 120
"""Intervals of a series: ten years by month."""


class IntervalLength(Enum):
    """Calendar intervals of a series."""

    MONTH = "month"
    YEAR = "year"


class PrevalenceMeasure(Enum):
    """When somebody counts in an interval."""

    PERIOD = "period"
    """Observed, and in the cohort, on any of its days."""
    POINT = "point"
    """Observed, and in the cohort, on its middle day."""
