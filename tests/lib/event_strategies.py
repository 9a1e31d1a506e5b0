"""Hypothesis strategies for values, windows, row predicates and event relations over the vocabulary of `random_release`."""

import datetime
from functools import cache

from hypothesis import strategies as st

from cohort_dsl.ast import (
    Anchor,
    Between,
    Bound,
    Comparator,
    Compare,
    Duration,
    Edge,
    Moved,
    TextOperator,
    TrendDirection,
    Unit,
    Window,
)
from engine.logical.nodes import (
    ABNORMAL_FIELDS,
    AnswerScan,
    CohortEntries,
    Covering,
    EraJoin,
    EventRelation,
    Filter,
    GapsBetween,
    Having,
    Nth,
    Respan,
    RowAbnormal,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowRange,
    RowText,
    Scan,
    Trending,
    domain_of,
)
from schemas.fields import FIELDS, Field, Kind
from schemas.omop import Domain
from tests.lib.random_release import ANSWERS, CONCEPTS, DAYS, FIRST_DAY, QUESTION_CHOICE, QUESTION_NUMBER, TEXTS

concept_ids = st.sets(st.sampled_from((*CONCEPTS, 99)), max_size=4).map(lambda ids: tuple(sorted(ids)))
dates = st.integers(-50, DAYS + 50).map(lambda day: FIRST_DAY + datetime.timedelta(days=day))
numbers = st.sampled_from((-1.0, 0.0, 0.5, 1.0, 5.0, 6.5, 10.0, 40.0, 60.0, 1970.0))
_AGES = (Field.AGE, Field.AGE_AT_END)
_PATTERNS = (*TEXTS, "alpha%", "%a_t", "_lpha", "%")


