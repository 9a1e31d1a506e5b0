"""Hypothesis strategies for the syntax tree: `cohorts()` gives documents that pass every check.

`STRATEGIES` names a strategy for each node; a test fails when a node has none.
"""

import datetime
from functools import cache

from hypothesis import strategies as st

from cohort_dsl import ast
from cohort_dsl.words import ABNORMAL_FIELDS
from schemas.fields import FIELDS, PERSON_FIELDS, Field, Kind, PersonField
from schemas.omop import Domain
from tests.lib.value_strategies import (
    MOST_OF_UNIT,
    betweens,
    compares_dates,
    compares_numbers,
    date_tests,
    dates,
    durations,
    number_tests,
    numbers,
    several,
    texts,
)
from tests.lib.variant_strategies import GENOTYPE_STRATEGIES, genotype_criteria, variants_by_id

NAMES = ("alpha", "beta", "gamma")
"""Names of the concept sets that every generated document declares."""

concepts_by_id = st.builds(
    ast.ConceptById,
    concept_id=st.integers(0, 2**31 - 1),
    descendants=st.booleans(),
    mapped=st.booleans(),
    label=st.none() | texts,
)
concepts_by_code = st.builds(
    ast.ConceptByCode,
    vocabulary=st.sampled_from(("KCD7", "ATC", "LOINC", "UCUM", "RxNorm Extension", "where")),
    code=texts,
    descendants=st.booleans(),
    mapped=st.booleans(),
)


def concept_items(names: tuple[str, ...]) -> st.SearchStrategy[ast.ConceptItem]:
    written = concepts_by_id | concepts_by_code
    return written | st.builds(ast.ConceptSetName, name=st.sampled_from(names)) if names else written


def concept_sets(names: tuple[str, ...] = NAMES) -> st.SearchStrategy[ast.ConceptSet]:
    items = concept_items(names)
    return st.builds(
        ast.ConceptSet,
        included=st.lists(items, max_size=3).map(tuple),
        excluded=st.lists(items, max_size=2).map(tuple),
    )


ordinals = st.builds(ast.Ordinal, position=st.integers(1, 25), from_end=st.booleans(), ever=st.booleans())
_WITH_UNIT = (Field.VALUE, Field.RANGE_LOW, Field.RANGE_HIGH, Field.QUANTITY)


def fields_of(domain: Domain, *kinds: Kind) -> list[Field]:
    return [field for field, spec in FIELDS.items() if domain in spec.domains and spec.kind in kinds]


@st.composite
def field_tests(draw: st.DrawFn, domain: Domain) -> ast.FieldTest:
    field = draw(st.sampled_from(fields_of(domain, Kind.NUMBER, Kind.DATE, Kind.DURATION)))
    has_unit = field is Field.DOSE or (field in _WITH_UNIT and domain in FIELDS[Field.UNIT].domains)
    unit = draw(st.none() | concepts_by_id | concepts_by_code) if has_unit else None
    return ast.FieldTest(
        field=field, test=draw(date_tests if FIELDS[field].kind is Kind.DATE else number_tests), unit=unit
    )


@cache
def leaves_of(domain: Domain) -> st.SearchStrategy[ast.Predicate]:
    """Conditions on one field of the domain."""
    choices: list[st.SearchStrategy[ast.Predicate]] = [
        field_tests(domain),
        st.builds(ast.FieldMissing, field=st.sampled_from(fields_of(domain, *Kind))),
    ]
    if concept_fields := fields_of(domain, Kind.CONCEPT):
        choices.append(st.builds(ast.FieldConcepts, field=st.sampled_from(concept_fields), concepts=concept_sets()))
    if set(fields_of(domain, *Kind)) >= ABNORMAL_FIELDS:
        choices.append(st.builds(ast.FieldAbnormal))
    if text_fields := fields_of(domain, Kind.TEXT):
        operators = st.sampled_from(ast.TextOperator)
        choices.append(st.builds(ast.FieldText, field=st.sampled_from(text_fields), operator=operators, text=texts))
    return st.one_of(choices)


@cache
def predicates(domain: Domain) -> st.SearchStrategy[ast.Predicate]:
    return st.recursive(
        leaves_of(domain),
        lambda parts: st.one_of(
            st.builds(ast.PredicateAll, parts=several(parts)),
            st.builds(ast.PredicateAny, parts=several(parts)),
            st.builds(ast.PredicateNot, part=parts),
        ),
        max_leaves=3,
    )


edges = st.sampled_from(ast.Edge)
moved = st.builds(ast.Moved, offset=durations(), edge=edges)
spannings = st.builds(ast.Spanning, start=moved, end=moved)


