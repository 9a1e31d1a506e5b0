"""The statements of a document."""

from cohort_dsl.ast import (
    Dimension,
    DimensionKind,
    Duration,
    Events,
    Everyone,
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
)
from cohort_dsl.grammar.concepts import read_concept_list
from cohort_dsl.grammar.criteria import read_criterion
from cohort_dsl.grammar.events import read_events, read_question
from cohort_dsl.grammar.scope import Scope
from cohort_dsl.grammar.values import (
    accept_date,
    accept_name,
    read_day_count,
    read_days,
    read_duration,
    read_integer,
    read_text,
)
from cohort_dsl.grammar.variants import read_named_variant
from cohort_dsl.lexer import Token
from cohort_dsl.stream import TokenStream

_KEEP = {keep.value: keep for keep in Keep}
_PICKS = {pick.value: pick for pick in Pick if pick is not Pick.ALL}
_PERIODS = {unit.value: unit for unit in (Unit.YEAR, Unit.MONTH)}


def read_mode(stream: TokenStream) -> Mode:
    """What follows `mode`."""
    return Mode(stream.expect(*(mode.value for mode in Mode)))


def read_let(stream: TokenStream, start: Token) -> Let:
    """`let name = concepts`."""
    name = accept_name(stream, "name")
    if name is None:
        raise stream.problem()
    stream.expect("=")
    bracketed = stream.accept("(")
    concepts = read_concept_list(stream)
    if bracketed:
        stream.expect(")")
    return Let(name=name, concepts=concepts, span=stream.since(start))


def read_index(stream: TokenStream, start: Token) -> Index:
    """`index events or events …` or `index everyone`, then `observed …`."""
    pick = _accept_pick(stream)
    if pick is not Pick.ALL:
        stream.expect("of")
    events = _read_everyone(stream) if stream.next_is("everyone") else _read_index_events(stream)
    before, after = _read_observed(stream) if stream.accept("observed") else (Duration(count=0), Duration(count=0))
    return Index(events=events, observed_before=before, observed_after=after, pick=pick, span=stream.since(start))


def _accept_pick(stream: TokenStream) -> Pick:
    word = stream.accept(*_PICKS)
    return _PICKS[word] if word else Pick.ALL


def read_qualify(stream: TokenStream, start: Token) -> Qualify:
    """`qualify earliest when criterion`."""
    pick = _accept_pick(stream)
    stream.expect("when")
    criterion = read_criterion(stream, Scope())
    return Qualify(criterion=criterion, pick=pick, span=stream.since(start))


def _read_everyone(stream: TokenStream) -> Everyone:
    start = stream.current
    stream.expect("everyone")
    on = None
    if stream.accept("on"):
        on = accept_date(stream)
        if on is None:
            raise stream.problem()
    return Everyone(on=on, span=stream.since(start))


def _read_index_events(stream: TokenStream) -> tuple[Events, ...]:
    stream.accept("everyone")
    events = [read_events(stream, Scope())]
    while stream.accept("or"):
        events.append(read_events(stream, Scope()))
    return tuple(events)


def _read_observed(stream: TokenStream) -> tuple[Duration, Duration]:
    """What follows `observed`: `365 days before and 30 days after`, or either."""
    duration = read_duration(stream)
    if stream.expect("before", "after") == "after":
        return Duration(count=0), duration
    if not stream.accept("and"):
        return duration, Duration(count=0)
    after = read_duration(stream)
    stream.expect("after")
    return duration, after


def read_rule(stream: TokenStream, start: Token, kind: RuleKind) -> Rule:
    """`include "name" when criterion`."""
    name = read_text(stream)
    stream.expect("when")
    criterion = read_criterion(stream, Scope())
    return Rule(kind=kind, name=name, criterion=criterion, span=stream.since(start))


def read_keep(stream: TokenStream) -> Keep:
    """`keep first entry`."""
    keep = _KEEP[stream.expect(*_KEEP)]
    stream.expect("entry", "entries")
    return keep


def read_join(stream: TokenStream) -> int:
    """What follows `join`: `entries within 30 days`."""
    stream.expect("entries")
    stream.expect("within")
    return read_day_count(stream)


def read_study_period(stream: TokenStream, start: Token) -> StudyPeriod:
    """What follows `study`: `period 2010-01-01..2019-12-31`, either side left open."""
    stream.expect("period")
    first, last = read_days(stream)
    return StudyPeriod(first=first, last=last, span=stream.since(start))


def read_incidence(stream: TokenStream, start: Token) -> Incidence:
    """`incidence of first condition in mi per year`."""
    stream.expect("of")
    outcome = read_events(stream, Scope())
    stream.expect("per")
    per = _PERIODS[stream.expect(*_PERIODS)]
    return Incidence(outcome=outcome, per=per, span=stream.since(start))


def read_count_by(stream: TokenStream) -> tuple[Dimension, ...]:
    """`count by sex, age(10)`."""
    stream.expect("by")
    dimensions = [_read_dimension(stream)]
    while stream.accept(","):
        dimensions.append(_read_dimension(stream))
    return tuple(dimensions)


def _read_dimension(stream: TokenStream) -> Dimension:
    start = stream.current
    stream.count_part()
    width, question, variant = None, None, None
    match stream.expect("sex", "age", "region", "race", "index", "survey", "genotype"):
        case "index":
            stream.expect("year")
            kind = DimensionKind.INDEX_YEAR
        case "age":
            kind = DimensionKind.AGE
            stream.expect("(")
            width = read_integer(stream, "width in years")
            stream.expect(")")
        case "survey":
            kind = DimensionKind.SURVEY
            question = read_question(stream)
        case "genotype":
            kind = DimensionKind.GENOTYPE
            stream.expect("of")
            variant = read_named_variant(stream)
        case word:
            kind = DimensionKind(word)
    return Dimension(kind=kind, width=width, question=question, variant=variant, span=stream.since(start))
