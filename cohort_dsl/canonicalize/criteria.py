"""Criteria, with `not` carried inwards, which Kleene's three-valued logic allows: `not (a and b)` is
`not a or not b` and `not (at least 2 of …)` is `at most 1 of …` also when parts are unknown. OHDSI's SQL takes unknown
for false where `not` or a count would turn it round, so that in its mode such parts stay where they are."""

from dataclasses import dataclass, replace
from typing import assert_never

from cohort_dsl.ast import (
    AnswerIn,
    Burden,
    Carries,
    Count,
    CountOperator,
    Criterion,
    Distinct,
    GenotypeCriterion,
    Group,
    GroupKind,
    NoCall,
    Not,
    Occurrence,
    PairedVariants,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    PhasedVariants,
    RangeTest,
    ScoreTest,
    Survey,
    Unanswered,
    Unknown,
    Window,
)
from cohort_dsl.canonicalize.boolean import joined
from cohort_dsl.canonicalize.concepts import ConceptSets
from cohort_dsl.canonicalize.events import EventCanonicalizer
from cohort_dsl.canonicalize.genotypes import canonical_genotypes
from cohort_dsl.canonicalize.order import distinct_in_order, in_order, order_key
from cohort_dsl.canonicalize.values import (
    canonical_answers,
    canonical_range,
    canonical_window,
    is_any_time,
    opposite_range,
)
from schemas.fields import PersonField

_ALWAYS = Group(kind=GroupKind.ALL, parts=())
_NEVER = Not(part=_ALWAYS)


@dataclass(frozen=True, slots=True)
class Canonicalizer:
    """The canonical forms of one document's parts; `exact` where the document is of the mode `circe-exact`."""

    sets: ConceptSets
    exact: bool

    @property
    def events(self) -> EventCanonicalizer:
        """The canonical forms of events."""
        return EventCanonicalizer(self.sets, self.criterion)

    def criterion(self, criterion: Criterion, *, negated: bool = False) -> Criterion:
        """The canonical criterion, or that of its negation."""
        match criterion:
            case Not(part=part) if self._may_be_unknown(part):
                leaf: Criterion = Not(part=self.criterion(part))
            case Group() if self._counts_unknown(criterion):
                return self._as_it_stands(criterion, negated=negated)
            case _ if negated and self._may_be_unknown(criterion):
                leaf = self.criterion(criterion)
            case Not(part=part):
                return self.criterion(part, negated=not negated)
            case Group():
                return self._group(criterion, negated=negated)
            case Occurrence(count=count):
                turned = _opposite_count(count) if negated else None
                negated = negated and turned is None
                leaf = self._occurrence(replace(criterion, count=turned or count))
            case PersonTest(test=test) | ScoreTest(test=test):
                opposite = opposite_range(test) if negated else None
                negated = negated and opposite is None
                leaf = replace(criterion, test=opposite or canonical_range(test))
            case _:
                leaf = self._leaf(criterion)
        return Not(part=leaf) if negated else leaf

    def _leaf(
        self, criterion: PersonIn | PersonConcepts | PersonMissing | GenotypeCriterion | Survey | Unknown
    ) -> Criterion:
        match criterion:
            case PersonIn(values=values):
                return replace(criterion, values=tuple(sorted(set(values))))
            case PersonConcepts():
                return self._person_concepts(criterion)
            case PersonMissing():
                return criterion
            case Carries() | NoCall() | Burden() | PairedVariants() | PhasedVariants() | ScoreTest():
                return canonical_genotypes(criterion)
            case Survey(test=test, window=window):
                return replace(
                    criterion, test=_answer(test), window=window and _unless_any_time(canonical_window(window))
                )
            case Unknown(part=part):
                sides = [self.criterion(part)]
                if not self._may_be_unknown(part):
                    sides.append(self.criterion(part, negated=True))
                return Unknown(part=min(sides, key=order_key))
            case _:
                assert_never(criterion)

    def _person_concepts(self, criterion: PersonConcepts) -> PersonConcepts:
        """OHDSI's SQL looks a set of races up in the gender, and a list of them, however long, in the race."""
        concepts = criterion.concepts
        if not self.exact or criterion.field is PersonField.GENDER:
            return replace(criterion, concepts=self.sets.canonical(concepts))
        if concepts.is_named:
            return replace(criterion, field=PersonField.GENDER, concepts=self.sets.canonical(concepts))
        return replace(criterion, concepts=self.sets.written_out(concepts))

    def _may_be_unknown(self, criterion: Criterion) -> bool:
        """Whether the criterion, in the mode of OHDSI's SQL, may be neither true nor false."""
        match criterion:
            case _ if not self.exact:
                return False
            case Group(kind=GroupKind.ALL | GroupKind.ANY | GroupKind.AT_LEAST, parts=parts):
                return any(map(self._may_be_unknown, parts))
            case Group() | Not() | Unknown() | Occurrence() | PersonTest() | PersonMissing() | NoCall():
                return False
            case Survey(test=test):
                return not isinstance(test, Unanswered)
            case _:
                return True

    def _counts_unknown(self, criteria: Group) -> bool:
        return not self._may_be_unknown(criteria) and any(map(self._may_be_unknown, criteria.parts))

    def _occurrence(self, occurrence: Occurrence) -> Occurrence:
        return replace(
            occurrence,
            events=self.events.events(occurrence.events),
            count=_canonical_count(occurrence.count),
            windows=distinct_in_order(
                canonical_window(window) for window in occurrence.windows if not is_any_time(window)
            ),
        )

    def _group(self, criteria: Group, *, negated: bool) -> Criterion:
        kind, number, size = criteria.kind, criteria.number, len(criteria.parts)
        match kind:
            case GroupKind.NONE:
                return self._joined(criteria, every=not negated, negated=not negated)
            case GroupKind.ALL | GroupKind.ANY:
                return self._joined(criteria, every=(kind is GroupKind.ALL) is not negated, negated=negated)
            case GroupKind.AT_MOST if number == size:
                return self._as_it_stands(
                    criteria, negated=negated
                )  # always true, and nothing counted says its opposite
            case GroupKind.AT_LEAST | GroupKind.AT_MOST:
                if negated:
                    kind, number = _opposite_group(kind, number)
                return self._counted(criteria, at_least=kind is GroupKind.AT_LEAST, number=number)
            case GroupKind.EXACTLY if number == 0:
                return self._joined(criteria, every=not negated, negated=not negated)
            case GroupKind.EXACTLY if number == size:
                return self._joined(criteria, every=not negated, negated=negated)
            case GroupKind.EXACTLY:
                return self._as_it_stands(criteria, negated=negated)
            case _:
                assert_never(kind)

    def _as_it_stands(self, criteria: Group, *, negated: bool) -> Criterion:
        ordered = replace(criteria, parts=in_order(map(self.criterion, criteria.parts)))
        return Not(part=ordered) if negated else ordered

    def _counted(self, criteria: Group, *, at_least: bool, number: int) -> Criterion:
        """At least or at most so many, as `and` or `or` where that says the same."""
        size = len(criteria.parts)
        least = number if at_least else size - number
        if least == size:
            return self._joined(criteria, every=True, negated=not at_least)
        if least == 1:
            return self._joined(criteria, every=False, negated=not at_least)
        kind = GroupKind.AT_LEAST if at_least else GroupKind.AT_MOST
        return replace(criteria, kind=kind, number=number, parts=in_order(map(self.criterion, criteria.parts)))

    def _joined(self, criteria: Group, *, every: bool, negated: bool) -> Criterion:
        kind = GroupKind.ALL if every else GroupKind.ANY
        neutral, decisive = (_ALWAYS, _NEVER) if every else (_NEVER, _ALWAYS)
        parts = [self.criterion(part, negated=negated) for part in criteria.parts]
        if decisive in parts:
            return decisive
        telling = [part for part in parts if part != neutral]
        if not telling:
            return neutral
        return joined(
            telling,
            inside=lambda part: part.parts if isinstance(part, Group) and part.kind is kind else None,
            made=lambda parts: Group(kind=kind, parts=parts),
        )


