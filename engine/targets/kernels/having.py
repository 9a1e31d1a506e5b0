"""Events that meet a condition of their own: each event is the entry the condition is about."""

import numpy as np

from engine.kernels.events import containing
from engine.logical.nodes import Having, Occurs, atoms_of
from engine.physical.kleene import holds
from engine.targets.kernels.conditions import truths
from engine.targets.kernels.entries import entries_of
from engine.targets.kernels.records import Mask, Records, absent
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scope import grouped
from engine.targets.kernels.views import View


def holding(records: Records, having: Having, relations: Relations) -> Mask:
    """Which of listed events lie in an observation period and meet the condition.

    Where periods overlap the condition looks at the one that starts first.
    """
    events, periods = records.events, relations.sources.periods
    period = np.empty(records.size, np.int64)
    containing(events.person, events.start, periods, period)
    observed = np.flatnonzero(period >= 0)
    order = observed[grouped(events.person[observed], relations.scope)[1]]
    atoms = tuple(dict.fromkeys(atoms_of(having.condition)))
    has_visits = any(isinstance(atom, Occurs) and atom.same_visit for atom in atoms)
    chosen = View(records).at(order)
    entries = entries_of(
        relations.scope,
        chosen.events.person,
        chosen.events.start,
        chosen.events.end,
        periods.start[period[order]],
        periods.end[period[order]],
        relations.sources.fields.visit_of(View(chosen)) if has_visits else absent(order.size),
    )
    columns = truths(atoms, entries, relations.of(relations.scope.of(entries.people())))
    found = np.zeros(records.size, np.bool_)
    found[order] = holds(having.condition, columns, entries.size)
    return found
