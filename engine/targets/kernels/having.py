"""Events that meet a condition of their own: each event is the entry the condition is about."""

from collections.abc import Iterable, Iterator

import numpy as np

from engine.kernels.events import containing
from engine.logical.nodes import Condition, Every, Having, Occurs, Scan, atoms_of
from engine.physical.kleene import holds
from engine.physical.planner import fragment_relations
from engine.targets.kernels.conditions import truths
from engine.targets.kernels.entries import Entries, entries_of
from engine.targets.kernels.records import Mask, Records
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scans import rows_of
from engine.targets.kernels.scope import Rows, ordered_by_person
from engine.targets.kernels.views import View


def holding(records: Records, having: Having, relations: Relations) -> Mask:
    """Which of listed events lie in an observation period and meet the condition.

    Where periods overlap the condition looks at the one that starts first. Its parts are looked at one after another,
    those that read least first, each for the events that are left.
    """
    order, entries = _events_as_entries(records, having, relations)
    for part in sorted(_parts(having.condition), key=lambda part: _rows_read(part, relations)):
        if not entries.size:
            break
        columns = truths(tuple(dict.fromkeys(atoms_of(part))), entries, relations)
        left = np.flatnonzero(holds(part, columns, entries.size))
        order, entries = order[left], entries.taken(left)
    found = np.zeros(records.size, np.bool_)
    found[order] = True
    return found


def _events_as_entries(records: Records, having: Having, relations: Relations) -> tuple[Rows, Entries]:
    """The events that lie in a period as entries, and the place of each among the records."""
    events, periods = records.events, relations.sources.periods
    period = np.empty(records.size, np.int64)
    containing(events.person, events.start, periods, period)
    observed = np.flatnonzero(period >= 0)
    order = observed[ordered_by_person(events.person[observed], relations.scope)]
    atoms = atoms_of(having.condition)
    has_visits = any(isinstance(atom, Occurs) and atom.same_visit for atom in atoms)
    chosen = View(records, order)
    entries = entries_of(
        relations.scope,
        chosen.person,
        chosen.start,
        chosen.end,
        periods.start[period[order]],
        periods.end[period[order]],
        relations.sources.fields.visit_of(chosen) if has_visits else None,
    )
    return order, entries


def _parts(condition: Condition) -> Iterator[Condition]:
    """What all must be true for the condition to be."""
    if isinstance(condition, Every):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _rows_read(condition: Condition, relations: Relations) -> int:
    """How many rows of tables the condition reads at most."""
    scans: Iterable[Scan] = {
        events for atom in atoms_of(condition) for events in fragment_relations(atom) if isinstance(events, Scan)
    }
    return sum(rows_of(scan, relations.sources.index) for scan in scans)
