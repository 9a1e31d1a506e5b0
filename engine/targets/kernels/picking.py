"""Each person's first or last entry that passes all rules, without making all those that come before or after it.

Where rules count events around the first day people walk to it (`engine.targets.kernels.walking`). Else entries are
looked at some at a time: at first one a person, then twice as many of those who have none that passes.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from cohort_dsl.ast import Pick
from engine.catalog.event_index import EventIndex
from engine.kernels.lines import cut_first, cut_last
from engine.kernels.ranges import Rows
from engine.logical.nodes import Entry, EventRelation, Occurs, RulePlan, atoms_of
from engine.physical.entries import Anchors
from engine.physical.kleene import passes
from engine.physical.picking import pick
from engine.physical.planner import fragment_relations
from engine.targets.kernels.conditions import truths
from engine.targets.kernels.counting import is_counted_in_place
from engine.targets.kernels.entries import Entries
from engine.targets.kernels.lines import Line, is_in_order, line_of
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.walking import counted_of, walked_entries

_MOST = 1 << 20
"""Events looked at together, about."""
ENTRIES_AT_ONCE = 8
"""Entries of a person that are looked at together, on average; what is in memory at a time is not much more."""


def picked_entries(
    entry: Entry, rules: Sequence[RulePlan], which: Pick, relations: Relations, *, with_ends: bool
) -> Anchors:
    """The entries in order of person, one a person at most. They have visits only where a rule is about these."""
    atoms = [atom for rule in rules for atom in atoms_of(rule.condition)]
    with_visits = any(isinstance(atom, Occurs) and atom.same_visit for atom in atoms)
    found: list[Anchors] = []
    line, reach = line_of(entry, rules, relations, with_visits=with_visits)
    counted = counted_of(rules)
    if counted is not None and line.is_decided:
        return walked_entries(line, reach, entry, counted, which, relations).anchors(with_ends=with_ends)
    waiting, number = line.within(reach).nonempty(), 1
    while waiting.person.size:
        looked_at, left = _cut(waiting, number, which)
        entries = _passing(looked_at.entries(), rules, relations)
        best = entries.taken(pick(entries.person, entries.start, np.arange(entries.size), which))
        found.append(best.anchors(with_ends=with_ends))
        waiting = left.without(best.person).nonempty()
        number = min(2 * number, max(1, _MOST // max(1, waiting.person.size)))
    return _in_order(found, relations)


def relations_kept(entry: Entry, rules: Sequence[RulePlan], index: EventIndex) -> Iterator[EventRelation]:
    """The relations whose events are listed in memory, and not looked up where they lie."""
    if not is_in_order(entry, index):
        yield from fragment_relations(entry)
    for rule in rules:
        for atom in atoms_of(rule.condition):
            if not (isinstance(atom, Occurs) and is_counted_in_place(atom)):
                yield from fragment_relations(atom)


def _cut(line: Line, number: int, which: Pick) -> tuple[Line, Line]:
    """The next events of each person, which all of one day are among, and those after them."""
    middle: Rows = np.empty(line.person.size, np.int64)
    if which is Pick.LATEST:
        cut_last(line.start, line.low, line.high, number, middle)
        return line.between(middle, line.high), line.between(line.low, middle)
    cut_first(line.low, line.high, number, middle)
    return line.between(line.low, middle), line.between(middle, line.high)


def _passing(entries: Entries, rules: Sequence[RulePlan], relations: Relations) -> Entries:
    """The entries that pass all rules; each rule is looked at for those that are left."""
    for rule in rules:
        relations.stop.check()
        if entries.size:
            columns = truths(tuple(dict.fromkeys(atoms_of(rule.condition))), entries, relations)
            entries = entries.taken(np.flatnonzero(passes(rule.kind, rule.condition, columns, entries.size)))
    return entries


def _in_order(found: list[Anchors], relations: Relations) -> Anchors:
    """The entries of all people together."""
    found = found or [Entries.none(relations.scope).anchors()]
    joined = Anchors.joined(found)
    return joined if len(found) == 1 else joined.take(np.argsort(joined.person, kind="stable"))
