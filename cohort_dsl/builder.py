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

from dataclasses import dataclass, replace

from cohort_dsl.ast import (
    Cohort,
    Dimension,
    DimensionKind,
    Duration,
    Edge,
    Everyone,
    Exit,
    Index,
    Keep,
    Let,
    Rule,
    RuleKind,
)
from cohort_dsl.building.concepts import code, concept, concepts
from cohort_dsl.building.criteria import (
    CriterionLike,
    all_of,
    any_of,
    as_criterion,
    at_least_of,
    at_most_of,
    carries,
    exactly_of,
    no_call,
    none_of,
    not_,
    person,
    survey,
    unknown,
)
from cohort_dsl.building.events import (
    ConceptsLike,
    EventsLike,
    as_concepts,
    as_events,
    both,
    cohort_entries,
    condition,
    death,
    drug,
    either,
    events,
    field,
    first,
    last,
    measurement,
    never,
    nth,
    observation,
    procedure,
    visit,
)
from cohort_dsl.building.occurrences import any_, at_least, at_most, exactly, no
from cohort_dsl.building.times import days, months, weeks, window, years
from cohort_dsl.building.variants import gene, lof, variant, variant_field
from cohort_dsl.document import validate

__all__ = [
    "age_bands",
    "all_of",
    "any_",
    "any_of",
    "at_least",
    "at_least_of",
    "at_most",
    "at_most_of",
    "both",
    "carries",
    "code",
    "cohort",
    "cohort_entries",
    "concept",
    "concepts",
    "condition",
    "days",
    "death",
    "drug",
    "either",
    "events",
    "exactly",
    "exactly_of",
    "field",
    "first",
    "gene",
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
    "person",
    "procedure",
    "survey",
    "survey_answers",
    "unknown",
    "variant",
    "variant_field",
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

    def let(self, name: str, included: ConceptsLike) -> "CohortBuilder":
        """Give a concept set a name."""
        named = Let(name=name, concepts=as_concepts(included))
        return CohortBuilder(replace(self._draft, lets=(*self._draft.lets, named)))

    def index(
        self, *choices: EventsLike, observed_before: Duration = _NO_TIME, observed_after: Duration = _NO_TIME
    ) -> "CohortBuilder":
        """The events that may start an entry."""
        index = Index(events=tuple(map(as_events, choices)), observed_before=observed_before,
                      observed_after=observed_after)  # fmt: skip
        return CohortBuilder(replace(self._draft, index=index))

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

    def end(self, offset: Duration | None = None, *at: EventsLike, after: str = "start") -> "CohortBuilder":
        """End an entry the offset after its `start` or `end`, or at the first of some events."""
        exit = Exit(offset=offset, anchor=Edge(after), censors=tuple(map(as_events, at)))
        return CohortBuilder(replace(self._draft, exit=exit))

    def count_by(self, *dimensions: str | Dimension) -> "CohortBuilder":
        """Split the count: `"sex"`, `"region"`, `"index year"`, `age_bands(10)`, `survey_answers("smoking.status")`."""
        made = tuple(Dimension(kind=DimensionKind(d)) if isinstance(d, str) else d for d in dimensions)
        return CohortBuilder(replace(self._draft, count_by=made))

    def build(self) -> Cohort:
        """The cohort, checked."""
        return validate(self._draft)


def cohort(name: str) -> CohortBuilder:
    """Start a cohort. Until `index` is called, everyone is in it."""
    return CohortBuilder(Cohort(name=name, index=Index(events=Everyone())))


def age_bands(width: int) -> Dimension:
    """Split the count by age at index, in bands of so many years."""
    return Dimension(kind=DimensionKind.AGE, width=width)


def survey_answers(question: str) -> Dimension:
    """Split the count by the answers to a question."""
    return Dimension(kind=DimensionKind.SURVEY, question=question)
