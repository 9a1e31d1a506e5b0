"""Whom to look at, where few people have the genotypes or the events that the rules of a cohort need."""

from engine.execute.frames import Among
from engine.execute.means import Means
from engine.execute.necessary import Scans, necessary_scans
from engine.execute.people import people_of
from engine.execute.target import FindsPeople
from engine.execute.work import Work
from engine.physical.bounds import people_in
from engine.physical.nodes import PhysicalPlan

WORTH_FINDING_MS = 1.5
"""Entries that are thought to take longer are made of the people only who have the events that rules need."""
MOST_WITH_EVENTS = 0.5
"""The share of people that a set of people with some event may have to be looked at."""


def with_genotypes(plan: PhysicalPlan, among: Among, work: Work) -> Among:
    """The people `among` whose genotypes let them be members, where these are few enough for that to be worth it."""
    if plan.bound is None:
        return among
    possible = people_in(plan.bound, {kernel.atom: people_of(kernel.atom, work) for kernel in plan.kernels})
    possible = possible if among.people is None else possible & among.people
    if possible.count() >= work.means.selective * work.means.persons:
        return among
    return Among(name=work.names.of("among", among.name, plan.bound), people=possible)


def with_events(plan: PhysicalPlan, among: Among, work: Work) -> Among:
    """The people `among` who have what every member has, where these are few and reading the events of all would cost
    something. Their name follows from the concept sets alone: a window or a predicate changed leaves it the same."""
    means = work.means
    finder = means.targets[plan.entries]
    if not _is_worth_it(plan, means) or not isinstance(finder, FindsPeople):
        return among
    needed = [scans for scans in necessary_scans(plan.cohort) if _share_with(scans, means) < MOST_WITH_EVENTS]
    possible = among.people
    for scans in needed:
        key = work.names.of("owners", means.scope, *scans)
        found = work.one(key, lambda scans=scans: finder.people_with(scans, work.stop)).value
        possible = found if possible is None else possible & found
    if possible is None or not needed or possible.count() >= means.selective * means.persons:
        return among
    return Among(name=work.names.of("among", among.name, *needed), people=possible)


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