@st.composite
def days(draw: st.DrawFn) -> tuple[datetime.date | None, datetime.date | None]:
    """A first and a last day, one of them perhaps absent."""
    between = draw(betweens(dates))
    return between.low, between.high


coverings = days().map(lambda ends: ast.Covering(first=ends[0], last=ends[1]))


@st.composite
def times(draw: st.DrawFn, *units: ast.Unit) -> ast.Duration:
    """At least one day."""
    unit = draw(st.sampled_from(units or tuple(ast.Unit)))
    return ast.Duration(count=draw(st.integers(1, MOST_OF_UNIT[unit])), unit=unit)


trends = st.builds(
    ast.Trend,
    direction=st.sampled_from(ast.TrendDirection),
    by=numbers.filter(lambda number: number > 0),
    within=times(),
)
HAVING: st.SearchStrategy[ast.Criterion] = st.deferred(lambda: having_criteria)


@st.composite
def event_queries(draw: st.DrawFn, *, ordered: bool = True) -> ast.EventQuery:
    domain = draw(st.sampled_from(Domain))
    fields = fields_of(domain, *Kind)
    return ast.EventQuery(
        domain=domain,
        concepts=draw(st.none() | concept_sets()),
        source=draw(st.none() | concept_sets()) if Field.SOURCE in fields else None,
        spanning=draw(_seldom(spannings)),
        where=draw(st.none() | predicates(domain)),
        covering=draw(_seldom(coverings)),
        having=draw(_seldom(HAVING)),
        trend=draw(_seldom(trends)) if Field.VALUE in fields else None,
        ordinal=draw(st.none() | ordinals) if ordered else None,
    )


def _seldom(parts: st.SearchStrategy) -> st.SearchStrategy:
    """Mostly nothing, so that documents stay small."""
    return st.one_of(st.none(), st.none(), st.none(), st.none(), parts)


plain_queries = event_queries(ordered=False)
any_ordinals = st.none() | ordinals
day_units = (ast.Unit.DAY, ast.Unit.WEEK)
questions = st.sampled_from(("smoking.status", "alcohol", "end", "2 words"))
answers_in = st.builds(ast.AnswerIn, values=several(texts, 1))
eras = st.builds(
    ast.Eras, events=plain_queries, gap=st.just(ast.Duration(count=0)) | times(*day_units), ordinal=any_ordinals
)
gaps = st.builds(ast.Gaps, events=plain_queries, at_least=times(*day_units), ordinal=any_ordinals)
answers = st.builds(ast.Answers, question=questions, test=st.none() | answers_in | number_tests, ordinal=any_ordinals)
steps = st.builds(ast.Step, events=plain_queries, within=st.none() | times())
sequences = st.builds(
    ast.Sequence, first=plain_queries, steps=st.lists(steps, min_size=1, max_size=2).map(tuple), ordinal=any_ordinals
)
cohort_events = st.builds(ast.CohortEvents, name=texts, ordinal=st.none() | ordinals)
events: st.SearchStrategy[ast.Events] = st.one_of(
    event_queries(), event_queries(), event_queries(), cohort_events, eras, gaps, answers, sequences
)
bounds = st.builds(ast.Bound, offset=durations(), anchor=st.sampled_from(ast.Anchor))
_LONGEST = {ast.Unit.DAY: 1, ast.Unit.WEEK: 7, ast.Unit.MONTH: 31, ast.Unit.YEAR: 366}


@st.composite
def windows(draw: st.DrawFn, edge: ast.Edge | None = None) -> ast.Window:
    lower, upper = draw(st.none() | bounds), draw(st.none() | bounds)
    if lower is not None and upper is not None and _days(lower) > _days(upper):
        lower, upper = upper, lower
    return ast.Window(lower=lower, upper=upper, edge=edge or draw(edges))


def _days(bound: ast.Bound) -> int:
    return bound.offset.count * _LONGEST[bound.offset.unit]


_TODAY, _DAY, _DAY_BEFORE = (ast.Duration(count=count) for count in (0, 1, -1))
_START, _END = ast.Bound(offset=_TODAY), ast.Bound(offset=_TODAY, anchor=ast.Anchor.END)
_DAY_BEFORE_START = ast.Bound(offset=_DAY_BEFORE)
_DAY_AFTER_END = ast.Bound(offset=_DAY, anchor=ast.Anchor.END)


def _gap_windows(gap: ast.Duration) -> tuple[ast.Window, ...]:
    back = ast.Duration(count=-gap.count, unit=gap.unit)
    return (
        ast.Window(upper=ast.Bound(offset=gap, anchor=ast.Anchor.END)),
        ast.Window(lower=ast.Bound(offset=back), edge=ast.Edge.END),
    )


