"""Days in a cohort: near stays of a person joined into one, and cut to the study period."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from engine.logical.nodes import CohortPlan, StudyDays
from engine.targets.reference.data import Period


class Stay(NamedTuple):
    """From an entry's start to its end; `period` is the first day of its observation period."""

    start: datetime.date
    end: datetime.date
    period: datetime.date


def joined(stays: Sequence[Stay], plan: CohortPlan) -> list[Period]:
    """The stays of one person, in order of start, as spans that share no day."""
    spans: list[Stay] = []
    for stay in stays:
        if spans and _continues(stay, spans[-1], plan):
            spans[-1] = Stay(spans[-1].start, max(spans[-1].end, stay.end), stay.period)
        else:
            spans.append(stay)
    days = (_cut(span, plan.study) for span in spans)
    return [(first, last) for first, last in days if first <= last]


def _continues(stay: Stay, span: Stay, plan: CohortPlan) -> bool:
    between = (stay.start - span.end).days
    if plan.across_periods or stay.period == span.period:
        return between <= plan.join_days
    return between <= 0


def _cut(span: Stay, study: StudyDays | None) -> Period:
    first, last = span.start, span.end
    if study is not None and study.first is not None:
        first = max(first, study.first)
    if study is not None and study.last is not None:
        last = min(last, study.last)
    return first, last
