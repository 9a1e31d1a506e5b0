"""Measurements that rise or fall."""

import numpy as np

from cohort_dsl.ast import TrendDirection
from engine.kernels.spells import Trend, find_trends
from engine.logical.nodes import Trending
from engine.targets.kernels.durations import backwards, shifted
from engine.targets.kernels.fields import FieldReader
from engine.targets.kernels.records import Records, frozen
from engine.targets.kernels.scope import Scope, grouped_by_day
from engine.targets.kernels.views import View
from schemas.fields import Field


def trending(events: Trending, found: Records, fields: FieldReader, scope: Scope) -> Records:
    """Of compact events those whose value is so much above, or below, that of an earlier day of the person."""
    view = View(found)
    oldest = frozen(shifted(found.events.start, backwards(events.within)))
    number = fields.values(Field.VALUE, view).numbers()
    unit = fields.concept(Field.UNIT, view, zero_is_value=False).keys()
    offsets, rows = grouped_by_day(found.events.person, found.events.start, found.events.key, scope)
    chosen = np.zeros(rows.size, np.bool_)
    trend = Trend(float(events.by), events.direction is TrendDirection.FALLING)
    find_trends(offsets, rows, found.events.start, oldest, frozen(unit), frozen(number), trend, chosen)
    return view.taken(chosen)