def unnamed(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """The strategy without its description, which Hypothesis would write out and which doubles with every nesting."""

    @st.composite
    def drawn(draw: st.DrawFn) -> object:
        return draw(strategy)

    return drawn()


def seldom(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """Mostly nothing, so that what else a plan asks for still finds someone."""
    return st.one_of(st.none(), st.none(), st.none(), strategy)


def durations(longest_days: int = 400) -> st.SearchStrategy[Duration]:
    """Signed, up to so many days in any unit."""

    def of(unit: Unit, days: int) -> st.SearchStrategy[Duration]:
        most = max(longest_days // days, 1)
        return st.builds(Duration, count=st.integers(-most, most), unit=st.just(unit))

    return st.one_of(of(Unit.DAY, 1), of(Unit.DAY, 1), of(Unit.WEEK, 7), of(Unit.MONTH, 30), of(Unit.YEAR, 365))


def forward(longest_days: int = 400) -> st.SearchStrategy[Duration]:
    return durations(longest_days).map(lambda d: Duration(count=abs(d.count), unit=d.unit))


bounds = st.builds(Bound, offset=durations(), anchor=st.sampled_from(Anchor))
moves = st.builds(Moved, offset=durations(60), edge=st.sampled_from(Edge))


def windows(edge: st.SearchStrategy[Edge] = st.sampled_from(Edge)) -> st.SearchStrategy[Window]:
    return st.builds(Window, lower=st.none() | bounds, upper=st.none() | bounds, edge=edge)


def ranges(values: st.SearchStrategy) -> st.SearchStrategy:
    between = st.tuples(values, values).map(sorted).map(lambda ends: Between(low=ends[0], high=ends[1]))
    open_ended = st.one_of(
        values.map(lambda v: Between(low=v, high=None)), values.map(lambda v: Between(low=None, high=v))
    )
    return st.one_of(st.builds(Compare, operator=st.sampled_from(Comparator), value=values), between, open_ended)


def _fields(domain: Domain, *kinds: Kind) -> list[Field]:
    return [field for field, spec in FIELDS.items() if domain in spec.domains and spec.kind in kinds]


def _leaves(domain: Domain) -> list[st.SearchStrategy]:
    """Tests of one field of the domain."""
    numeric = [field for field in _fields(domain, Kind.NUMBER, Kind.DURATION) if field not in _AGES]
    concepts, texts = _fields(domain, Kind.CONCEPT), _fields(domain, Kind.TEXT)
    leaves = [
        st.builds(RowRange, field=st.sampled_from(numeric), test=ranges(numbers)),
        st.builds(RowRange, field=st.sampled_from(_AGES), test=ranges(numbers), by_year=st.booleans()),
        st.builds(RowRange, field=st.sampled_from(_fields(domain, Kind.DATE)), test=ranges(dates)),
        st.builds(RowMissing, field=st.sampled_from(_fields(domain, *Kind)), zero_is_value=st.booleans()),
        st.builds(
            RowConcept, field=st.sampled_from(concepts), concepts=concept_ids, zero_is_value=st.booleans()
        ),
    ]  # fmt: skip
    if texts:
        leaves.append(
            st.builds(
                RowText,
                field=st.sampled_from(texts),
                operator=st.sampled_from(TextOperator),
                text=st.sampled_from(_PATTERNS),
            )
        )
    if all(domain in FIELDS[field].domains for field in ABNORMAL_FIELDS):
        leaves.append(st.just(RowAbnormal()))
    return leaves


@cache
def row_tests(domain: Domain) -> st.SearchStrategy:
    """Row predicates on events of the domain."""
    return st.recursive(
        st.one_of(_leaves(domain)),
        lambda parts: st.one_of(
            st.builds(RowNot, part=parts),
            st.builds(RowAll, parts=st.lists(parts, max_size=3).map(tuple)),
            st.builds(RowAny, parts=st.lists(parts, max_size=3).map(tuple)),
        ),
        max_leaves=4,
    )


@st.composite
def _scans(draw: st.DrawFn) -> Scan:
    domain = draw(st.sampled_from(Domain))
    source = draw(seldom(concept_ids)) if domain in FIELDS[Field.SOURCE].domains else None
    return Scan(domain=domain, concepts=draw(st.none() | concept_ids), source=source)


@st.composite
def _coverings(draw: st.DrawFn, source: EventRelation) -> Covering:
    first, last = sorted((draw(dates), draw(dates)))
    shape = draw(st.sampled_from(("first", "last", "both")))
    return Covering(
        source=source, first=None if shape == "last" else first, last=None if shape == "first" else last
    )  # fmt: skip


def _wraps(source: EventRelation, having: st.SearchStrategy | None) -> list[st.SearchStrategy[EventRelation]]:
    """Relations made from one other: those that its events can be asked for."""
    same = st.just(source)
    domain = domain_of(source)
    wraps: list[st.SearchStrategy] = [
        st.builds(Nth, source=same, position=st.integers(1, 3), from_end=st.booleans()),
        st.builds(Respan, source=same, start=moves, end=moves),
        seldom(_coverings(source)).map(lambda covering: covering or source),
        st.builds(GapsBetween, source=same, at_least_days=st.integers(1, 60)),
    ]
    if having is not None:
        wraps.append(st.builds(Having, source=same, condition=having))
    if domain is not None:
        wraps.append(st.builds(Filter, source=same, predicate=row_tests(domain)))
        wraps.append(st.builds(Filter, source=same, predicate=row_tests(domain)))
    if domain is not None and domain in FIELDS[Field.VALUE].domains:
        directions, steps = st.sampled_from(TrendDirection), st.sampled_from((0.5, 1.0, 6.0))
        wraps.append(st.builds(Trending, source=same, direction=directions, by=steps, within=forward()))
    return wraps


@st.composite
def _wrapped(draw: st.DrawFn, base: st.SearchStrategy, having: st.SearchStrategy | None) -> EventRelation:
    relation = draw(base)
    for _ in range(draw(st.sampled_from((0, 1, 1, 2, 3)))):
        relation = draw(st.one_of(_wraps(relation, having)))
    return relation


answer_scans = st.one_of(
    st.builds(
        AnswerScan,
        question=st.just(QUESTION_CHOICE),
        test=st.none() | st.sets(st.sampled_from(ANSWERS), min_size=1).map(lambda s: tuple(sorted(s))),
    ),
    st.builds(AnswerScan, question=st.just(QUESTION_NUMBER), test=ranges(st.sampled_from((4.0, 6.0, 7.0)))),
)


def events(cohorts: st.SearchStrategy | None, having: st.SearchStrategy | None) -> st.SearchStrategy[EventRelation]:
    """Event relations; those of `CohortEntries` need cohorts, those of `Having` a strategy for its condition."""
    records = _wrapped(_scans(), having)
    eras = st.builds(EraJoin, sources=st.lists(records, min_size=1, max_size=2).map(tuple), gap_days=st.integers(0, 60))
    derived = [answer_scans, eras]
    if cohorts is not None:
        derived.append(st.builds(CohortEntries, cohort=cohorts))
    return unnamed(st.one_of(records, records, records, _wrapped(st.one_of(derived), having)))
