"""Hypothesis strategies for logical plans over the vocabulary of `random_release`."""

import datetime

from hypothesis import strategies as st

from cohort_dsl.ast import (
    Between,
    Bound,
    Comparator,
    Compare,
    CountOperator,
    Distinct,
    Duration,
    Edge,
    Keep,
    RuleKind,
    TextOperator,
    Unit,
    VariantById,
    VariantIn,
    VariantName,
    VariantsWhere,
    VariantTest,
    Window,
    Zygosity,
)
from engine.logical.nodes import (
    Answered,
    Carrier,
    CohortEntries,
    CohortPlan,
    CountOf,
    Entry,
    Every,
    EveryoneOn,
    ExitPlan,
    Filter,
    IsUnknown,
    Negation,
    NoCallAt,
    NotAnswered,
    Nth,
    Occurs,
    PersonConcept,
    PersonRange,
    PersonText,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowRange,
    RowText,
    RulePlan,
    Scan,
    Some,
    has_visits,
)
from schemas.fields import FIELDS, Field, Kind, PersonField, VariantField
from schemas.omop import Domain
from tests.lib.random_release import (
    ANSWERS,
    CONCEPTS,
    DAYS,
    FIRST_DAY,
    GENES,
    QUESTION_CHOICE,
    QUESTION_NUMBER,
    REGIONS,
    TEXTS,
    VARIANTS,
)

concept_ids = st.sets(st.sampled_from((*CONCEPTS, 99)), max_size=4).map(lambda ids: tuple(sorted(ids)))
durations = st.one_of(
    st.builds(Duration, count=st.integers(-400, 400), unit=st.just(Unit.DAY)),
    st.builds(Duration, count=st.integers(-20, 20), unit=st.sampled_from((Unit.WEEK, Unit.MONTH))),
    st.builds(Duration, count=st.integers(-2, 2), unit=st.just(Unit.YEAR)),
)
forward = durations.map(lambda d: Duration(count=abs(d.count), unit=d.unit))
dates = st.integers(-50, DAYS + 50).map(lambda day: FIRST_DAY + datetime.timedelta(days=day))
bounds = st.builds(Bound, offset=durations, anchor=st.sampled_from(Edge))
numbers = st.sampled_from((-1.0, 0.0, 0.5, 1.0, 5.0, 6.5, 10.0, 40.0, 60.0, 1970.0))


def windows(edge: st.SearchStrategy[Edge] = st.sampled_from(Edge)) -> st.SearchStrategy[Window]:
    return st.builds(Window, lower=st.none() | bounds, upper=st.none() | bounds, edge=edge)


def ranges(values: st.SearchStrategy) -> st.SearchStrategy:
    between = st.tuples(values, values).map(sorted).map(lambda ends: Between(low=ends[0], high=ends[1]))
    open_ended = st.one_of(
        values.map(lambda v: Between(low=v, high=None)), values.map(lambda v: Between(low=None, high=v))
    )
    return st.one_of(st.builds(Compare, operator=st.sampled_from(Comparator), value=values), between, open_ended)


def row_tests(domain: Domain) -> st.SearchStrategy:
    fields = sorted((f for f in Field if domain in FIELDS[f].domains), key=lambda f: f.name)
    of = {kind: [f for f in fields if FIELDS[f].kind is kind] for kind in Kind}
    choices = [
        st.builds(RowRange, field=st.sampled_from(of[Kind.NUMBER] + of[Kind.DURATION]), test=ranges(numbers)),
        st.builds(RowRange, field=st.sampled_from(of[Kind.DATE]), test=ranges(dates)),
        st.builds(RowMissing, field=st.sampled_from(fields)),
    ]
    if of[Kind.CONCEPT]:
        choices.append(st.builds(RowConcept, field=st.sampled_from(of[Kind.CONCEPT]), concepts=concept_ids))
    if of[Kind.TEXT]:
        choices.append(
            st.builds(
                RowText,
                field=st.sampled_from(of[Kind.TEXT]),
                operator=st.sampled_from(TextOperator),
                text=st.sampled_from(TEXTS),
            )
        )
    return st.recursive(
        st.one_of(choices),
        lambda parts: st.one_of(
            st.builds(RowNot, part=parts),
            st.builds(RowAll, parts=st.lists(parts, max_size=3).map(tuple)),
            st.builds(RowAny, parts=st.lists(parts, max_size=3).map(tuple)),
        ),
        max_leaves=4,
    )


@st.composite
def domain_events(draw: st.DrawFn) -> object:
    domain = draw(st.sampled_from(Domain))
    relation: object = Scan(domain=domain, concepts=draw(st.none() | concept_ids))
    for wrap in draw(st.lists(st.sampled_from(("filter", "nth")), max_size=3)):
        if wrap == "filter":
            relation = Filter(source=relation, predicate=draw(row_tests(domain)))
        else:
            relation = Nth(source=relation, position=draw(st.integers(1, 3)), from_end=draw(st.booleans()))
    return relation


