"""Hypothesis strategies for the syntax tree: `cohorts()` gives documents that pass every check.

`STRATEGIES` names a strategy for each node; a test fails when a node has none.
"""

import datetime
from functools import cache

from hypothesis import strategies as st

from cohort_dsl import ast
from schemas.fields import FIELDS, PERSON_FIELDS, VARIANT_FIELDS, Field, Kind, PersonField, VariantField
from schemas.omop import Domain

NAMES = ("alpha", "beta", "gamma")
"""Names of the concept sets that every generated document declares."""

texts = st.text(st.sampled_from("abcXYZ 019_-.%\\\"'한글é"), min_size=1, max_size=8)
numbers = st.one_of(
    st.integers(-1000, 1000).map(float), st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
)
dates = st.dates(datetime.date(1850, 1, 1), datetime.date(2200, 12, 31))
_MOST = {ast.Unit.DAY: 400, ast.Unit.WEEK: 60, ast.Unit.MONTH: 24, ast.Unit.YEAR: 10}


@st.composite
def durations(draw: st.DrawFn, *, signed: bool = True) -> ast.Duration:
    unit = draw(st.sampled_from(ast.Unit))
    return ast.Duration(count=draw(st.integers(-_MOST[unit] if signed else 0, _MOST[unit])), unit=unit)


compares_numbers = st.builds(ast.Compare, operator=st.sampled_from(ast.Comparator), value=numbers)
compares_dates = st.builds(ast.Compare, operator=st.sampled_from(ast.Comparator), value=dates)


@st.composite
def betweens(draw: st.DrawFn, limits: st.SearchStrategy) -> ast.Between:
    low, high = sorted((draw(limits), draw(limits)))
    shape = draw(st.sampled_from(("both", "low", "high")))
    return ast.Between(low=None if shape == "high" else low, high=None if shape == "low" else high)


number_tests = compares_numbers | betweens(numbers)
date_tests = compares_dates | betweens(dates)

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
        included=st.lists(items, min_size=1, max_size=3).map(tuple),
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
    if text_fields := fields_of(domain, Kind.TEXT):
        operators = st.sampled_from(ast.TextOperator)
        choices.append(st.builds(ast.FieldText, field=st.sampled_from(text_fields), operator=operators, text=texts))
    return st.one_of(choices)


def _several(parts: st.SearchStrategy, least: int = 2) -> st.SearchStrategy[tuple]:
    return st.lists(parts, min_size=least, max_size=3).map(tuple)


@cache
def predicates(domain: Domain) -> st.SearchStrategy[ast.Predicate]:
    return st.recursive(
        leaves_of(domain),
        lambda parts: st.one_of(
            st.builds(ast.PredicateAll, parts=_several(parts)),
            st.builds(ast.PredicateAny, parts=_several(parts)),
            st.builds(ast.PredicateNot, part=parts),
        ),
        max_leaves=3,
    )


@st.composite
def event_queries(draw: st.DrawFn) -> ast.EventQuery:
    domain = draw(st.sampled_from(Domain))
    return ast.EventQuery(
        domain=domain,
        concepts=draw(st.none() | concept_sets()),
        where=draw(st.none() | predicates(domain)),
        ordinal=draw(st.none() | ordinals),
    )


cohort_events = st.builds(ast.CohortEvents, name=texts, ordinal=st.none() | ordinals)
events = st.one_of(event_queries(), event_queries(), cohort_events)
bounds = st.builds(ast.Bound, offset=durations(), anchor=st.sampled_from(ast.Edge))
_LONGEST = {ast.Unit.DAY: 1, ast.Unit.WEEK: 7, ast.Unit.MONTH: 31, ast.Unit.YEAR: 366}


@st.composite
def windows(draw: st.DrawFn, edge: ast.Edge | None = None) -> ast.Window:
    lower, upper = draw(st.none() | bounds), draw(st.none() | bounds)
    if lower is not None and upper is not None and _days(lower) > _days(upper):
        lower, upper = upper, lower
    return ast.Window(lower=lower, upper=upper, edge=edge or draw(st.sampled_from(ast.Edge)))


