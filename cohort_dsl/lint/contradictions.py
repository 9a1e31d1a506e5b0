"""Lints of criteria that cannot be met together, or of which one always is."""

from collections.abc import Iterator
from dataclasses import replace

from cohort_dsl.ast import EventQuery, Everyone, Occurrence, PersonTest
from cohort_dsl.lint.bounds import contains_index, is_before_index
from cohort_dsl.lint.clash import are_among, clashes
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.lint.index_facts import index_ages, index_days
from cohort_dsl.lint.interval import EVERYTHING, Interval, interval_of
from cohort_dsl.lint.places import Literal, count_wanted
from cohort_dsl.lint.quote import quoted
from cohort_dsl.lint.said import Sayings
from schemas.fields import PersonField


def contradictions(document: Document) -> Iterator[Finding]:
    """Criteria that must be met together and cannot be."""
    for literals in document.conjunctions:
        for one, other in clashes(literals, document.said):
            message = f"this and {quoted(one)} are never met together"
            yield Finding(other.span, message, "join the two by `or`, or correct one of them")


def always_met(document: Document) -> Iterator[Finding]:
    """Alternatives of which one always holds, since they cannot all fail."""
    for span, literals in document.alternatives:
        if pair := next(clashes(literals, document.said), None):
            both = " or ".join(quoted(replace(literal, is_wanted=not literal.is_wanted)) for literal in pair)
            yield Finding(span, f"{both}: one of them always holds", "remove the group, or join its parts by `and`")


def settled_by_index(document: Document) -> Iterator[tuple[Literal, bool]]:
    """Criteria that the index events decide, and whether they are then met by everybody or nobody."""
    ranges = {PersonField.AGE: index_ages(document.cohort), PersonField.INDEX_DATE: index_days(document.cohort)}
    for literal in document.required:
        match literal.criterion:
            case PersonTest(field=field, test=test) if field in ranges and ranges[field] != EVERYTHING:
                met = _decided(ranges[field], interval_of(test, whole=True, negated=not literal.is_wanted))
            case Occurrence():
                met = _decided_by_events(document, literal)
            case _:
                met = None
        if met is not None:
            yield literal, met


def _decided(given: Interval, asked: Interval) -> bool | None:
    if asked == EVERYTHING or given.is_empty:
        return None
    return True if asked.holds(given) else (False if asked.meet(given).is_empty else None)


def _decided_by_events(document: Document, literal: Literal) -> bool | None:
    """The index event itself meets `any … on index`; a person's first ever has none before it."""
    wanted, events, said = count_wanted(literal), document.cohort.index.events, document.said
    if wanted is None or isinstance(events, Everyone) or not isinstance(literal.criterion, Occurrence):
        return None
    occurrence = literal.criterion
    is_plain = not occurrence.same_visit and occurrence.events.ordinal is None
    if is_plain and contains_index(occurrence.windows) and all(are_among(e, occurrence.events, said) for e in events):
        return True if wanted == (1, None) else (False if wanted == (0, 0) else None)
    if is_before_index(occurrence.windows) and all(_is_first_of(e, occurrence, said) for e in events):
        return wanted[0] == 0
    return None


def _is_first_of(index: object, occurrence: Occurrence, said: Sayings) -> bool:
    """Whether an index event is a person's first ever of a query that all the occurrence's events belong to."""
    match index, occurrence.events:
        case EventQuery(spanning=None, covering=None, ordinal=ordinal) as query, EventQuery(
            spanning=None, covering=None
        ) as inner:
            plain = EventQuery(domain=query.domain, concepts=query.concepts, source=query.source)
            is_first = ordinal is not None and ordinal.ever and ordinal.position == 1 and not ordinal.from_end
            return is_first and are_among(inner, plain, said)
        case _:
            return False


def implied_by_index(document: Document) -> Iterator[Finding]:
    """Criteria that every index event meets."""
    for literal, is_met in settled_by_index(document):
        if is_met:
            message = f"every index event meets {quoted(literal)}"
            yield Finding(literal.span, message, "remove it, or correct the index")


def denied_by_index(document: Document) -> Iterator[Finding]:
    """Criteria that no index event meets."""
    for literal, is_met in settled_by_index(document):
        if not is_met:
            message = f"no index event meets {quoted(literal)}"
            yield Finding(literal.span, message, "correct a window (`before index` leaves out the day), or the index")


_T2DM = "let t2dm = concept 201826\n"
_BOTH = f"{_T2DM}let insulin = concept 1511348\nindex first ever condition in t2dm\n"

RULES = (
    LintRule(
        code="contradiction",
        severity=Severity.WARNING,
        meaning="Criteria that must be met together exclude each other: in one group, or in two rules. The cohort, or "
        "that branch of it, is empty.",
        example=f'{_BOTH}include "treated" when any drug in insulin within 30 days '
        'before index\nexclude "treated before" when any drug in insulin on or before index',
        fixed=f'{_BOTH}include "treated" when any drug in insulin within 30 days '
        'after index\nexclude "treated before" when any drug in insulin on or before index',
        find=contradictions,
    ),
    LintRule(
        code="always-met",
        severity=Severity.WARNING,
        meaning="One of several alternatives always holds, so the group asks for nothing.",
        example=f'{_BOTH}include "a" when any drug in insulin or no drug in insulin',
        fixed=f'{_BOTH}include "a" when any drug in insulin',
        find=always_met,
    ),
    LintRule(
        code="implied-by-index",
        severity=Severity.INFO,
        meaning="The index decides a criterion already: its age or date, the index event itself, or that nothing comes "
        "before a person's first ever. The rule drops nobody.",
        example=f'{_T2DM}index first ever condition in t2dm where age >= 40\ninclude "adult" when age at index >= 18',
        fixed=f"{_T2DM}index first ever condition in t2dm where age >= 40",
        find=implied_by_index,
    ),
    LintRule(
        code="denied-by-index",
        severity=Severity.WARNING,
        meaning="No index event can meet a criterion, so nobody is left. Often a window takes in the index day, and so "
        "the index event itself.",
        example=f"{_T2DM}index earliest of condition in t2dm\n"
        'exclude "known" when any condition in t2dm on or before index',
        fixed=f'{_T2DM}index earliest of condition in t2dm\nexclude "known" when any condition in t2dm before index',
        find=denied_by_index,
    ),
)
