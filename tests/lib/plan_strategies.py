"""Hypothesis strategies for logical plans over the vocabulary of `random_release`."""

from hypothesis import strategies as st

from cohort_dsl.ast import (
    CountOperator,
    Distinct,
    Duration,
    Edge,
    Keep,
    Pick,
    RuleKind,
)
from engine.logical.nodes import (
    Answered,
    CohortPlan,
    CountOf,
    Entry,
    EventRelation,
    Every,
    EveryoneOn,
    ExitPlan,
    ExposurePlan,
    IsUnknown,
    Negation,
    NotAnswered,
    Occurs,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    QualifyPlan,
    RulePlan,
    Some,
    StudyDays,
    countable,
    has_visits,
)
from schemas.fields import PERSON_FIELDS, Kind, PersonField
from tests.lib.event_strategies import (
    all_events,
    concept_ids,
    dates,
    day_pairs,
    days,
    derived_events,
    durations,
    events,
    filtered_events,
    forward,
    mostly,
    numbers,
    ranges,
    seldom,
    several,
    unnamed,
    windows,
)
from tests.lib.genotype_strategies import genotype_atoms
from tests.lib.random_release import ANSWERS, QUESTION_CHOICE, QUESTION_NUMBER, REGIONS

_usual_counts = st.sampled_from(
    ((CountOperator.AT_LEAST, 1), (CountOperator.EXACTLY, 0), (CountOperator.AT_LEAST, 2), (CountOperator.AT_MOST, 1))
)
_counts = mostly(_usual_counts, st.tuples(st.sampled_from(CountOperator), st.integers(0, 3)))


@st.composite
def occurrences(draw: st.DrawFn, relations: st.SearchStrategy[EventRelation]) -> Occurs:
    relation = draw(relations)
    distinct = [None, *(distinct for distinct in Distinct if countable(relation, distinct))]
    operator, number = draw(_counts)
    return Occurs(
        events=relation,
        operator=operator,
        number=number,
        distinct=draw(st.sampled_from(distinct)),
        windows=tuple(draw(st.lists(windows(), max_size=3))),
        within_observation=draw(st.booleans()),
        same_visit=draw(st.integers(1, 3)) == 3 and has_visits(relation),
    )


def _texts(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(words), min_size=1).map(lambda chosen: tuple(sorted(chosen)))


_ages = st.sampled_from((10.0, 40.0, 60.0))
_CONCEPT_FIELDS = [field for field, (kind, _) in PERSON_FIELDS.items() if kind is Kind.CONCEPT]
person_concepts = concept_ids | st.just((8507,))
person_atoms = st.one_of(
    st.builds(PersonRange, field=st.just(PersonField.AGE), test=ranges(numbers), by_year=st.booleans()),
    st.builds(PersonRange, field=st.just(PersonField.AGE), test=ranges(_ages), by_year=st.booleans()),
    st.builds(PersonRange, field=st.just(PersonField.BIRTH_YEAR), test=ranges(numbers)),
    st.builds(
        PersonRange, field=st.sampled_from((PersonField.INDEX_DATE, PersonField.INDEX_END_DATE)), test=ranges(dates)
    ),
    st.builds(PersonText, field=st.just(PersonField.SEX), values=_texts("male", "female")),
    st.builds(PersonText, field=st.just(PersonField.REGION), values=_texts(*REGIONS, "Mars")),
    st.builds(
        PersonConcept,
        field=st.sampled_from(_CONCEPT_FIELDS),
        concepts=person_concepts,
        zero_is_value=st.booleans(),
    ),
    st.builds(
        PersonUnrecorded,
        field=st.sampled_from((PersonField.SEX, PersonField.REGION, *_CONCEPT_FIELDS)),
        zero_is_value=st.booleans(),
    ),
)
answer_atoms = st.one_of(
    st.builds(Answered, question=st.just(QUESTION_CHOICE), test=_texts(*ANSWERS), window=st.none() | windows()),
    st.builds(
        Answered,
        question=st.just(QUESTION_NUMBER),
        test=ranges(st.sampled_from((4.0, 6.0, 7.0))),
        window=st.none() | windows(),
    ),
    st.builds(
        NotAnswered,
        question=st.sampled_from((QUESTION_CHOICE, QUESTION_NUMBER)),
        window=st.none() | windows(),
    ),
)


simple_conditions = st.one_of(person_atoms, answer_atoms, genotype_atoms)
"""Conditions that count no events."""


def _grouped(atoms: st.SearchStrategy, most: int) -> st.SearchStrategy:
    def groups(parts: st.SearchStrategy) -> st.SearchStrategy:
        few = several(parts)
        usual = st.one_of(
            st.builds(Every, parts=few),
            st.builds(Some, parts=few),
            st.builds(CountOf, operator=st.sampled_from(CountOperator), number=st.integers(0, 3), parts=few),
            st.builds(Negation, part=parts),
        )
        return mostly(usual, st.builds(IsUnknown, part=parts), one_in=8)

    return unnamed(st.recursive(atoms, groups, max_leaves=most))


