"""The Python spelling: functions and methods that read like the text and make the same tree.

>>> document = (
...     cohort("Statin starters")
...     .let("statins", code("ATC", "C10AA", descendants=True))
...     .index(first(drug("statins").where(field("age") >= 40)), observed_before=days(365))
...     .include("diabetes", any_(condition(concept(201826, descendants=True))).on_or_before_index())
...     .count_by("sex", age_bands(10))
...     .build()
... )
"""

import datetime
from dataclasses import dataclass, replace

from cohort_dsl.ast import (
    Cohort,
    Dimension,
    DimensionKind,
    Duration,
    Edge,
    Everyone,
    Exit,
    Exposure,
    Incidence,
    Index,
    Keep,
    Let,
    Mode,
    Pick,
    Qualify,
    Rule,
    RuleKind,
    StudyPeriod,
    Unit,
    VariantById,
)
from cohort_dsl.building.concepts import ConceptsLike, code, concept, concepts
from cohort_dsl.building.criteria import (
    all_of,
    any_of,
    at_least_of,
    at_most_of,
    exactly_of,
    none_of,
    not_,
    person,
    survey,
    unknown,
)
from cohort_dsl.building.events import (
    CriterionLike,
    EventsLike,
    answers,
    as_concepts,
    as_criterion,
    as_events,
    cohort_entries,
    condition,
    death,
    drug,
    eras,
    events,
    first,
    gaps,
    last,
    measurement,
    nth,
    observation,
    procedure,
    visit,
)
from cohort_dsl.building.fields import abnormal, both, either, field, never
from cohort_dsl.building.genotypes import (
    biallelic,
    burden,
    carries,
    compound_heterozygous,
    in_cis,
    in_trans,
    no_call,
    score,
)
from cohort_dsl.building.occurrences import any_, at_least, at_most, exactly, no
from cohort_dsl.building.times import days, from_end, from_start, months, weeks, window, years
from cohort_dsl.building.variants import gene, lof, panel, region, variant, variant_field, variants, variants_where
from cohort_dsl.document import validate

__all__ = [
    "abnormal",
    "age_bands",
    "all_of",
    "answers",
    "any_",
    "any_of",
    "at_least",
    "at_least_of",
    "at_most",
    "at_most_of",
    "biallelic",
    "both",
    "burden",
    "carries",
    "code",
    "cohort",
    "cohort_entries",
    "compound_heterozygous",
    "concept",
    "concepts",
    "condition",
    "days",
    "death",
    "drug",
    "either",
    "eras",
    "events",
    "exactly",
    "exactly_of",
    "exposure",
    "field",
    "first",
    "from_end",
    "from_start",
    "gaps",
    "gene",
    "genotype_of",
    "in_cis",
    "in_trans",
    "last",
    "lof",
    "measurement",
    "months",
    "never",
    "no",
    "no_call",
    "none_of",
    "not_",
    "nth",
    "observation",
    "panel",
    "person",
    "procedure",
    "region",
    "score",
    "survey",
    "survey_answers",
    "unknown",
    "variant",
    "variant_field",
    "variants",
    "variants_where",
    "visit",
    "weeks",
    "window",
    "years",
]  # fmt: skip

_NO_TIME = Duration(count=0)


