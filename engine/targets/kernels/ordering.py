"""Events put together by person and in order of first day, as entries look them up."""

import numpy as np

from engine.kernels.groups import are_in_order, sort_groups
from engine.kernels.ranges import Rows
from engine.kernels.windows import Ordered, link_values
from engine.targets.kernels.records import absent, frozen
from engine.targets.kernels.scope import Scope, grouped_by_day
from engine.targets.kernels.views import View


def in_order(view: View, scope: Scope, *, visit: Rows | None = None, value: Rows | None = None) -> Ordered:
    """The events of a view in order, with the visit of each and what is counted once, where these are asked for."""
    offsets, rows = grouped_by_day(view.person, view.start, np.zeros(view.size, np.int64), scope)
    previous = np.full(rows.size, -1)
    if value is not None:
        ordered, places, no_day = frozen(value[rows]), np.arange(rows.size), frozen(np.zeros(rows.size, np.int32))
        if not are_in_order(frozen(view.person[rows]), no_day, ordered):  # days are
            sort_groups(offsets, places, no_day, ordered)
        link_values(offsets, places, ordered, previous)
    visits = absent(rows.size) if visit is None else visit[rows]
    return Ordered(offsets, frozen(view.start[rows]), frozen(view.end[rows]), frozen(visits), frozen(previous))
