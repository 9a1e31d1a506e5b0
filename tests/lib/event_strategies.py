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
    RowPredicate,
    RowRange,
    RowText,
    Scan,
    Trending,
    domain_of,
)
from schemas.fields import FIELDS, Field, Kind
from schemas.omop import Domain
from tests.lib.random_release import ANSWERS, CONCEPTS, DAYS, QUESTION_CHOICE, QUESTION_NUMBER, TEXTS


def unnamed(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """The strategy without its description, which Hypothesis would write out and which doubles with every nesting."""

    @st.composite
    def drawn(draw: st.DrawFn) -> object:
        return draw(strategy)

    return drawn()


@st.composite
def mostly(draw: st.DrawFn, often: st.SearchStrategy, seldom: st.SearchStrategy, *, one_in: int = 4) -> object:
    """The one, and one time in so many the other."""
    return draw(seldom if draw(st.integers(1, one_in)) == one_in else often)


def seldom(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """Mostly nothing, so that what else a plan asks for still finds someone."""
    return unnamed(mostly(st.none(), strategy))


def several(parts: st.SearchStrategy) -> st.SearchStrategy[tuple]:
    """Up to three, seldom none."""
    return unnamed(mostly(st.lists(parts, min_size=1, max_size=3), st.just([]), one_in=8)).map(tuple)


_ids = st.sampled_from((*CONCEPTS, 99))
concept_ids = mostly(st.sets(_ids, min_size=2), st.sets(_ids, max_size=1)).map(lambda ids: tuple(sorted(ids)))
dates = st.builds(
    lambda day, off: day + datetime.timedelta(days=off), st.sampled_from(DAYS), st.sampled_from((0, -1, 1))
)
numbers = st.sampled_from((0.0, 0.5, 1.0, 6.5, 7.0, 10.0, 28.0, 40.0, 60.0, 1960.0))
days = st.sampled_from((0, 1, 6, 7, 8, 20, 21, 27, 28, 29, 30, 31))
"""Steps and lengths of the release's events, and what is just beside them."""
_DOMAINS = (*Domain, *[Domain.DRUG, Domain.MEASUREMENT] * 3)
"""Those with the most fields more often."""
_operators, _patterns = st.sampled_from(TextOperator), st.sampled_from((*TEXTS, "a", "_lpha", "%a%", "b_ta", "%pha_b%"))


_calendar = st.one_of(
    st.builds(Duration, count=st.integers(0, 4), unit=st.just(Unit.WEEK)),
    st.builds(Duration, count=st.integers(0, 13), unit=st.just(Unit.MONTH)),
    st.builds(Duration, count=st.integers(0, 1), unit=st.just(Unit.YEAR)),
)
forward = unnamed(mostly(st.builds(Duration, count=days, unit=st.just(Unit.DAY)), _calendar))
durations = st.builds(lambda d, sign: Duration(count=sign * d.count, unit=d.unit), forward, st.sampled_from((1, -1)))
anchors = mostly(st.sampled_from((Anchor.START, Anchor.END)), st.sampled_from(Anchor))
bounds = st.builds(Bound, offset=durations, anchor=anchors)
moves = st.builds(Moved, offset=durations, edge=st.sampled_from(Edge))


def windows(edge: st.SearchStrategy[Edge] = st.sampled_from(Edge)) -> st.SearchStrategy[Window]:
    return st.builds(Window, lower=st.none() | bounds, upper=st.none() | bounds, edge=edge)


def ranges(values: st.SearchStrategy) -> st.SearchStrategy:
    between = st.tuples(values, values).map(sorted).map(lambda ends: Between(low=ends[0], high=ends[1]))
    open_ended = st.one_of(
        values.map(lambda v: Between(low=v, high=None)), values.map(lambda v: Between(low=None, high=v))
    )
    return st.one_of(st.builds(Compare, operator=st.sampled_from(Comparator), value=values), between, open_ended)


_number_ranges, _date_ranges = ranges(numbers), ranges(dates)


def fields_of(domain: Domain) -> list[Field]:
    """The fields events of the domain have."""
    return [field for field, spec in FIELDS.items() if domain in spec.domains]


@st.composite
def _field_tests(draw: st.DrawFn, domain: Domain) -> RowPredicate:
    """A test of one field, each field as likely as another."""
    field = draw(st.sampled_from(fields_of(domain)))
    if FIELDS[field].kind is Kind.RECORD or draw(st.integers(1, 6)) == 6:
        return RowMissing(field=field, zero_is_value=draw(st.booleans()))
    match FIELDS[field].kind:
        case Kind.DATE:
            return RowRange(field=field, test=draw(_date_ranges))
        case Kind.NUMBER | Kind.DURATION:
            by_year = field in (Field.AGE, Field.AGE_AT_END) and draw(st.booleans())
            return RowRange(field=field, test=draw(_number_ranges), by_year=by_year)
        case Kind.CONCEPT:
            return RowConcept(field=field, concepts=draw(concept_ids), zero_is_value=draw(st.booleans()))
        case Kind.TEXT:
            return RowText(field=field, operator=draw(_operators), text=draw(_patterns))


def row_leaves(domain: Domain) -> st.SearchStrategy[RowPredicate]:
    """Row predicates that are not made of others."""
    if not all(domain in FIELDS[field].domains for field in ABNORMAL_FIELDS):
        return _field_tests(domain)
    return mostly(_field_tests(domain), st.just(RowAbnormal()))


@cache
def row_tests(domain: Domain) -> st.SearchStrategy:
    """Row predicates on events of the domain."""
    return st.recursive(
        row_leaves(domain),
        lambda parts: st.one_of(
            st.builds(RowNot, part=parts),
            st.builds(RowAll, parts=several(parts)),
            st.builds(RowAny, parts=several(parts)),
        ),
        max_leaves=2,
    )


@st.composite
def scans(draw: st.DrawFn, *domains: Domain) -> Scan:
    """Events of one of the domains."""
    domain = draw(st.sampled_from(domains))
    source = draw(seldom(concept_ids)) if domain in FIELDS[Field.SOURCE].domains else None
    return Scan(domain=domain, concepts=draw(st.none() | concept_ids), source=source)


@st.composite
def _day_pairs(draw: st.DrawFn) -> tuple[datetime.date | None, datetime.date | None]:
    """Two days in order, of which one may be open."""
    first, last = sorted((draw(dates), draw(dates)))
    shape = draw(st.sampled_from(("first", "last", "both")))
    return None if shape == "last" else first, None if shape == "first" else last


day_pairs = _day_pairs()
_positions, _gaps = st.integers(1, 3), days.map(lambda number: max(number, 1))
_directions, _steps = st.sampled_from(TrendDirection), st.sampled_from((0.5, 1.0, 6.0))


def _wraps(source: EventRelation) -> tuple[type, ...]:
    """The relations that can be made from this one."""
    domain = domain_of(source)
    any_events = (Nth, Nth, Respan, Respan, Having, Having, Having, Covering, GapsBetween)
    records = () if domain is None else (Filter, Filter, Filter)
    valued = (Trending, Trending) if domain is not None and domain in FIELDS[Field.VALUE].domains else ()
    return (*any_events, *records, *valued)


def _wrap(draw: st.DrawFn, source: EventRelation, having: st.SearchStrategy | None) -> EventRelation:
    kind = draw(st.sampled_from(_wraps(source)))
    if kind is Nth:
        return Nth(source=source, position=draw(_positions), from_end=draw(st.booleans()))
    if kind is Respan:
        return Respan(source=source, start=draw(moves), end=draw(moves))
    if kind is Covering:
        first, last = draw(day_pairs)
        return Covering(source=source, first=first, last=last)
    if kind is GapsBetween:
        return GapsBetween(source=source, at_least_days=draw(_gaps))
    if kind is Filter:
        return Filter(source=source, predicate=draw(row_tests(domain_of(source))))
    if kind is Trending:
        return Trending(source=source, direction=draw(_directions), by=draw(_steps), within=draw(forward))
    return source if having is None else Having(source=source, condition=draw(having))


@st.composite
def _wrapped(draw: st.DrawFn, base: st.SearchStrategy, having: st.SearchStrategy | None) -> EventRelation:
    relation = draw(base)
    for _ in range(draw(st.sampled_from((0, 1, 1, 2, 3)))):
        relation = _wrap(draw, relation, having)
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
    records = _wrapped(scans(*_DOMAINS), having)
    eras = st.builds(EraJoin, sources=st.lists(records, min_size=1, max_size=2).map(tuple), gap_days=days)
    derived = [answer_scans, eras]
    if cohorts is not None:
        derived.append(st.builds(CohortEntries, cohort=cohorts))
    return unnamed(mostly(records, _wrapped(st.one_of(derived), having)))


@st.composite
def _filtered_events(draw: st.DrawFn) -> Filter:
    scan = draw(all_events)
    return Filter(source=scan, predicate=draw(row_leaves(scan.domain)))


filtered_events = _filtered_events()
"""Events of a domain that pass one test."""
all_events = st.builds(Scan, domain=st.sampled_from(_DOMAINS))


@st.composite
def derived_events(draw: st.DrawFn, having: st.SearchStrategy | None) -> EventRelation:
    """All events of a domain, an era or the answers to a question, changed or narrowed once."""
    eras = st.builds(EraJoin, sources=st.tuples(all_events), gap_days=days)
    return _wrap(draw, draw(mostly(all_events, st.one_of(eras, answer_scans))), having)