@dataclass(frozen=True, slots=True)
class CohortBuilder:
    """A cohort being written; every method gives a new one. `build` checks it and raises `Problems`."""

    _draft: Cohort

    def mode(self, mode: str) -> "CohortBuilder":
        """The semantics asked for: `"corrected"` or `"circe-exact"`."""
        return CohortBuilder(replace(self._draft, mode=Mode(mode)))

    def let(self, name: str, included: ConceptsLike) -> "CohortBuilder":
        """Give a concept set a name."""
        named = Let(name=name, concepts=as_concepts(included))
        return CohortBuilder(replace(self._draft, lets=(*self._draft.lets, named)))

    def index(
        self,
        *choices: EventsLike,
        observed_before: Duration = _NO_TIME,
        observed_after: Duration = _NO_TIME,
        pick: str = "all",
    ) -> "CohortBuilder":
        """The events that may start an entry; `pick` may be `"earliest"` or `"latest"`."""
        index = Index(
            events=tuple(map(as_events, choices)),
            observed_before=observed_before,
            observed_after=observed_after,
            pick=Pick(pick),
        )
        return CohortBuilder(replace(self._draft, index=index))

    def qualify(self, criterion: CriterionLike, *, pick: str = "all") -> "CohortBuilder":
        """Only entries for which the criterion is true go on to the rules; `pick` as in `index`."""
        return CohortBuilder(replace(self._draft, qualify=Qualify(criterion=as_criterion(criterion), pick=Pick(pick))))

    def include(self, name: str, criterion: CriterionLike) -> "CohortBuilder":
        """Keep the entries for which the criterion is true."""
        return self._rule(RuleKind.INCLUDE, name, criterion)

    def exclude(self, name: str, criterion: CriterionLike) -> "CohortBuilder":
        """Drop the entries for which the criterion is true."""
        return self._rule(RuleKind.EXCLUDE, name, criterion)

    def _rule(self, kind: RuleKind, name: str, criterion: CriterionLike) -> "CohortBuilder":
        rule = Rule(kind=kind, name=name, criterion=as_criterion(criterion))
        return CohortBuilder(replace(self._draft, rules=(*self._draft.rules, rule)))

    def keep_first(self) -> "CohortBuilder":
        """Keep a person's first entry only."""
        return CohortBuilder(replace(self._draft, keep=Keep.FIRST))

    def keep_last(self) -> "CohortBuilder":
        """Keep a person's last entry only."""
        return CohortBuilder(replace(self._draft, keep=Keep.LAST))

    def end(
        self,
        offset: Duration | None = None,
        *at: EventsLike,
        after: str = "start",
        exposure: Exposure | None = None,
    ) -> "CohortBuilder":
        """End an entry the offset after its `start` or `end`, with an exposure, or at the first of some events."""
        exit = Exit(offset=offset, anchor=Edge(after), exposure=exposure, censors=tuple(map(as_events, at)))
        return CohortBuilder(replace(self._draft, exit=exit))

    def join_entries(self, *, within: int) -> "CohortBuilder":
        """Make one of a person's entries that are at most so many days apart."""
        return CohortBuilder(replace(self._draft, join_within=within))

    def study_period(self, first: datetime.date | None, last: datetime.date | None) -> "CohortBuilder":
        """Cut entries to these days; an absent one is open."""
        return CohortBuilder(replace(self._draft, study_period=StudyPeriod(first=first, last=last)))

    def incidence(self, outcome: EventsLike, *, per: str) -> "CohortBuilder":
        """Count first outcomes and days at risk `per` `"year"` or `"month"`."""
        return CohortBuilder(replace(self._draft, incidence=Incidence(outcome=as_events(outcome), per=Unit(per))))

    def count_by(self, *dimensions: str | Dimension) -> "CohortBuilder":
        """Split the count: `"sex"`, `"region"`, `"race"`, `"index year"`, `age_bands(10)`,
        `survey_answers("smoking.status")`, `genotype_of(variant("rs671"))`."""
        made = tuple(Dimension(kind=DimensionKind(d)) if isinstance(d, str) else d for d in dimensions)
        return CohortBuilder(replace(self._draft, count_by=made))

    def build(self) -> Cohort:
        """The cohort, checked."""
        return validate(self._draft)


def cohort(name: str) -> CohortBuilder:
    """Start a cohort. Until `index` is called, everyone is in it."""
    return CohortBuilder(Cohort(name=name, index=Index(events=Everyone())))


def exposure(of: ConceptsLike, *, gap: int = 0, offset: int = 0, supply: int | None = None) -> Exposure:
    """The continuous exposure an entry starts in, `offset` days longer; all in days."""
    return Exposure(concepts=as_concepts(of), gap=gap, offset=offset, supply=supply)


def age_bands(width: int) -> Dimension:
    """Split the count by age at index, in bands of so many years."""
    return Dimension(kind=DimensionKind.AGE, width=width)


def survey_answers(question: str) -> Dimension:
    """Split the count by the answers to a question."""
    return Dimension(kind=DimensionKind.SURVEY, question=question)


def genotype_of(variant: VariantById) -> Dimension:
    """Split the count by the genotypes of a variant."""
    return Dimension(kind=DimensionKind.GENOTYPE, variant=variant)
