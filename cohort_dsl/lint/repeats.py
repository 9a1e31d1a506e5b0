"""Lints of criteria and events that stand twice."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from cohort_dsl.ast import Criterion, Events, Everyone, Group, GroupKind
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.lint.said import Sayings
from cohort_dsl.tree import span_of

Node = TypeVar("Node", Criterion, Events)


def repeated_criteria(document: Document) -> Iterator[Finding]:
    """Parts of a group that an earlier part says."""
    for visit in document.nodes:
        if isinstance(visit.value, Group):
            for part in _repeated(document.said, visit.value.parts):
                yield Finding(span_of(part) or visit.span, "an earlier part of the group says the same", "remove it")


def repeated_rules(document: Document) -> Iterator[Finding]:
    """Rules that do what an earlier rule does."""
    first: dict[Hashable, str] = {}
    for rule in document.cohort.rules:
        name = first.setdefault((rule.kind, document.said(rule.criterion)), rule.name)
        if name != rule.name:
            yield Finding(span_of(rule), f'the rule "{name}" says the same', f'remove the rule "{rule.name}"')


def repeated_events(document: Document) -> Iterator[Finding]:
    """Index or censoring events that are listed before."""
    index = () if isinstance(document.cohort.index.events, Everyone) else document.cohort.index.events
    for listed in (index, document.cohort.exit.censors):
        for events in _repeated(document.said, listed):
            yield Finding(span_of(events), "these events are listed before", "remove them here")


def counted_groups(document: Document) -> Iterator[Finding]:
    """Groups that count their parts and hold only one."""
    counted = (GroupKind.AT_LEAST, GroupKind.AT_MOST, GroupKind.EXACTLY)
    for visit in document.nodes:
        match visit.value:
            case Group(kind=kind, parts=(_,), number=1) if kind in counted and kind is not GroupKind.AT_MOST:
                message = "the group has one part, so there is nothing to count"
                yield Finding(visit.span, message, "write the criterion without the group, or add the missing ones")
            case Group(kind=GroupKind.AT_MOST, parts=parts, number=number) if parts and number >= len(parts):
                message = f"at most {number} of {len(parts)} always holds"
                yield Finding(visit.span, message, "lower the number, or add the missing criteria")
            case _:
                pass


def empty_rules(document: Document) -> Iterator[Finding]:
    """Groups without parts."""
    for visit in document.nodes:
        match visit.value:
            case Group(parts=(), kind=kind):
                truth = "is never true" if kind is GroupKind.ANY else "is true of everybody"
                yield Finding(visit.span, f"the group is empty and {truth}", "fill in its criteria, or remove it")
            case _:
                pass


def _repeated(said: Sayings, nodes: Iterable[Node]) -> Iterator[Node]:
    seen: set[Hashable] = set()
    for node in nodes:
        meaning = said(node)
        if meaning in seen:
            yield node
        seen.add(meaning)


_HEAD = "let t2dm = concept 201826\nlet insulin = concept 1511348\nindex first ever condition in t2dm\n"

RULES = (
    LintRule(
        code="repeated-criterion",
        severity=Severity.WARNING,
        meaning="A group holds one criterion twice. In `at least 2 of (…)` it counts twice.",
        example=f'{_HEAD}include "treated" when any drug in insulin after index or any drug in insulin after index',
        fixed=f'{_HEAD}include "treated" when any drug in insulin after index',
        find=repeated_criteria,
    ),
    LintRule(
        code="repeated-rule",
        severity=Severity.WARNING,
        meaning="Two rules ask for the same. The second drops nobody.",
        example=f'{_HEAD}include "a" when any drug in insulin after index\n'
        'include "b" when any drug in insulin after index',
        fixed=f'{_HEAD}include "a" when any drug in insulin after index',
        find=repeated_rules,
    ),
    LintRule(
        code="repeated-event",
        severity=Severity.WARNING,
        meaning="The index, or the events at which entries end, lists the same events twice.",
        example="let t2dm = concept 201826\nindex earliest of condition in t2dm or condition in t2dm",
        fixed="let t2dm = concept 201826\nindex earliest of condition in t2dm",
        find=repeated_events,
    ),
    LintRule(
        code="group-of-one",
        severity=Severity.INFO,
        meaning="A group that counts its parts has so few that the counting says nothing.",
        example=f'{_HEAD}include "treated" when at least 1 of (any drug in insulin after index)',
        fixed=f'{_HEAD}include "treated" when any drug in insulin after index',
        find=counted_groups,
    ),
    LintRule(
        code="empty-rule",
        severity=Severity.WARNING,
        meaning="A group has no criteria, so it drops nobody or everybody. The rule is probably unfinished.",
        example='let t2dm = concept 201826\nindex first ever condition in t2dm\ninclude "treated" when all of ()',
        fixed=f'{_HEAD}include "treated" when any drug in insulin after index',
        find=empty_rules,
    ),
)
