"""Criteria joined in their plainest form, and which of them Circe calls demographic."""

from collections.abc import Iterable
from dataclasses import replace

from cohort_dsl.ast import (
    Between,
    ConceptById,
    ConceptSet,
    Count,
    CountOperator,
    Criterion,
    Group,
    GroupKind,
    Not,
    Occurrence,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
)
from schemas.fields import PersonField

ALWAYS = Group(kind=GroupKind.ALL, parts=())
"""True of every entry."""
NEVER = Not(part=ALWAYS)
"""True of none."""

RANGES = (PersonField.AGE, PersonField.INDEX_DATE, PersonField.INDEX_END_DATE)
CONCEPTS = (PersonField.GENDER, PersonField.RACE, PersonField.ETHNICITY)


def all_of(parts: Iterable[Criterion]) -> Criterion:
    """True when each part is; groups of the same kind are opened, and parts stand in Circe's order."""
    return _joined(GroupKind.ALL, parts)


def any_of(parts: Iterable[Criterion]) -> Criterion:
    """True when some part is."""
    return _joined(GroupKind.ANY, parts)


def none_of(parts: Iterable[Criterion]) -> Criterion:
    """True when no part is."""
    opened = _ordered(_opened(GroupKind.ANY, parts))
    return negated(opened[0]) if len(opened) == 1 else Group(kind=GroupKind.NONE, parts=opened)


def negated(criterion: Criterion) -> Criterion:
    """The contrary, said without `not` where the language has a word for it."""
    match criterion:
        case Occurrence(count=Count(operator=CountOperator.AT_LEAST, number=number)):
            return _counted(criterion, CountOperator.AT_MOST, number - 1)
        case Occurrence(count=Count(operator=CountOperator.AT_MOST, number=number)):
            return _counted(criterion, CountOperator.AT_LEAST, number + 1)
        case Occurrence(count=Count(operator=CountOperator.EXACTLY, number=0)):
            return _counted(criterion, CountOperator.AT_LEAST, 1)
        case Group(kind=GroupKind.NONE, parts=parts):
            return any_of(parts)
        case Group(kind=GroupKind.ANY, parts=parts):
            return none_of(parts)
        case Not(part=part):
            return part
        case _:
            return Not(part=criterion)


def ordered(parts: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Events first, then persons, then groups, as Circe keeps them."""
    return _ordered(tuple(parts))


def is_demographic(criterion: Criterion) -> bool:
    """Whether one of Circe's demographic criteria says it."""
    if isinstance(criterion, Group) and criterion.kind is GroupKind.ALL and len(criterion.parts) > 1:
        slots = [slot_of(part) for part in criterion.parts]
        return None not in slots and len(set(slots)) == len(slots)
    return slot_of(criterion) is not None


def slot_of(criterion: Criterion) -> tuple[PersonField, bool] | None:
    """The one attribute of demographic criteria that says it: the field, and whether through a named set."""
    match criterion:
        case PersonTest(field=field) | Not(part=PersonTest(field=field, test=Between())) if field in RANGES:
            return field, False
        case PersonIn(field=PersonField.SEX):
            return PersonField.GENDER, False
        case PersonConcepts(field=field, concepts=concepts) if field in CONCEPTS:
            return field, not is_listed(concepts)
        case Not(part=PersonConcepts(field=field)) if field in CONCEPTS:
            return field, True
        case PersonMissing(field=field) | Not(part=PersonMissing(field=field)) if field in CONCEPTS:
            return field, True
        case _:
            return None


def is_listed(concepts: ConceptSet) -> bool:
    """Whether the set is plain concepts and nothing else, which Circe writes out where it is used."""
    plain = all(isinstance(item, ConceptById) and not (item.descendants or item.mapped) for item in concepts.included)
    return plain and bool(concepts.included) and not concepts.excluded


def listed_concepts(concepts: ConceptSet) -> tuple[ConceptById, ...]:
    """The concepts of a set that names each by its id."""
    return tuple(item for item in concepts.included if isinstance(item, ConceptById))


def _joined(kind: GroupKind, parts: Iterable[Criterion]) -> Criterion:
    opened = _ordered(_opened(kind, parts))
    return opened[0] if len(opened) == 1 else Group(kind=kind, parts=opened)


def _opened(kind: GroupKind, parts: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Parts of inner groups of the kind in place of the groups; `any of ()` is false and stays."""
    found: list[Criterion] = []
    for part in parts:
        if isinstance(part, Group) and part.kind is kind and (part.parts or kind is GroupKind.ALL):
            found += part.parts
        else:
            found.append(part)
    return tuple(found)


def _ordered(parts: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    return tuple(sorted(parts, key=_rank))


def _rank(criterion: Criterion) -> int:
    if isinstance(criterion, Occurrence):
        return 0
    return 1 if is_demographic(criterion) else 2


def _counted(occurrence: Occurrence, operator: CountOperator, number: int) -> Occurrence:
    """`at most 0` is `no`."""
    exact = CountOperator.EXACTLY if operator is CountOperator.AT_MOST and number == 0 else operator
    return replace(occurrence, count=replace(occurrence.count, operator=exact, number=number))