relations: st.SearchStrategy[tuple[ast.Window, ...]] = times().map(_gap_windows) | st.sampled_from(
    (
        (ast.Window(upper=_END), ast.Window(lower=_START, edge=ast.Edge.END)),
        (ast.Window(lower=_START), ast.Window(upper=_END, edge=ast.Edge.END)),
        (ast.Window(upper=_START), ast.Window(lower=_END, edge=ast.Edge.END)),
        (ast.Window(lower=_DAY_BEFORE_START, upper=_DAY_BEFORE_START, edge=ast.Edge.END),),
        (ast.Window(lower=_DAY_AFTER_END, upper=_DAY_AFTER_END),),
    )
)
"""The windows that are written as relations: `overlapping index`, …"""


@st.composite
def counts(draw: st.DrawFn) -> ast.Count:
    operator = draw(st.sampled_from(ast.CountOperator))
    least = 1 if operator is ast.CountOperator.AT_LEAST else 0
    return ast.Count(
        operator=operator, number=draw(st.integers(least, 4)), distinct=draw(st.none() | st.sampled_from(ast.Distinct))
    )


occurrences = st.builds(
    ast.Occurrence,
    events=events,
    count=counts(),
    windows=st.lists(relations | st.tuples(windows()), max_size=3).map(lambda parts: sum(parts, ())),
    same_visit=st.booleans(),
    ignoring_observation=st.booleans(),
)


def _person_fields(kind: Kind) -> list[PersonField]:
    return [field for field, (of, _) in PERSON_FIELDS.items() if of is kind]


person_tests = st.one_of(
    st.builds(ast.PersonTest, field=st.sampled_from(_person_fields(Kind.NUMBER)), test=number_tests),
    st.builds(ast.PersonTest, field=st.sampled_from(_person_fields(Kind.DATE)), test=date_tests),
)
person_missing = st.builds(
    ast.PersonMissing, field=st.sampled_from((*_person_fields(Kind.CONCEPT), *_person_fields(Kind.TEXT)))
)
person_ins = st.one_of(
    st.builds(
        ast.PersonIn,
        field=st.just(PersonField.SEX),
        values=st.sampled_from((("female",), ("male",), ("male", "female"))),
    ),
    st.builds(ast.PersonIn, field=st.just(PersonField.REGION), values=several(texts, 1)),
)
person_concepts = st.builds(
    ast.PersonConcepts, field=st.sampled_from(_person_fields(Kind.CONCEPT)), concepts=concept_sets()
)
unanswered = st.just(ast.Unanswered())
surveys = st.builds(
    ast.Survey, question=questions, test=st.one_of(answers_in, number_tests, unanswered), window=st.none() | windows()
)


@st.composite
def groups(draw: st.DrawFn, parts: st.SearchStrategy) -> ast.Group:
    kind = draw(st.sampled_from(ast.GroupKind))
    chosen = draw(several(parts, 0 if kind is ast.GroupKind.ALL else 1))
    least = 1 if kind is ast.GroupKind.AT_LEAST else 0
    return ast.Group(kind=kind, parts=chosen, number=draw(st.integers(least, max(least, len(chosen)))))


simple_criteria = st.one_of(
    occurrences, person_tests, person_ins, person_concepts, person_missing, genotype_criteria, surveys
)
criteria: st.SearchStrategy[ast.Criterion] = st.recursive(
    simple_criteria,
    lambda parts: st.one_of(groups(parts), st.builds(ast.Not, part=parts), st.builds(ast.Unknown, part=parts)),
    max_leaves=3,
)
having_criteria: st.SearchStrategy[ast.Criterion] = st.one_of(
    person_tests, person_ins, person_missing, surveys, occurrences, groups(occurrences | person_tests)
)


@st.composite
def lets(draw: st.DrawFn) -> tuple[ast.Let, ...]:
    """Every name, each defined by means of earlier ones at most, in any order."""
    made = [ast.Let(name=name, concepts=draw(concept_sets(NAMES[:number]))) for number, name in enumerate(NAMES)]
    return tuple(draw(st.permutations(made)))


everyone = st.builds(ast.Everyone, on=st.none() | dates)
picks = st.sampled_from(ast.Pick)
observed = {"observed_before": durations(signed=False), "observed_after": durations(signed=False)}
indexes = st.one_of(
    st.builds(ast.Index, events=everyone, **observed),
    st.builds(ast.Index, events=st.lists(events, min_size=1, max_size=2).map(tuple), pick=picks, **observed),
)
qualifies = st.builds(ast.Qualify, criterion=criteria, pick=picks)
day_counts = st.integers(0, 400)
exposures = st.builds(
    ast.Exposure, concepts=concept_sets(), gap=day_counts, offset=day_counts, supply=st.none() | day_counts
)
study_periods = days().map(lambda ends: ast.StudyPeriod(first=ends[0], last=ends[1]))
incidences = st.builds(ast.Incidence, outcome=events, per=st.sampled_from((ast.Unit.YEAR, ast.Unit.MONTH)))
exits = st.builds(
    ast.Exit,
    offset=st.none() | durations(),
    anchor=edges,
    exposure=_seldom(exposures),
    censors=st.lists(events, max_size=2).map(tuple),
)
dimensions = st.builds(
    ast.Dimension,
    kind=st.sampled_from(ast.DimensionKind),
    width=st.integers(1, 150),
    question=questions,
    variant=variants_by_id,
)


