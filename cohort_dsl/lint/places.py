"""Where the parts of a document stand: event queries, and criteria with what is asked of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cohort_dsl.ast import (
    Cohort,
    CountOperator,
    Criterion,
    EventQuery,
    Group,
    GroupKind,
    Not,
    Occurrence,
    RuleKind,
)
from cohort_dsl.tree import Visit, span_of
from cohort_dsl.words import Subject
from schemas.errors import Span


@dataclass(frozen=True, slots=True)
class Literal:
    """A criterion, whether it must be true or must not, where it stands, and what it is about."""

    criterion: Criterion
    is_wanted: bool
    span: Span | None
    subject: Subject = Subject.INDEX


@dataclass(frozen=True, slots=True)
class Query:
    """An event query and where it stands."""

    query: EventQuery
    span: Span | None


def queries_of(nodes: Iterable[Visit]) -> Iterator[Query]:
    """The event queries among nodes."""
    return (Query(visit.value, visit.span) for visit in nodes if isinstance(visit.value, EventQuery))


def required(cohort: Cohort) -> tuple[Literal, ...]:
    """What every entry of the cohort must meet, from `qualify` and the rules."""
    wanted: list[Literal] = []
    if cohort.qualify is not None:
        wanted += conjuncts(cohort.qualify.criterion, is_wanted=True, span=span_of(cohort.qualify))
    for rule in cohort.rules:
        wanted += conjuncts(rule.criterion, is_wanted=rule.kind is RuleKind.INCLUDE, span=span_of(rule))
    return tuple(wanted)


def conjuncts(criterion: Criterion, *, is_wanted: bool, span: Span | None) -> tuple[Literal, ...]:
    """The criteria that must all be met for this one to be met; itself where it is no conjunction."""
    span = span_of(criterion) or span
    match criterion:
        case Not(part=part):
            return conjuncts(part, is_wanted=not is_wanted, span=span)
        case Group(kind=kind, parts=parts, number=number):
            asked = _asked_of_parts(kind, number, len(parts), is_wanted)
            if asked is None:
                return (Literal(criterion, is_wanted, span),)
            return tuple(literal for part in parts for literal in conjuncts(part, is_wanted=asked, span=span))
        case _:
            return (Literal(criterion, is_wanted, span),)


def _asked_of_parts(kind: GroupKind, number: int, parts: int, is_wanted: bool) -> bool | None:
    """What a group asks of each of its parts alike, absent when it leaves a choice."""
    fewest, most = _parts_met(kind, number, parts)
    if not is_wanted:
        if most == parts:
            fewest, most = 0, fewest - 1
        elif fewest == 0:
            fewest, most = most + 1, parts
        else:
            return None
    if fewest == parts:
        return True
    return False if most == 0 else None


def _parts_met(kind: GroupKind, number: int, parts: int) -> tuple[int, int]:
    """How many parts are met when the group is, fewest and most."""
    match kind:
        case GroupKind.ALL:
            return parts, parts
        case GroupKind.ANY:
            return 1, parts
        case GroupKind.NONE:
            return 0, 0
        case GroupKind.AT_LEAST:
            return number, parts
        case GroupKind.AT_MOST:
            return 0, number
        case GroupKind.EXACTLY:
            return number, number


def conjunctions(together: tuple[Literal, ...], queries: Iterable[Query]) -> Iterator[tuple[Literal, ...]]:
    """Every set of criteria that must be met together: all rules, each alternative, each `having`."""
    yield together
    for literal in together:
        yield from _inner(literal)
    for place in queries:
        if place.query.having is not None:
            having = conjuncts(place.query.having, is_wanted=True, span=place.span)
            inner = tuple(replace(literal, subject=Subject.IT) for literal in having)
            yield inner
            for literal in inner:
                yield from _inner(literal)


def alternatives(nodes: Iterable[Visit]) -> Iterator[tuple[Span | None, tuple[Literal, ...]]]:
    """Every group of which one part is enough, with what it takes for none of its parts to be met."""
    for visit in nodes:
        match visit.value:
            case Group(kind=GroupKind.ANY, parts=parts) as group if len(parts) > 1:
                yield visit.span, conjuncts(group, is_wanted=False, span=visit.span)
            case _:
                pass


def _inner(literal: Literal) -> Iterator[tuple[Literal, ...]]:
    match literal.criterion:
        case Group(parts=parts):
            for part in parts:
                alone = conjuncts(part, is_wanted=True, span=literal.span)
                inner = tuple(replace(each, subject=literal.subject) for each in alone)
                if len(inner) > 1:
                    yield inner
                for deeper in inner:
                    yield from _inner(deeper)
        case _:
            pass


def count_wanted(literal: Literal) -> tuple[int, int | None] | None:
    """How many events an occurrence needs, fewest and most; absent when that is no range, or it is no occurrence."""
    if not isinstance(literal.criterion, Occurrence):
        return None
    number = literal.criterion.count.number
    match literal.criterion.count.operator, literal.is_wanted:
        case CountOperator.AT_LEAST, True:
            return number, None
        case CountOperator.AT_MOST, True:
            return 0, number
        case CountOperator.EXACTLY, True:
            return number, number
        case CountOperator.AT_LEAST, False:
            return 0, number - 1
        case CountOperator.AT_MOST, False:
            return number + 1, None
        case CountOperator.EXACTLY, False:
            return (1, None) if number == 0 else None


def occurrences(together: Iterable[Literal]) -> Iterator[Literal]:
    """Every occurrence of `qualify` and the rules that is about the index event, with what is asked of it as far as
    that is plain: a part of a group that leaves a choice counts as wanted."""
    for literal in together:
        yield from _occurrences(literal)


def _occurrences(literal: Literal) -> Iterator[Literal]:
    match literal.criterion:
        case Occurrence():
            yield literal
        case Group(kind=kind, parts=parts):
            flips = kind in (GroupKind.NONE, GroupKind.AT_MOST)
            for part in parts:
                for inner in conjuncts(part, is_wanted=literal.is_wanted != flips, span=literal.span):
                    yield from _occurrences(inner)
        case _:
            pass
