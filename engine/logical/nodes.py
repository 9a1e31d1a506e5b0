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
    Moved,
    Pick,
    RangeTest,
    RuleKind,
    TextOperator,
    TrendDirection,
    Unit,
    VariantSelector,
    Window,
    Zygosity,
)
from schemas.errors import AnalysisProblem
from schemas.fields import FIELDS, PERSON_FIELDS, Field, Kind, PersonField
from schemas.omop import EVENT_TABLES, Domain

ConceptIds = tuple[int, ...]
"""Sorted, distinct OMOP concept ids; empty matches nothing."""

node = dataclass(frozen=True, slots=True, kw_only=True)


# --- row predicates: one event, three-valued --------------------------------------------------------


@node
class RowRange:
    """The field lies in a range; unknown where the field is missing. Dates, numbers and days of duration.

    With `by_year` an age is the difference of calendar years, as in OHDSI's SQL, and not completed years.
    """

    field: Field
    test: RangeTest
    by_year: bool = False

    def __post_init__(self) -> None:
        kind = FIELDS[self.field].kind
        if kind not in (Kind.NUMBER, Kind.DATE, Kind.DURATION):
            raise _mismatch(self.field, kind, "a number or date")
        for value in range_values(self.test):
            if isinstance(value, datetime.date) != (kind is Kind.DATE):
                raise _mismatch(self.field, kind, "a date" if isinstance(value, datetime.date) else "a number")


@node
class RowConcept:
    """The field's concept is one of `concepts`; unknown where it is missing.

    Concept 0 means missing, unless `zero_is_value`, as in OHDSI's SQL.
    """

    field: Field
    concepts: ConceptIds
    zero_is_value: bool = False

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
    """The field has no value (for concepts: null, or 0 unless `zero_is_value`). Never unknown."""

    field: Field
    zero_is_value: bool = False


@node
class RowAbnormal:
    """The value is outside its range of normal, or the result is one of `ABNORMAL_RESULTS`; unknown by Kleene's
    disjunction of the three tests."""


@node
class RowAll:
    parts: tuple["RowPredicate", ...]


@node
class RowAny:
    parts: tuple["RowPredicate", ...]


@node
class RowNot:
    part: "RowPredicate"


RowPredicate = RowRange | RowConcept | RowText | RowMissing | RowAbnormal | RowAll | RowAny | RowNot

ABNORMAL_RESULTS: ConceptIds = (4155142, 4155143)
"""Above and below the reference range, the two concepts OHDSI Circe takes for abnormal."""


# --- event relations: many rows a person ------------------------------------------------------------


@node
class Scan:
    """All events of a domain, or those whose concept is one of `concepts` and whose source concept one of `source`."""

    domain: Domain
    concepts: ConceptIds | None = None
    source: ConceptIds | None = None

    def __post_init__(self) -> None:
        if self.source is not None and self.domain not in FIELDS[Field.SOURCE].domains:
            raise AnalysisProblem("field-domain", f"a {self.domain.words} has no {Field.SOURCE.value}")


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
class Respan:
    """The events with other first and last days; those that would end before they start are left out."""

    source: "EventRelation"
    start: Moved
    end: Moved


@node
class Covering:
    """The events that contain the days given, taken as lasting from the one to the other; an absent day leaves that
    end as it is."""

    source: "EventRelation"
    first: datetime.date | None
    last: datetime.date | None


@node
class Having:
    """The events inside an observation period for which the condition is true.

    The condition's entry is the event: its start, end and visit, and the observation period its start lies in. Where
    periods of a person overlap that is the one that starts first, so that an event is asked about once.
    Genotype conditions do not occur here: they are about the person.
    """

    source: "EventRelation"
    condition: "Condition"

    def __post_init__(self) -> None:
        if any(isinstance(atom, Carrier | NoCallAt) for atom in atoms_of(self.condition)):
            raise AnalysisProblem(
                "having-genotype",
                "a genotype is of the person and not of an event",
                hint="ask for it in a criterion of its own, joined by `and`",
            )


