"""The logical plan: event relations, conditions on a cohort entry, and the cohort itself.

Concept sets are already sorted tuples of ids of one release. Types and cardinality are checked when a node is
made, so an ill-typed plan cannot exist; `AnalysisProblem` says what is wrong. Three-valued logic is Kleene's:
a condition is true, false or unknown for an entry.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from cohort_dsl.ast import (
    Between,
    Compare,
    CountOperator,
    Distinct,
    Duration,
    Edge,
    Keep,
    RangeTest,
    RuleKind,
    TextOperator,
    VariantSelector,
    Window,
    Zygosity,
)
from schemas.errors import AnalysisProblem
from schemas.fields import FIELDS, PERSON_FIELDS, Field, Kind, PersonField
from schemas.omop import Domain

ConceptIds = tuple[int, ...]
"""Sorted, distinct OMOP concept ids; empty matches nothing."""

node = dataclass(frozen=True, slots=True, kw_only=True)


# --- row predicates: one event, three-valued --------------------------------------------------------


@node
class RowRange:
    """The field lies in a range; unknown where the field is missing. Dates, numbers and days of duration."""

    field: Field
    test: RangeTest

    def __post_init__(self) -> None:
        kind = FIELDS[self.field].kind
        if kind not in (Kind.NUMBER, Kind.DATE, Kind.DURATION):
            raise _mismatch(self.field, kind, "a number or date")
        for value in range_values(self.test):
            if isinstance(value, datetime.date) != (kind is Kind.DATE):
                raise _mismatch(self.field, kind, "a date" if isinstance(value, datetime.date) else "a number")


@node
class RowConcept:
    """The field's concept is one of `concepts`; unknown where it is missing."""

    field: Field
    concepts: ConceptIds

    def __post_init__(self) -> None:
        if FIELDS[self.field].kind is not Kind.CONCEPT:
            raise _mismatch(self.field, FIELDS[self.field].kind, "a concept set")


@node
class RowText:
    """The field's text matches, letter case counting; unknown where it is missing."""

    field: Field
    operator: TextOperator
    text: str

    def __post_init__(self) -> None:
        if FIELDS[self.field].kind is not Kind.TEXT:
            raise _mismatch(self.field, FIELDS[self.field].kind, "text")


@node
class RowMissing:
    """The field has no value (for concepts: null or 0). Never unknown."""

    field: Field


@node
class RowAll:
    parts: tuple["RowPredicate", ...]


@node
class RowAny:
    parts: tuple["RowPredicate", ...]


@node
class RowNot:
    part: "RowPredicate"


RowPredicate = RowRange | RowConcept | RowText | RowMissing | RowAll | RowAny | RowNot


# --- event relations: many rows a person ------------------------------------------------------------


@node
class Scan:
    """All events of a domain, or those whose concept is one of `concepts`."""

    domain: Domain
    concepts: ConceptIds | None = None


@node
class Filter:
    """The events for which the predicate is true."""

    source: "EventRelation"
    predicate: RowPredicate

    def __post_init__(self) -> None:
        domain = domain_of(self.source)
        for field in fields_of(self.predicate):
            if domain is None or domain not in FIELDS[field].domains:
                name = "a cohort" if domain is None else f"a {domain.words}"
                raise AnalysisProblem("field-domain", f"{name} has no {field.value}")


@node
class Nth:
    """At most one event a person: the `position`-th by (start date, event id), counted from the end if `from_end`."""

    source: "EventRelation"
    position: int
    from_end: bool = False

    def __post_init__(self) -> None:
        if self.position < 1:
            raise AnalysisProblem("ordinal-range", "an ordinal counts from 1")


@node
class CohortEntries:
    """The final entries of another cohort, as events from start to end."""

    cohort: "CohortPlan"


EventRelation = Scan | Filter | Nth | CohortEntries


# --- conditions: one entry, three-valued ------------------------------------------------------------


@node
class Occurs:
    """How many events fall in the windows; never unknown.

    Each window bounds one edge of the event relative to the entry. With `within_observation` only events that
    start in the entry's observation period count.
    """

    events: EventRelation
    operator: CountOperator
    number: int
    distinct: Distinct | None = None
    windows: tuple[Window, ...] = ()
    within_observation: bool = True

    def __post_init__(self) -> None:
        if self.number < 0:
            raise AnalysisProblem("count-range", "a count is not negative")
        if len({window.edge for window in self.windows}) != len(self.windows):
            raise AnalysisProblem("window-edges", "a criterion takes one window for the start and one for the end")
        if self.distinct is Distinct.VISITS and not has_visits(self.events):
            raise AnalysisProblem("distinct-visits", "these events belong to no visit, so visits cannot be counted")


@node
class PersonRange:
    """A number of the person, at the entry's start date where it depends on one; unknown where missing."""

    field: PersonField
    test: RangeTest

    def __post_init__(self) -> None:
        _check_person(self.field, Kind.NUMBER)


