"""Events of one domain: of which concepts, with which days, which fields, what around them, and which trend."""

from cohort_dsl.ast import Covering, Criterion, Duration, Edge, EventQuery, Moved, Spanning, Trend, TrendDirection
from cohort_dsl.grammar.concepts import read_concepts
from cohort_dsl.grammar.predicates import read_predicate
from cohort_dsl.grammar.scope import Scope
from cohort_dsl.grammar.values import negative, read_days, read_duration, read_number
from cohort_dsl.stream import ExpectedKind, TokenStream
from cohort_dsl.words import DOMAINS, fields_of
from schemas.fields import Field
from schemas.omop import Domain

_TREND_WORDS = [direction.value for direction in TrendDirection]


def read_query(stream: TokenStream, scope: Scope) -> EventQuery:
    """`drug in statins coded in x where age >= 40`, without an ordinal."""
    start = stream.current
    stream.count_part()
    domain = stream.accept_phrase(DOMAINS, ExpectedKind.DOMAIN)
    if domain is None:
        raise stream.problem()
    concepts = read_concepts(stream) if stream.accept("in") else None
    source = None
    if _accept_clause(stream, domain, Field.SOURCE, "coded"):
        stream.expect("in")
        source = read_concepts(stream)
    spanning = _accept_spanning(stream)
    where = read_predicate(stream, domain, scope) if stream.accept("where") else None
    covering = _accept_covering(stream)
    having = _read_having(stream, scope) if stream.accept("having") else None
    trend = _accept_trend(stream, domain)
    return EventQuery(
        domain=domain,
        concepts=concepts,
        source=source,
        spanning=spanning,
        where=where,
        covering=covering,
        having=having,
        trend=trend,
        span=stream.since(start),
    )


def _accept_clause(stream: TokenStream, domain: Domain, field: Field, *words: str) -> str | None:
    """A word that starts a clause about a field, which is offered only where the domain has the field."""
    return stream.accept(*words) if field in fields_of(domain) or stream.next_is(*words) else None


def _accept_spanning(stream: TokenStream) -> Spanning | None:
    """`spanning 7 days before start to end`."""
    start = stream.current
    if not stream.accept("spanning"):
        return None
    first = _read_moved(stream)
    stream.expect("to")
    last = _read_moved(stream)
    return Spanning(start=first, end=last, span=stream.since(start))


def _read_moved(stream: TokenStream) -> Moved:
    """`start`, `30 days after end`."""
    edge = stream.accept(*(edge.value for edge in Edge))
    if edge:
        return Moved(edge=Edge(edge))
    offset, edge = read_moved_from(stream, *(edge.value for edge in Edge))
    return Moved(offset=offset, edge=Edge(edge))


def read_moved_from(stream: TokenStream, *places: str) -> tuple[Duration, str]:
    """`30 days after` one of the places."""
    duration = read_duration(stream)
    side = stream.expect("before", "after")
    return negative(duration) if side == "before" else duration, stream.expect(*places)


def _accept_covering(stream: TokenStream) -> Covering | None:
    """`covering 2010-01-01..2014-12-31`, `covering 2010-01-01..`."""
    start = stream.current
    if not stream.accept("covering"):
        return None
    first, last = read_days(stream)
    return Covering(first=first, last=last, span=stream.since(start))


def _read_having(stream: TokenStream, scope: Scope) -> Criterion:
    """What follows `having`: a criterion in brackets, about the event."""
    from cohort_dsl.grammar.criteria import read_criterion  # criteria hold events, and events hold criteria

    stream.expect("(")
    criterion = read_criterion(stream, scope.about_event())
    stream.expect(")")
    return criterion


def _accept_trend(stream: TokenStream, domain: Domain) -> Trend | None:
    """`rising by at least 1.5 within 6 months`."""
    start = stream.current
    word = _accept_clause(stream, domain, Field.VALUE, *_TREND_WORDS)
    if word is None:
        return None
    for expected in ("by", "at", "least"):
        stream.expect(expected)
    by = read_number(stream)
    stream.expect("within")
    within = read_duration(stream)
    return Trend(direction=TrendDirection(word), by=by, within=within, span=stream.since(start))