def events(cohorts: st.SearchStrategy | None) -> st.SearchStrategy:
    if cohorts is None:
        return domain_events()
    entries = st.builds(CohortEntries, cohort=cohorts)
    nth = st.builds(Nth, source=entries, position=st.integers(1, 2), from_end=st.booleans())
    return st.one_of(domain_events(), domain_events(), domain_events(), entries, nth)


@st.composite
def occurrences(draw: st.DrawFn, relations: st.SearchStrategy) -> Occurs:
    relation = draw(relations)
    distinct = [None, Distinct.DATES, Distinct.CONCEPTS, *([Distinct.VISITS] if has_visits(relation) else [])]
    edges = draw(st.sampled_from(((), (Edge.START,), (Edge.END,), (Edge.START, Edge.END))))
    return Occurs(
        events=relation,
        operator=draw(st.sampled_from(CountOperator)),
        number=draw(st.integers(0, 3)),
        distinct=draw(st.sampled_from(distinct)),
        windows=tuple(draw(windows(st.just(edge))) for edge in edges),
        within_observation=draw(st.booleans()),
    )


variant_selectors = st.one_of(
    st.builds(VariantById, kind=st.just(VariantName.RSID), name=st.integers(0, VARIANTS).map(lambda n: f"rs{n}")),
    st.builds(
        VariantsWhere,
        genes=st.lists(st.sampled_from((*GENES, "NONE1")), max_size=2, unique=True).map(tuple),
        where=st.one_of(
            st.none(),
            st.builds(
                VariantTest,
                field=st.sampled_from((VariantField.AF, VariantField.AF_EXTERNAL)),
                test=ranges(st.sampled_from((0.0, 0.01, 0.5))),
            ),
            st.builds(VariantIn, field=st.just(VariantField.LOF), values=st.just(("HC",))),
        ),
    ),
)


def atoms(cohorts: st.SearchStrategy | None) -> st.SearchStrategy:
    sex = st.sets(st.sampled_from(("male", "female")), min_size=1).map(lambda s: tuple(sorted(s)))
    region = st.sets(st.sampled_from((*REGIONS, "Mars")), min_size=1).map(lambda s: tuple(sorted(s)))
    occurs = occurrences(events(cohorts))
    return st.one_of(
        occurs,
        occurs,
        occurs,
        st.builds(PersonRange, field=st.sampled_from((PersonField.AGE, PersonField.BIRTH_YEAR)), test=ranges(numbers)),
        st.builds(PersonText, field=st.just(PersonField.SEX), values=sex),
        st.builds(PersonText, field=st.just(PersonField.REGION), values=region),
        st.builds(
            PersonConcept, field=st.sampled_from((PersonField.RACE, PersonField.ETHNICITY)), concepts=concept_ids
        ),
        st.builds(Carrier, variants=variant_selectors, zygosity=st.sampled_from(Zygosity)),
        st.builds(NoCallAt, variants=variant_selectors),
        st.builds(
            Answered,
            question=st.just(QUESTION_CHOICE),
            test=st.sets(st.sampled_from(ANSWERS), min_size=1).map(lambda s: tuple(sorted(s))),
            window=st.none() | windows(st.just(Edge.START)),
        ),
        st.builds(Answered, question=st.just(QUESTION_NUMBER), test=ranges(st.sampled_from((4.0, 6.0, 7.0)))),
        st.builds(
            NotAnswered,
            question=st.sampled_from((QUESTION_CHOICE, QUESTION_NUMBER)),
            window=st.none() | windows(st.just(Edge.START)),
        ),
    )


def conditions(cohorts: st.SearchStrategy | None) -> st.SearchStrategy:
    def groups(parts: st.SearchStrategy) -> st.SearchStrategy:
        several = st.lists(parts, max_size=3).map(tuple)
        return st.one_of(
            st.builds(Every, parts=several),
            st.builds(Some, parts=several),
            st.builds(CountOf, operator=st.sampled_from(CountOperator), number=st.integers(0, 3), parts=several),
            st.builds(Negation, part=parts),
            st.builds(IsUnknown, part=parts),
        )

    return st.recursive(atoms(cohorts), groups, max_leaves=5)


def plans(cohorts: st.SearchStrategy | None = None) -> st.SearchStrategy[CohortPlan]:
    index = st.one_of(
        st.lists(events(cohorts), min_size=1, max_size=2).map(tuple), st.builds(EveryoneOn, on=st.none() | dates)
    )
    no_wait = st.just(Duration(count=0))
    return st.builds(
        CohortPlan,
        entry=st.builds(Entry, events=index, observed_before=no_wait | forward, observed_after=no_wait | forward),
        rules=st.lists(
            st.builds(RulePlan, kind=st.sampled_from(RuleKind), name=st.just("rule"), condition=conditions(cohorts)),
            max_size=3,
        ).map(tuple),
        keep=st.sampled_from(Keep),
        exit=st.builds(
            ExitPlan,
            offset=st.none() | durations,
            anchor=st.sampled_from(Edge),
            censors=st.lists(events(cohorts), max_size=2).map(tuple),
        ),
    )


nested_plans = plans(plans())
"""Plans that may refer to other cohorts."""