@node
class PersonText:
    """The person's sex or region is one of `values`; unknown where missing."""

    field: PersonField
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_person(self.field, Kind.TEXT)


@node
class PersonConcept:
    """The person's race or ethnicity is one of `concepts`; unknown where missing."""

    field: PersonField
    concepts: ConceptIds

    def __post_init__(self) -> None:
        _check_person(self.field, Kind.CONCEPT)


@node
class Carrier:
    """The person carries a selected variant at the zygosity; unknown when none is and a call is missing."""

    variants: VariantSelector
    zygosity: Zygosity = Zygosity.ANY


@node
class NoCallAt:
    """Some selected variant has no call for the person. Never unknown."""

    variants: VariantSelector


@node
class Answered:
    """Some answer in the window fits `test` (codes or a range); unknown when no answer was given there."""

    question: str
    test: tuple[str, ...] | RangeTest
    window: Window | None = None


@node
class NotAnswered:
    """No answer was given in the window. Never unknown."""

    question: str
    window: Window | None = None


@node
class Every:
    """Kleene conjunction; true of no parts."""

    parts: tuple["Condition", ...]


@node
class Some:
    """Kleene disjunction; false of no parts."""

    parts: tuple["Condition", ...]


@node
class CountOf:
    """How many parts are true. Unknown while the unknown parts could still decide it."""

    operator: CountOperator
    number: int
    parts: tuple["Condition", ...]


@node
class Negation:
    part: "Condition"


@node
class IsUnknown:
    """True where the part is neither true nor false. Never unknown."""

    part: "Condition"


Atom = Occurs | PersonRange | PersonText | PersonConcept | Carrier | NoCallAt | Answered | NotAnswered
Condition = Atom | Every | Some | CountOf | Negation | IsUnknown


# --- the cohort -------------------------------------------------------------------------------------


@node
class EveryoneOn:
    """One entry a person: on the date, if observed then; without a date on the first observed day."""

    on: datetime.date | None


@node
class Entry:
    """The events that may start an entry, each inside an observation period that reaches far enough both ways."""

    events: tuple[EventRelation, ...] | EveryoneOn
    observed_before: Duration
    observed_after: Duration


@node
class RulePlan:
    """Entries stay when an `include` condition is true, or an `exclude` condition is not true."""

    kind: RuleKind
    name: str
    condition: Condition


@node
class ExitPlan:
    """Entry end: earliest of the offset (absent: none; not counted if before the start), the first censoring event
    from the start on, and the end of the observation period. `anchor` is the edge of the index event it counts from."""

    offset: Duration | None
    anchor: Edge
    censors: tuple[EventRelation, ...]


@node
class CohortPlan:
    """Everything that decides who is in a cohort and from when to when."""

    entry: Entry
    rules: tuple[RulePlan, ...]
    keep: Keep
    exit: ExitPlan


# --- properties -------------------------------------------------------------------------------------


def range_values(test: RangeTest) -> tuple[float | datetime.date, ...]:
    """The values a range is made of."""
    match test:
        case Compare(value=value):
            return (value,)
        case Between(low=low, high=high):
            return tuple(value for value in (low, high) if value is not None)


def domain_of(events: EventRelation) -> Domain | None:
    """The domain of the events; absent for the entries of a cohort."""
    match events:
        case Scan(domain=domain):
            return domain
        case Filter(source=source) | Nth(source=source):
            return domain_of(source)
        case CohortEntries():
            return None


def has_visits(events: EventRelation) -> bool:
    """Whether each event belongs to a visit (or is one)."""
    domain = domain_of(events)
    return domain is Domain.VISIT or domain in FIELDS[Field.VISIT_TYPE].domains


def fields_of(predicate: RowPredicate) -> Iterator[Field]:
    """Every field a predicate reads."""
    match predicate:
        case RowRange(field=field) | RowConcept(field=field) | RowText(field=field) | RowMissing(field=field):
            yield field
        case RowAll(parts=parts) | RowAny(parts=parts):
            for part in parts:
                yield from fields_of(part)
        case RowNot(part=part):
            yield from fields_of(part)


def atoms_of(condition: Condition) -> Iterator[Atom]:
    """The conditions at the leaves, left to right."""
    match condition:
        case Every(parts=parts) | Some(parts=parts) | CountOf(parts=parts):
            for part in parts:
                yield from atoms_of(part)
        case Negation(part=part) | IsUnknown(part=part):
            yield from atoms_of(part)
        case atom:
            yield atom


def _mismatch(field: Field, kind: Kind, given: str) -> AnalysisProblem:
    return AnalysisProblem("field-kind", f"{field.value} is compared with {given}", expected=(kind.value,))


def _check_person(field: PersonField, kind: Kind) -> None:
    if PERSON_FIELDS[field][0] is not kind:
        raise AnalysisProblem("field-kind", f"{field.value} is not compared this way", expected=(kind.value,))
