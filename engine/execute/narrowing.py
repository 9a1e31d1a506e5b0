"""Whom to look at, where few people have the events that the rules of a cohort need."""

from engine.catalog.interruption import Interruption
from engine.execute.frames import Among
from engine.execute.means import Means
from engine.execute.necessary import Scans, necessary_scans
from engine.execute.target import FindsPeople
from engine.logical.digest import Names
from engine.physical.nodes import PhysicalPlan

WORTH_FINDING_MS = 1.5
"""Entries that are thought to take longer are made of the people only who have the events that rules need."""
MOST_WITH_EVENTS = 0.5
"""The share of people that a set of people with some event may have to be looked at."""


def with_events(plan: PhysicalPlan, among: Among, means: Means, names: Names, stop: Interruption) -> Among:
    """The people `among` who have what every member has, where these are few and reading the events of all would cost
    something. Their name follows from the concept sets alone: a window or a predicate changed leaves it the same."""
    finder = means.targets[plan.entries]
    if not _is_worth_it(plan, means) or not isinstance(finder, FindsPeople):
        return among
    needed = [scans for scans in necessary_scans(plan.cohort) if _share_with(scans, means) < MOST_WITH_EVENTS]
    possible = among.people
    for scans in needed:
        key = names.of("owners", means.scope, *scans)
        found = means.kept.one(key, lambda scans=scans: finder.people_with(scans, stop), stop).value
        possible = found if possible is None else possible & found
    if possible is None or not needed or possible.count() >= means.selective * means.persons:
        return among
    return Among(name=names.of("among", among.name, *needed), people=possible)


def _is_worth_it(plan: PhysicalPlan, means: Means) -> bool:
    if means.estimates is None:
        return True
    return means.estimates.entries(plan.cohort.entry, plan.entries).milliseconds >= WORTH_FINDING_MS


def _share_with(scans: Scans, means: Means) -> float:
    """The share of people who are thought to have an event of one of the scans."""
    if means.estimates is None:
        return 0.0
    statistics = means.estimates.statistics
    return sum(statistics.events(scan.domain, scan.concepts).persons for scan in scans) / max(1, means.persons)