def _conditions_on_events(cohorts: st.SearchStrategy | None) -> st.SearchStrategy:
    """What a `having` may ask, with a `having` inside it at most once more."""
    innermost = _grouped(occurrences(events(None, None)) | person_atoms | answer_atoms, 2)
    occurs = unnamed(occurrences(events(cohorts, innermost)))
    return _grouped(mostly(occurs, st.one_of(person_atoms, answer_atoms)), 2)


def plans(cohorts: st.SearchStrategy | None = None) -> st.SearchStrategy[CohortPlan]:
    """Plans; with `cohorts` they may refer to those."""
    relations = events(cohorts, _conditions_on_events(cohorts))
    occurs = unnamed(occurrences(relations))
    conditions = _grouped(mostly(occurs, simple_conditions, one_in=2), 4)
    no_wait = st.just(Duration(count=0))
    few = st.lists(relations, min_size=1, max_size=2).map(tuple)
    made = st.builds(
        CohortPlan,
        entry=st.builds(
            Entry,
            events=mostly(few, st.builds(EveryoneOn, on=st.none() | dates), one_in=6),
            observed_before=no_wait | forward,
            observed_after=no_wait | forward,
            pick=st.sampled_from(Pick),
        ),
        qualify=seldom(st.builds(QualifyPlan, condition=conditions, pick=st.sampled_from(Pick))),
        rules=st.lists(
            st.builds(RulePlan, kind=st.sampled_from(RuleKind), name=st.just("rule"), condition=conditions), max_size=2
        ).map(tuple),
        keep=st.sampled_from(Keep),
        exit=st.builds(
            ExitPlan,
            offset=st.none() | durations,
            anchor=st.sampled_from(Edge),
            censors=st.lists(relations, max_size=2).map(tuple),
            exposure=st.none() | st.builds(ExposurePlan, exposures=few, gap_days=days, offset_days=days),
        ),
        join_days=days,
        across_periods=st.booleans(),
        study=seldom(day_pairs.map(lambda days: StudyDays(first=days[0], last=days[1]))),
    )
    return unnamed(made)


nested_plans = plans(plans())
"""Plans that may refer to other cohorts."""


def _focused(**part: st.SearchStrategy) -> st.SearchStrategy[CohortPlan]:
    """A plan in which one part says everything; an entry shows the event it starts from, first day or last."""
    plain: dict[str, st.SearchStrategy] = {
        "entry": all_events.map(lambda events: _entry_at((events,))),
        "rules": st.just(()),
        "keep": st.just(Keep.ALL),
        "exit": st.sampled_from(Edge).map(lambda edge: ExitPlan(offset=_NOW, anchor=edge, censors=())),
    }
    return unnamed(st.builds(CohortPlan, **(plain | part)))


def _entry_at(events: tuple[EventRelation, ...], pick: Pick = Pick.ALL) -> Entry:
    return Entry(events=events, observed_before=_NOW, observed_after=_NOW, pick=pick)


_NOW = Duration(count=0)
_of_event = mostly(
    occurrences(mostly(all_events, derived_events(None), one_in=2)), person_atoms | answer_atoms, one_in=3
)
_include = mostly(_of_event, genotype_atoms, one_in=8).map(
    lambda condition: RulePlan(kind=RuleKind.INCLUDE, name="rule", condition=condition)
)
focused_plans = st.one_of(
    _focused(entry=st.lists(filtered_events, min_size=3, max_size=4).map(lambda events: _entry_at(tuple(events)))),
    _focused(
        entry=st.lists(derived_events(_of_event), min_size=1, max_size=3).map(lambda events: _entry_at(tuple(events)))
    ),
    _focused(rules=st.lists(_include, min_size=5, max_size=8).map(tuple)),
    _focused(
        exit=st.builds(
            ExitPlan,
            offset=st.none() | durations,
            anchor=st.sampled_from(Edge),
            censors=st.lists(all_events, max_size=1).map(tuple),
            exposure=st.builds(
                ExposurePlan, exposures=all_events.map(lambda events: (events,)), gap_days=days, offset_days=days
            ),
        ),
    ),
    _focused(
        entry=st.builds(_entry_at, st.tuples(all_events, all_events), st.sampled_from(Pick)),
        keep=st.sampled_from(Keep),
    ),
    _focused(join_days=days, across_periods=st.booleans()),
)
"""Plans whose result shows each of a few relations or conditions, or an exit or way of joining, in full."""
large_and_small_plans = mostly(focused_plans, nested_plans, one_in=3)