def _days(bound: ast.Bound) -> int:
    return bound.offset.count * _LONGEST[bound.offset.unit]


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
    windows=st.one_of(
        st.just(()),
        st.tuples(windows()),
        st.tuples(windows(ast.Edge.START), windows(ast.Edge.END)),
        st.tuples(windows(ast.Edge.END), windows(ast.Edge.START)),
    ),
    ignoring_observation=st.booleans(),
)


def _person_fields(kind: Kind) -> list[PersonField]:
    return [field for field, (of, _) in PERSON_FIELDS.items() if of is kind]


person_tests = st.builds(ast.PersonTest, field=st.sampled_from(_person_fields(Kind.NUMBER)), test=number_tests)
person_ins = st.one_of(
    st.builds(
        ast.PersonIn,
        field=st.just(PersonField.SEX),
        values=st.sampled_from((("female",), ("male",), ("male", "female"))),
    ),
    st.builds(ast.PersonIn, field=st.just(PersonField.REGION), values=_several(texts, 1)),
)
person_concepts = st.builds(
    ast.PersonConcepts, field=st.sampled_from(_person_fields(Kind.CONCEPT)), concepts=concept_sets()
)
variants_by_id = st.one_of(
    st.builds(ast.VariantById, kind=st.just(ast.VariantName.RSID), name=st.integers(1, 10**9).map(lambda n: f"rs{n}")),
    st.builds(ast.VariantById, kind=st.just(ast.VariantName.HGVS), name=texts.map(lambda text: f"ENST1:{text}")),
    st.builds(
        ast.VariantById, kind=st.just(ast.VariantName.ALLELE), name=st.sampled_from(("1-55039974-G-T", "X-1-CA-C"))
    ),
)


@st.composite
def regions(draw: st.DrawFn) -> ast.Region:
    start, end = sorted((draw(st.integers(1, 10**8)), draw(st.integers(1, 10**8))))
    return ast.Region(contig=draw(st.sampled_from(("1", "X", "GL000192.1"))), start=start, end=end)


def _variant_fields(kind: Kind) -> list[VariantField]:
    return [field for field, (of, _) in VARIANT_FIELDS.items() if of is kind]


variant_tests = st.builds(
    ast.VariantTest,
    field=st.sampled_from(_variant_fields(Kind.NUMBER)),
    test=number_tests | betweens(st.floats(0, 1, allow_subnormal=False)),
)
variant_ins = st.one_of(
    st.builds(ast.VariantIn, field=st.sampled_from(_variant_fields(Kind.TEXT)), values=_several(texts, 1)),
    st.just(ast.VariantIn(field=VariantField.LOF, values=("HC",))),
)
variant_predicates: st.SearchStrategy[ast.VariantPredicate] = st.recursive(
    variant_tests | variant_ins,
    lambda parts: st.one_of(
        st.builds(ast.VariantAll, parts=_several(parts)),
        st.builds(ast.VariantAny, parts=_several(parts)),
        st.builds(ast.VariantNot, part=parts),
    ),
    max_leaves=3,
)
genes = st.lists(st.sampled_from(("PCSK9", "LDLR", "HLA-A", "where")), max_size=3).map(tuple)
variants_where = st.builds(
    ast.VariantsWhere, genes=genes, region=st.none() | regions(), where=st.none() | variant_predicates
).filter(lambda variants: variants != ast.VariantsWhere())
variants = variants_by_id | variants_where
carries = st.builds(ast.Carries, variants=variants, zygosity=st.sampled_from(ast.Zygosity))
no_calls = st.builds(ast.NoCall, variants=variants)
questions = st.sampled_from(("smoking.status", "alcohol", "end", "2 words"))
answers_in = st.builds(ast.AnswerIn, values=_several(texts, 1))
unanswered = st.just(ast.Unanswered())
surveys = st.builds(
    ast.Survey, question=questions, test=st.one_of(answers_in, number_tests, unanswered), window=st.none() | windows()
)