def _opposite_group(kind: GroupKind, number: int) -> tuple[GroupKind, int]:
    if kind is GroupKind.AT_LEAST:
        return GroupKind.AT_MOST, number - 1
    return GroupKind.AT_LEAST, number + 1


def _canonical_count(count: Count) -> Count:
    """None at all is `exactly 0`; an event on one distinct date is an event."""
    if count.operator is CountOperator.AT_MOST and count.number == 0:
        count = replace(count, operator=CountOperator.EXACTLY)
    return replace(count, distinct=None) if count.distinct is Distinct.DATES and _counts_presence(count) else count


def _counts_presence(count: Count) -> bool:
    """Whether only none or some matters, so that counting dates counts the same as counting events."""
    at_least_one = count.operator is CountOperator.AT_LEAST and count.number == 1
    return at_least_one or (count.operator is CountOperator.EXACTLY and count.number == 0)


def _opposite_count(count: Count) -> Count | None:
    """The count that holds exactly where this does not: occurrences are never unknown. Absent for `exactly 2`."""
    match count.operator:
        case CountOperator.AT_LEAST:
            return replace(count, operator=CountOperator.AT_MOST, number=count.number - 1)
        case CountOperator.AT_MOST:
            return replace(count, operator=CountOperator.AT_LEAST, number=count.number + 1)
        case CountOperator.EXACTLY if count.number == 0:
            return replace(count, operator=CountOperator.AT_LEAST, number=1)
        case CountOperator.EXACTLY:
            return None
        case _:
            assert_never(count.operator)


def _answer(test: AnswerIn | RangeTest | Unanswered) -> AnswerIn | RangeTest | Unanswered:
    return test if isinstance(test, Unanswered) else canonical_answers(test)


def _unless_any_time(window: Window) -> Window | None:
    return None if is_any_time(window) else window
