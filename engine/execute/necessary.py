"""Whom the rules of a cohort can let through at all: people who have the events that they ask for.

An `include` rule that needs some event of a relation lets nobody through who has no event of its concepts, whatever its
windows and predicates say. So a set of people, which an index gives in a moment, may leave few of them to look at.
"""

from collections.abc import Iterable, Iterator

from cohort_dsl.ast import CountOperator, RuleKind
from engine.logical.nodes import (
    AnswerScan,
    CohortEntries,
    CohortPlan,
    Condition,
    EraJoin,
    EventRelation,
    Every,
    EveryoneOn,
    Having,
    Occurs,
    Scan,
    Some,
)

Scans = tuple[Scan, ...]
"""A member has an event of one of them."""


def necessary_scans(cohort: CohortPlan) -> tuple[Scans, ...]:
    """What every member has events of; each once, in the order of the document."""
    conditions = [rule.condition for rule in cohort.rules if rule.kind is RuleKind.INCLUDE]
    if cohort.qualify is not None:
        conditions.append(cohort.qualify.condition)
    of_rules = (scans for condition in conditions for scans in _of_condition(condition))
    return tuple(dict.fromkeys((*_of_entry(cohort), *of_rules)))


def _of_entry(cohort: CohortPlan) -> Iterator[Scans]:
    events = cohort.entry.events
    if isinstance(events, EveryoneOn):
        return
    whole = _all_known(map(_scans_of, events))
    if whole is not None:
        yield whole
    if len(events) == 1:
        yield from _of_inner_conditions(events[0])


def _of_condition(condition: Condition) -> Iterator[Scans]:
    """What whoever has an entry for which the condition is true has events of."""
    match condition:
        case Every(parts=parts):
            for part in parts:
                yield from _of_condition(part)
        case Occurs() if _needs_one(condition):
            scans = _scans_of(condition.events)
            if scans is not None:
                yield scans
            yield from _of_inner_conditions(condition.events)
        case Some(parts=parts):
            whole = _all_known(next(_of_condition(part), None) for part in parts)
            if whole is not None:
                yield whole
        case _:
            return


def _of_inner_conditions(events: EventRelation) -> Iterator[Scans]:
    """What the conditions of `having` ask for of whoever has such an event."""
    if isinstance(events, Having):
        yield from _of_condition(events.condition)
    if not isinstance(events, Scan | EraJoin | AnswerScan | CohortEntries):
        yield from _of_inner_conditions(events.source)


def _needs_one(atom: Occurs) -> bool:
    """Whether nobody without such an event passes."""
    return atom.number > 0 and atom.operator in (CountOperator.AT_LEAST, CountOperator.EXACTLY)


def _scans_of(events: EventRelation) -> Scans | None:
    """The scans of one of which there is an event for whoever has one of the relation; absent where none is known."""
    match events:
        case Scan():
            return (events,)
        case EraJoin(sources=sources):
            return _all_known(map(_scans_of, sources))
        case AnswerScan() | CohortEntries():
            return None
        case _:
            return _scans_of(events.source)


def _all_known(parts: Iterable[Scans | None]) -> Scans | None:
    """The scans of all parts together; absent when those of one are."""
    found: list[Scan] = []
    for part in parts:
        if part is None:
            return None
        found += part
    return tuple(dict.fromkeys(found))