@st.composite
def groups(draw: st.DrawFn, parts: st.SearchStrategy) -> ast.Group:
    kind = draw(st.sampled_from(ast.GroupKind))
    chosen = draw(_several(parts, 1))
    least = 1 if kind is ast.GroupKind.AT_LEAST else 0
    return ast.Group(kind=kind, parts=chosen, number=draw(st.integers(least, len(chosen))))


simple_criteria = st.one_of(occurrences, person_tests, person_ins, person_concepts, carries, no_calls, surveys)
criteria: st.SearchStrategy[ast.Criterion] = st.recursive(
    simple_criteria,
    lambda parts: st.one_of(groups(parts), st.builds(ast.Not, part=parts), st.builds(ast.Unknown, part=parts)),
    max_leaves=3,
)


@st.composite
def lets(draw: st.DrawFn) -> tuple[ast.Let, ...]:
    """Every name, each defined by means of earlier ones at most, in any order."""
    made = [ast.Let(name=name, concepts=draw(concept_sets(NAMES[:number]))) for number, name in enumerate(NAMES)]
    return tuple(draw(st.permutations(made)))


everyone = st.builds(ast.Everyone, on=st.none() | dates)
indexes = st.builds(
    ast.Index,
    events=everyone | st.lists(events, min_size=1, max_size=2).map(tuple),
    observed_before=durations(signed=False),
    observed_after=durations(signed=False),
)
exits = st.builds(
    ast.Exit,
    offset=st.none() | durations(),
    anchor=st.sampled_from(ast.Edge),
    censors=st.lists(events, max_size=2).map(tuple),
)
dimensions = st.builds(
    ast.Dimension, kind=st.sampled_from(ast.DimensionKind), width=st.integers(1, 150), question=questions
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
        lets=lets(),
        rules=rules(),
        keep=st.sampled_from(ast.Keep),
        exit=exits,
        count_by=st.lists(dimensions, max_size=3, unique_by=lambda made: (made.kind, made.question)).map(tuple),
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
    ast.PredicateAll: st.builds(ast.PredicateAll, parts=_several(predicates(Domain.CONDITION))),
    ast.PredicateAny: st.builds(ast.PredicateAny, parts=_several(predicates(Domain.DRUG))),
    ast.PredicateNot: st.builds(ast.PredicateNot, part=predicates(Domain.MEASUREMENT)),
    ast.Ordinal: ordinals,
    ast.EventQuery: event_queries(),
    ast.CohortEvents: cohort_events,
    ast.Bound: bounds,
    ast.Window: windows(),
    ast.Count: counts(),
    ast.Occurrence: occurrences,
    ast.PersonTest: person_tests,
    ast.PersonIn: person_ins,
    ast.PersonConcepts: person_concepts,
    ast.VariantById: variants_by_id,
    ast.Region: regions(),
    ast.VariantTest: variant_tests,
    ast.VariantIn: variant_ins,
    ast.VariantAll: st.builds(ast.VariantAll, parts=_several(variant_predicates)),
    ast.VariantAny: st.builds(ast.VariantAny, parts=_several(variant_predicates)),
    ast.VariantNot: st.builds(ast.VariantNot, part=variant_predicates),
    ast.VariantsWhere: variants_where,
    ast.Carries: carries,
    ast.NoCall: no_calls,
    ast.AnswerIn: answers_in,
    ast.Unanswered: unanswered,
    ast.Survey: surveys,
    ast.Group: groups(simple_criteria),
    ast.Not: st.builds(ast.Not, part=criteria),
    ast.Unknown: st.builds(ast.Unknown, part=criteria),
    ast.Let: lets().map(lambda made: made[0]),
    ast.Everyone: everyone,
    ast.Index: indexes,
    ast.Rule: st.builds(ast.Rule, kind=st.sampled_from(ast.RuleKind), name=texts, criterion=criteria),
    ast.Exit: exits,
    ast.Dimension: dimensions,
    ast.Cohort: cohorts(),
}
"""Node -> a strategy that gives it."""