@node
class Trending:
    """The events before which, at most `within` earlier and on an earlier day, another event of the source had a value
    lower (falling: higher) by at least `by` in the same unit; a missing unit (null or 0) equals a missing unit only.

    Rising means `value - earlier value >= by` in floating point, falling `earlier value - value >= by`.
    """

    source: "EventRelation"
    direction: TrendDirection
    by: float
    within: Duration

    def __post_init__(self) -> None:
        domain = domain_of(self.source)
        if domain is None or domain not in FIELDS[Field.VALUE].domains:
            raise AnalysisProblem("field-domain", "only measurements, observations and dose eras have values")


@node
class EraJoin:
    """The events of all sources joined into eras: an event continues an era when it starts at most `gap_days` after
    the latest end in it. Keys number a person's eras from 1 in order of start; concepts are 0 and visits absent."""

    sources: tuple["EventRelation", ...]
    gap_days: int


@node
class GapsBetween:
    """The days between the latest end of all earlier events and the start of the next, where there are `at_least_days`
    or more: from the day after that end to the day before that start. Keys, concepts and visits as in `EraJoin`."""

    source: "EventRelation"
    at_least_days: int

    def __post_init__(self) -> None:
        if self.at_least_days < 1:
            raise AnalysisProblem("gap-range", "a gap lasts at least one day")


@node
class AnswerScan:
    """The answers to a survey question, those that fit `test` where there is one, as events of one day each. Keys
    number these events of a person from 1 in order of day; concepts are 0 and visits absent."""

    question: str
    test: tuple[str, ...] | RangeTest | None = None


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


EventRelation = (
    Scan | Filter | Respan | Covering | Having | Trending | EraJoin | GapsBetween | AnswerScan | Nth | CohortEntries
)


# --- conditions: one entry, three-valued ------------------------------------------------------------


@node
class Occurs:
    """How many events fall in the windows; never unknown.

    Each window bounds one edge of the event relative to the entry. With `within_observation` only events that
    start in the entry's observation period count; with `same_visit` only those of the entry's visit.
    """

    events: EventRelation
    operator: CountOperator
    number: int
    distinct: Distinct | None = None
    windows: tuple[Window, ...] = ()
    within_observation: bool = True
    same_visit: bool = False

    def __post_init__(self) -> None:
        if self.number < 0:
            raise AnalysisProblem("count-range", "a count is not negative")
        if self.distinct is not None and not countable(self.events, self.distinct):
            raise AnalysisProblem("distinct-column", f"these events have no {self.distinct.value} to count")
        if self.same_visit and not has_visits(self.events):
            raise AnalysisProblem("distinct-visits", "these events belong to no visit")


@node
class PersonRange:
    """A number of the person, or a date of the entry; unknown where missing.

    With `by_year` age is the difference of calendar years, as in OHDSI's SQL, and not completed years.
    """

    field: PersonField
    test: RangeTest
    by_year: bool = False

    def __post_init__(self) -> None:
        dated = any(isinstance(value, datetime.date) for value in range_values(self.test))
        _check_person(self.field, Kind.DATE if dated else Kind.NUMBER)


@node
class PersonText:
    """The person's sex or region is one of `values`; unknown where missing."""

    field: PersonField
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_person(self.field, Kind.TEXT)


@node
class PersonConcept:
    """The person's gender, race or ethnicity is one of `concepts`; unknown where missing (null, or 0 unless
    `zero_is_value`)."""

    field: PersonField
    concepts: ConceptIds
    zero_is_value: bool = False

    def __post_init__(self) -> None:
        _check_person(self.field, Kind.CONCEPT)


@node
class PersonUnrecorded:
    """The source does not say the person's gender, race, ethnicity, sex or region. Never unknown."""

    field: PersonField
    zero_is_value: bool = False


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


Atom = (
    Occurs | PersonRange | PersonText | PersonConcept | PersonUnrecorded | Carrier | NoCallAt | Answered | NotAnswered
)
Condition = Atom | Every | Some | CountOf | Negation | IsUnknown


