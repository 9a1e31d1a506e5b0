"""How large a document may be, judged from the document alone."""

import datetime
import unicodedata
from collections.abc import Iterable, Iterator

from cohort_dsl.ast import (
    Answers,
    Burden,
    Carries,
    Cohort,
    CohortEvents,
    ConceptByCode,
    ConceptById,
    ConceptSetName,
    Dimension,
    Duration,
    Eras,
    EventQuery,
    Everyone,
    Exposure,
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Gaps,
    Let,
    NoCall,
    Occurrence,
    PairedVariants,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    PhasedVariants,
    Rule,
    ScoreTest,
    Sequence,
    Survey,
    Unit,
    VariantIn,
    VariantTest,
)
from cohort_dsl.tree import NESTING, Visit
from schemas.errors import AnalysisProblem, Problem, Problems, Span, TooExpensive

MOST_CHARACTERS = 1_000_000
MOST_JSON_CHARACTERS = 8 * MOST_CHARACTERS
"""JSON spells the same document at greater length."""
DEEPEST_NESTING = 24
MOST_NODES = 1_024
MOST_ITEMS = 20_000
"""Concepts, codes and texts in lists."""
LONGEST_TEXT = 256
LONGEST_YEARS = 150
FIRST_DATE = datetime.date(1850, 1, 1)
LAST_DATE = datetime.date(2200, 12, 31)

_UNITS_A_YEAR = {Unit.DAY: 365.25, Unit.WEEK: 365.25 / 7, Unit.MONTH: 12.0, Unit.YEAR: 1.0}
_LONGEST_DAYS = int(LONGEST_YEARS * _UNITS_A_YEAR[Unit.DAY])
_COUNTED = frozenset((
    *NESTING,
    *(Occurrence, PersonTest, PersonIn, PersonConcepts, PersonMissing, Survey),
    *(Carries, NoCall, Burden, PairedVariants, PhasedVariants, ScoreTest),
    *(FieldTest, FieldConcepts, FieldText, FieldMissing, FieldAbnormal, VariantTest, VariantIn),
    *(EventQuery, CohortEvents, Eras, Gaps, Answers, Sequence, Everyone, Let, Rule, Exposure, Dimension),
))  # fmt: skip
_MEASURED = (str, Duration, Exposure, Cohort, datetime.date)
"""The kinds of value that can be too long, too far or too late by themselves."""
_ITEMS = frozenset((ConceptById, ConceptByCode, ConceptSetName, str))
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_length(text: str, most: int = MOST_CHARACTERS) -> None:
    """Refuse a text before anything reads it."""
    if len(text) > most:
        message = f"the document has {len(text):,} characters; at most {most:,} are read"
        raise Problems([TooExpensive("too-long", message)])


def check_text(text: str) -> None:
    """Refuse a text that comes beside a document where it could not stand in one."""
    for problem in _text_problems(text, None):
        raise problem


def check_size(visits: tuple[Visit, ...]) -> tuple[Problem, ...]:
    """What in a tree, given by the visits of all of it, is larger than the limits, the first of each kind."""
    found: dict[str, Problem] = {}
    for problem in (*_count_problems(visits), *_values_problems(visits)):
        found.setdefault(problem.code, problem)
    return tuple(found.values())


def _count_problems(visits: tuple[Visit, ...]) -> Iterator[Problem]:
    nodes = [visit for visit in visits if type(visit.value) in _COUNTED]
    if len(nodes) > MOST_NODES:
        message = f"the document has {len(nodes):,} parts; at most {MOST_NODES:,} are allowed"
        yield TooExpensive("too-many-parts", message, span=nodes[MOST_NODES].span)
    items = [visit for visit in visits if type(visit.value) in _ITEMS]
    if len(items) > MOST_ITEMS and sum(_weight(visit.value) for visit in items) > MOST_ITEMS:
        yield TooExpensive(
            "too-many-items", f"at most {MOST_ITEMS:,} concepts and texts are allowed", span=items[-1].span
        )
    for visit in visits:
        if visit.depth > DEEPEST_NESTING:
            message = f"criteria are nested {visit.depth} deep or more; at most {DEEPEST_NESTING} is allowed"
            yield TooExpensive("too-deep", message, span=visit.span)
            return


def _weight(item: object) -> int:
    """A concept or a text counts one; the texts of a concept, met by themselves too, are taken off."""
    match item:
        case ConceptByCode():
            return -1
        case ConceptSetName() | ConceptById(label=str()):
            return 0
        case _:
            return 1


def _values_problems(visits: Iterable[Visit]) -> Iterator[Problem]:
    for visit in visits:
        if isinstance(visit.value, _MEASURED):
            yield from _value_problems(visit)


def _value_problems(visit: Visit) -> Iterator[Problem]:
    match visit.value:
        case str() as text:
            yield from _text_problems(text, visit.span)
        case Duration(count=count, unit=unit) if abs(count) > LONGEST_YEARS * _UNITS_A_YEAR[unit]:
            yield TooExpensive("too-far", f"times reach at most {LONGEST_YEARS} years", span=visit.span)
        case Exposure(gap=gap, offset=offset, supply=supply) if max(gap, offset, supply or 0) > _LONGEST_DAYS:
            yield TooExpensive("too-far", f"times reach at most {LONGEST_YEARS} years", span=visit.span)
        case Cohort(join_within=join_days) if join_days > _LONGEST_DAYS:
            yield TooExpensive("too-far", f"times reach at most {LONGEST_YEARS} years", span=visit.span)
        case datetime.date() as date if not FIRST_DATE <= date <= LAST_DATE:
            message = f"dates run from {FIRST_DATE.isoformat()} to {LAST_DATE.isoformat()}"
            yield AnalysisProblem("date-out-of-range", message, span=visit.span)
        case _:
            pass


def _text_problems(text: str, span: Span | None) -> Iterator[Problem]:
    if len(text) > LONGEST_TEXT:
        yield TooExpensive("text-too-long", f"names and texts have at most {LONGEST_TEXT} characters", span=span)
    elif not text.isprintable() and any(
        unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _BIDIRECTIONAL for c in text
    ):
        yield AnalysisProblem("unprintable-text", "a text holds a control character", span=span)
