"""Criteria of the language to conditions of the plan."""

from collections.abc import Callable
from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    Carries,
    CountOperator,
    Criterion,
    Events,
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
    ScoreTest,
    Survey,
    Unknown,
)
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.vocabulary import Unmatched
from engine.logical.concepts import ConceptResolver
from engine.logical.genotypes import GenotypeAnalyzer
from engine.logical.nodes import (
    Condition,
    CountOf,
    EventRelation,
    Every,
    IsUnknown,
    Negation,
    Occurs,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    Some,
)
from engine.logical.survey import survey_condition
from schemas.errors import AnalysisProblem
from schemas.fields import PersonField
from schemas.sex import SEX_CONCEPTS

_COUNTED = {
    GroupKind.AT_LEAST: CountOperator.AT_LEAST,
    GroupKind.AT_MOST: CountOperator.AT_MOST,
    GroupKind.EXACTLY: CountOperator.EXACTLY,
}


class ConditionAnalyzer:
    """Turns criteria into conditions; `relation` turns event queries into relations.

    `exact` takes ages and concept 0 as OHDSI's SQL does, and counts what is unknown as false.
    """

    def __init__(
        self,
        concepts: ConceptResolver,
        dictionaries: Dictionaries,
        relation: Callable[[Events], EventRelation],
        *,
        exact: bool,
    ) -> None:
        self._exact = exact
        self._concepts = concepts
        self._dictionaries = dictionaries
        self._relation = relation
        self._genotypes = GenotypeAnalyzer(dictionaries)

    @property
    def unmatched(self) -> list[Unmatched]:
        """Genes that the annotation does not have."""
        return self._genotypes.unmatched

    def condition(self, criterion: Criterion) -> Condition:
        """The condition a criterion means; raises `AnalysisProblem` with its place in the text."""
        try:
            return self._condition(criterion)
        except AnalysisProblem as problem:
            if problem.span is None:
                problem.span = criterion.span
            raise

    def _condition(self, criterion: Criterion) -> Condition:
        match criterion:
            case Occurrence():
                return self._occurs(criterion)
            case PersonTest(field=field, test=test):
                return PersonRange(field=field, test=test, by_year=self._exact and field is PersonField.AGE)
            case PersonIn(field=field, values=values):
                return self._person_text(field, values)
            case PersonConcepts(field=field, concepts=concepts):
                ids = self._concepts.resolve(concepts)
                read = self._read_for_set(field) if concepts.is_named else field
                return PersonConcept(field=read, concepts=ids, zero_is_value=self._exact)
            case PersonMissing(field=field):
                return PersonUnrecorded(field=self._read_for_set(field), zero_is_value=self._exact)
            case Carries() | NoCall() | Burden() | PairedVariants() | PhasedVariants() | ScoreTest():
                return self._genotypes.condition(criterion)
            case Survey():
                return survey_condition(criterion, self._dictionaries.questions)
            case Group():
                return self._group(criterion)
            case Not(part=part):
                return Negation(part=self._counted(part))
            case Unknown(part=part):
                return IsUnknown(part=self.condition(part))
            case _:
                assert_never(criterion)

    def _occurs(self, occurrence: Occurrence) -> Occurs:
        return Occurs(
            events=self._relation(occurrence.events),
            operator=occurrence.count.operator,
            number=occurrence.count.number,
            distinct=occurrence.count.distinct,
            windows=tuple(dict.fromkeys(sorted(occurrence.windows, key=lambda w: w.edge.value, reverse=True))),
            within_observation=not occurrence.ignoring_observation,
            same_visit=occurrence.same_visit,
        )

    def _group(self, group: Group) -> Condition:
        monotone = group.kind in (GroupKind.ALL, GroupKind.ANY, GroupKind.AT_LEAST)
        parts = tuple(self.condition(part) if monotone else self._counted(part) for part in group.parts)
        match group.kind:
            case GroupKind.ALL:
                return Every(parts=parts)
            case GroupKind.ANY:
                return Some(parts=parts)
            case GroupKind.NONE:
                return Negation(part=Some(parts=parts))
            case GroupKind.AT_LEAST | GroupKind.AT_MOST | GroupKind.EXACTLY:
                return CountOf(operator=_COUNTED[group.kind], number=group.number, parts=parts)
            case _:
                assert_never(group.kind)

    def _read_for_set(self, field: PersonField) -> PersonField:
        """OHDSI's SQL looks a *set* of races or ethnicities up in the gender (circe-be issue 227)."""
        mistaken = self._exact and field in (PersonField.RACE, PersonField.ETHNICITY)
        return PersonField.GENDER if mistaken else field

    def _counted(self, part: Criterion) -> Condition:
        """A part whose being unknown could make the whole true; OHDSI's SQL takes unknown for false."""
        condition = self.condition(part)
        if not self._exact or isinstance(condition, Occurs):
            return condition
        return Every(parts=(condition, Negation(part=IsUnknown(part=condition))))

    def _person_text(self, field: PersonField, values: tuple[str, ...]) -> PersonText:
        if field is PersonField.SEX:
            for value in values:
                if value not in SEX_CONCEPTS:
                    raise AnalysisProblem("sex-unknown", f"{value!r} is not a sex", expected=tuple(SEX_CONCEPTS))
        return PersonText(field=field, values=tuple(sorted(set(values))))