# --- the cohort -------------------------------------------------------------------------------------


@node
class EveryoneOn:
    """One entry a person: on the date, if observed then; without a date on the first observed day."""

    on: datetime.date | None


@node
class Entry:
    """The events that may start an entry, each inside an observation period that reaches far enough both ways.

    Entries are in order of person, start, event key (`event_id`; 0 for `EveryoneOn`), and place in `events`, then end
    of the event and start of the period. `pick` takes a person's first of them, or the first of those on the latest
    day, where an event counts by the day it started on before `Covering` (as OHDSI's SQL sorts it). An event inside
    several overlapping periods is an entry in each.
    """

    events: tuple[EventRelation, ...] | EveryoneOn
    observed_before: Duration
    observed_after: Duration
    pick: Pick = Pick.ALL


@node
class QualifyPlan:
    """Entries for which the condition is true go on to the rules, by `pick` one a person (as in `Entry`)."""

    condition: Condition
    pick: Pick


@node
class RulePlan:
    """Entries stay when an `include` condition is true, or an `exclude` condition is not true."""

    kind: RuleKind
    name: str
    condition: Condition


@node
class ExposurePlan:
    """The entry ends `offset_days` after the era of `exposures` it starts in, eras being joined over gaps of at most
    `gap_days + offset_days` and lasting `offset_days` longer."""

    exposures: tuple[EventRelation, ...]
    gap_days: int
    offset_days: int


@node
class ExitPlan:
    """Where an entry ends: the earliest day on or after its start among

    - with an offset: the index event's `anchor` edge moved by it, or the end of the observation period if earlier;
      without one: the end of the observation period;
    - the end of the exposure the entry starts in, where there is one;
    - the first censoring event from the start to the end of the observation period.

    An entry without any has no day in the cohort.
    """

    offset: Duration | None
    anchor: Edge
    censors: tuple[EventRelation, ...]
    exposure: ExposurePlan | None = None


@node
class StudyDays:
    """Entries are cut to these days; an absent one is open."""

    first: datetime.date | None
    last: datetime.date | None


@node
class CohortPlan:
    """Everything that decides who is in a cohort and from when to when.

    Entries of a person that share a day, or start at most `join_days` after all before them have ended, become one;
    those of different observation periods only `across_periods`. Then they are cut to the study period.
    """

    entry: Entry
    rules: tuple[RulePlan, ...]
    keep: Keep
    exit: ExitPlan
    qualify: QualifyPlan | None = None
    join_days: int = 0
    across_periods: bool = False
    study: StudyDays | None = None


@node
class IncidencePlan:
    """Person-time of a cohort: the outcome that ends being at risk, and the calendar period (month or year) counted by.

    A person is at risk on every day of a cohort entry, from its first day to the earliest of its last day, the last
    day of observation, and the first outcome that starts on or after its first day; the day of the outcome counts.
    Observation is the period the entry starts in; of several that overlap, the one that ends last. Time in a later
    period of an entry that spans several (which only `circe-exact` makes) is not time at risk, and an entry whose
    first day is not observed has none, as in OHDSI's CohortIncidence. After an outcome a person is at risk again from
    their next entry on.
    """

    outcome: EventRelation
    per: Unit

    def __post_init__(self) -> None:
        if self.per not in (Unit.MONTH, Unit.YEAR):
            raise AnalysisProblem(
                "incidence-period", "incidence is counted per calendar year or month", expected=("year", "month")
            )


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
        case CohortEntries() | EraJoin() | GapsBetween() | AnswerScan():
            return None
        case _:
            return domain_of(events.source)


def sources_of(events: EventRelation) -> tuple[EventRelation, ...]:
    """The relations an event relation is made from directly; those inside a `having` condition are not among them."""
    match events:
        case Scan() | CohortEntries() | AnswerScan():
            return ()
        case EraJoin(sources=sources):
            return sources
        case _:
            return (events.source,)


def relations_in(events: EventRelation) -> Iterator[EventRelation]:
    """The relation and every one it is made from, those inside `having` conditions too; outer ones first."""
    yield events
    if isinstance(events, Having):
        yield from condition_relations(events.condition)
    for source in sources_of(events):
        yield from relations_in(source)