@st.composite
def rules(draw: st.DrawFn) -> tuple[ast.Rule, ...]:
    names = draw(st.lists(texts, max_size=2, unique=True))
    return tuple(
        ast.Rule(kind=draw(st.sampled_from(ast.RuleKind)), name=name, criterion=draw(criteria)) for name in names
    )


def cohorts() -> st.SearchStrategy[ast.Cohort]:
    """Documents that pass every check and limit."""
    return st.builds(
        ast.Cohort,
        name=texts,
        index=indexes,
        mode=st.sampled_from(ast.Mode),
        qualify=_seldom(qualifies),
        lets=lets(),
        rules=rules(),
        keep=st.sampled_from(ast.Keep),
        exit=exits,
        join_within=st.just(0) | day_counts,
        study_period=_seldom(study_periods),
        incidence=_seldom(incidences),
        count_by=st.lists(dimensions, max_size=3, unique_by=lambda made: (made.kind, made.question, made.variant)).map(
            tuple
        ),
    )


STRATEGIES: dict[type, st.SearchStrategy] = {
    ast.Duration: durations(),
    ast.Compare: compares_numbers | compares_dates,
    ast.Between: betweens(numbers) | betweens(dates),
    ast.ConceptById: concepts_by_id,
    ast.ConceptByCode: concepts_by_code,
    ast.ConceptSetName: st.builds(ast.ConceptSetName, name=st.sampled_from(NAMES)),
    ast.ConceptSet: concept_sets(),
    ast.FieldTest: st.sampled_from(Domain).flatmap(field_tests),
    ast.FieldConcepts: st.builds(ast.FieldConcepts, field=st.just(Field.TYPE), concepts=concept_sets()),
    ast.FieldText: st.builds(
        ast.FieldText, field=st.just(Field.SOURCE_TEXT), operator=st.sampled_from(ast.TextOperator), text=texts
    ),
    ast.FieldMissing: st.builds(ast.FieldMissing, field=st.just(Field.END_DATE)),
    ast.FieldAbnormal: st.builds(ast.FieldAbnormal),
    ast.PredicateAll: st.builds(ast.PredicateAll, parts=several(predicates(Domain.CONDITION))),
    ast.PredicateAny: st.builds(ast.PredicateAny, parts=several(predicates(Domain.DRUG))),
    ast.PredicateNot: st.builds(ast.PredicateNot, part=predicates(Domain.MEASUREMENT)),
    ast.Ordinal: ordinals,
    ast.EventQuery: event_queries(),
    ast.Moved: moved,
    ast.Spanning: spannings,
    ast.Covering: coverings,
    ast.Trend: trends,
    ast.CohortEvents: cohort_events,
    ast.Eras: eras,
    ast.Gaps: gaps,
    ast.Answers: answers,
    ast.Step: steps,
    ast.Sequence: sequences,
    ast.Bound: bounds,
    ast.Window: windows(),
    ast.Count: counts(),
    ast.Occurrence: occurrences,
    ast.PersonTest: person_tests,
    ast.PersonIn: person_ins,
    ast.PersonConcepts: person_concepts,
    ast.PersonMissing: person_missing,
    **GENOTYPE_STRATEGIES,
    ast.AnswerIn: answers_in,
    ast.Unanswered: unanswered,
    ast.Survey: surveys,
    ast.Group: groups(simple_criteria),
    ast.Not: st.builds(ast.Not, part=criteria),
    ast.Unknown: st.builds(ast.Unknown, part=criteria),
    ast.Let: lets().map(lambda made: made[0]),
    ast.Everyone: everyone,
    ast.Index: indexes,
    ast.Qualify: qualifies,
    ast.Rule: st.builds(ast.Rule, kind=st.sampled_from(ast.RuleKind), name=texts, criterion=criteria),
    ast.Exposure: exposures,
    ast.Exit: exits,
    ast.StudyPeriod: study_periods,
    ast.Incidence: incidences,
    ast.Dimension: dimensions,
    ast.Cohort: cohorts(),
}
"""Node -> a strategy that gives it."""