def condition_relations(condition: Condition) -> Iterator[EventRelation]:
    """Every event relation in a condition."""
    for atom in atoms_of(condition):
        if isinstance(atom, Occurs):
            yield from relations_in(atom.events)


def plan_relations(plan: CohortPlan) -> Iterator[EventRelation]:
    """Every event relation of a cohort, inner ones too, without going into the cohorts it refers to."""
    entry = () if isinstance(plan.entry.events, EveryoneOn) else plan.entry.events
    exposures = plan.exit.exposure.exposures if plan.exit.exposure is not None else ()
    for events in (*entry, *plan.exit.censors, *exposures):
        yield from relations_in(events)
    for condition in plan_conditions(plan):
        yield from condition_relations(condition)


def plan_conditions(plan: CohortPlan) -> tuple[Condition, ...]:
    """The conditions on entries: of the qualification, then of each rule."""
    qualify = () if plan.qualify is None else (plan.qualify.condition,)
    return (*qualify, *(rule.condition for rule in plan.rules))


DISTINCT_FIELDS: dict[Distinct, Field] = {
    Distinct.END_DATES: Field.END_DATE,
    Distinct.SOURCES: Field.SOURCE,
    Distinct.DURATIONS: Field.DURATION,
    Distinct.VALUES: Field.VALUE,
    Distinct.UNITS: Field.UNIT,
    Distinct.RANGE_LOWS: Field.RANGE_LOW,
    Distinct.RANGE_HIGHS: Field.RANGE_HIGH,
    Distinct.QUANTITIES: Field.QUANTITY,
    Distinct.DAYS_SUPPLIES: Field.DAYS_SUPPLY,
    Distinct.REFILLS: Field.REFILLS,
    Distinct.OCCURRENCES: Field.OCCURRENCES,
    Distinct.GAPS: Field.GAP,
}
"""What is counted once, where it is a field; dates, visits, visit details and concepts are columns of every event.

Null counts as nothing; concept 0 counts as a concept like any other, as in OHDSI's SQL."""


def countable(events: EventRelation, distinct: Distinct) -> bool:
    """Whether the events have what is to be counted."""
    domain = domain_of(events)
    match distinct:
        case Distinct.DATES | Distinct.CONCEPTS:
            return True
        case Distinct.VISITS:
            return has_visits(events)
        case Distinct.VISIT_DETAILS:
            return domain is not None and (domain is Domain.VISIT_DETAIL or _has_column(domain, "visit_detail_id"))
        case _:
            return domain is not None and domain in FIELDS[DISTINCT_FIELDS[distinct]].domains


def has_visits(events: EventRelation) -> bool:
    """Whether each event belongs to a visit (or is one)."""
    domain = domain_of(events)
    return domain is Domain.VISIT or (domain is not None and _has_column(domain, "visit_occurrence_id"))


def fields_of(predicate: RowPredicate) -> Iterator[Field]:
    """Every field a predicate reads."""
    match predicate:
        case RowRange(field=field) | RowConcept(field=field) | RowText(field=field) | RowMissing(field=field):
            yield field
        case RowAbnormal():
            yield from ABNORMAL_FIELDS
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


ABNORMAL_FIELDS = (Field.VALUE, Field.RANGE_LOW, Field.RANGE_HIGH, Field.VALUE_CONCEPT)
"""What `RowAbnormal` reads."""


def _has_column(domain: Domain, name: str) -> bool:
    return any(column.name == name for column in EVENT_TABLES[domain].columns)


def _mismatch(field: Field, kind: Kind, given: str) -> AnalysisProblem:
    return AnalysisProblem("field-kind", f"{field.value} is compared with {given}", expected=(kind.value,))


def _check_person(field: PersonField, kind: Kind) -> None:
    if PERSON_FIELDS[field][0] is not kind:
        raise AnalysisProblem("field-kind", f"{field.value} is not compared this way", expected=(kind.value,))
