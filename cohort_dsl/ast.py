"""The syntax tree: what a cohort document says, in one frozen value.

Text (`parser`, `printer`), JSON (`json_form`) and Python (`builder`) are spellings of it. Nodes are
normalised when they are made, so that equal meanings of one construct are equal values; a node's `span` (its
place in the text, if it came from text) never takes part in equality or in the canonical hash.
"""

import datetime
from dataclasses import dataclass, field
from enum import Enum

from schemas.errors import Span
from schemas.fields import Field, PersonField, VariantField
from schemas.omop import Domain

NO_SPAN = Span(0, 0)


def _span() -> Span:
    return field(default=NO_SPAN, compare=False, repr=False)


node = dataclass(frozen=True, slots=True, kw_only=True)


# --- values ---------------------------------------------------------------------------------------


class Unit(Enum):
    """Calendar units. Months and years are calendar-correct: 31 January plus one month is the last of February."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@node
class Duration:
    """A signed number of calendar units; zero is always zero days."""

    count: int
    unit: Unit = Unit.DAY

    def __post_init__(self) -> None:
        if self.count == 0:
            object.__setattr__(self, "unit", Unit.DAY)


def _number_or_date(value: float | datetime.date | None) -> float | datetime.date | None:
    """Numbers become floats without a negative zero, so that 40, 40.0 and -0.0, 0.0 are one value each."""
    return value + 0.0 if isinstance(value, (int, float)) else value


class Comparator(Enum):
    LT = "<"
    LE = "<="
    EQ = "="
    NE = "!="
    GE = ">="
    GT = ">"


@node
class Compare:
    """`operator value`, as in `> 6.5`, `>= 2015-01-01`. Durations count days."""

    operator: Comparator
    value: float | datetime.date

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _number_or_date(self.value))


@node
class Between:
    """`in low..high`, both ends included; an absent end is open (`in 40..`)."""

    low: float | datetime.date | None
    high: float | datetime.date | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", _number_or_date(self.low))
        object.__setattr__(self, "high", _number_or_date(self.high))


RangeTest = Compare | Between


# --- concept sets ---------------------------------------------------------------------------------


@node
class ConceptById:
    """`concept 201826 "label" with descendants`; the label is a comment and not part of the meaning."""

    concept_id: int
    descendants: bool = False
    mapped: bool = False
    label: str | None = field(default=None, compare=False)
    span: Span = _span()


@node
class ConceptByCode:
    """`code KCD7:"E11" with descendants`: the code is taken to its standard concepts through `Maps to`."""

    vocabulary: str
    code: str
    descendants: bool = False
    mapped: bool = False
    span: Span = _span()


@node
class ConceptSetName:
    """A concept set given a name by `let`."""

    name: str
    span: Span = _span()


ConceptItem = ConceptById | ConceptByCode | ConceptSetName


@node
class ConceptSet:
    """What is included less what is excluded, each after its own expansion."""

    included: tuple[ConceptItem, ...]
    excluded: tuple[ConceptItem, ...] = ()
    span: Span = _span()


# --- events ---------------------------------------------------------------------------------------


@node
class FieldTest:
    """`age >= 40`, `date in 2015-01-01..2024-12-31`, `value > 6.5 unit "%"`. The unit is a UCUM code or concept."""

    field: Field
    test: RangeTest
    unit: ConceptById | ConceptByCode | None = None
    span: Span = _span()


@node
class FieldConcepts:
    """`visit type in inpatient`: the field's concept is in the set."""

    field: Field
    concepts: ConceptSet
    span: Span = _span()


class TextOperator(Enum):
    IS = "is"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"


@node
class FieldText:
    """`stop reason contains "adverse"`; letter case counts."""

    field: Field
    operator: TextOperator
    text: str
    span: Span = _span()


@node
class FieldMissing:
    """`value is missing`: the source gives no value (for concepts: null or 0)."""

    field: Field
    span: Span = _span()


@node
class PredicateAll:
    """Joined by `and`."""

    parts: tuple["Predicate", ...]
    span: Span = _span()


@node
class PredicateAny:
    """Joined by `or`."""

    parts: tuple["Predicate", ...]
    span: Span = _span()


@node
class PredicateNot:
    """`not (…)`. A comparison with a missing value is neither true nor false, and neither is its negation."""

    part: "Predicate"
    span: Span = _span()


Predicate = FieldTest | FieldConcepts | FieldText | FieldMissing | PredicateAll | PredicateAny | PredicateNot


@node
class Ordinal:
    """`first`, `2nd`, `last`, `2nd last`: which of a person's events in date order, counted after the
    where-clause; with `ever` counted before it, over all events of the domain and concept set."""

    position: int = 1
    from_end: bool = False
    ever: bool = False


@node
class EventQuery:
    """Events of one domain: `first ever drug in statins where age >= 40`. No concept set means any concept."""

    domain: Domain
    concepts: ConceptSet | None = None
    where: Predicate | None = None
    ordinal: Ordinal | None = None
    span: Span = _span()


@node
class CohortEvents:
    """`cohort "Statin starters"`: the entries of a named cohort as events, start to end."""

    name: str
    ordinal: Ordinal | None = None
    span: Span = _span()


Events = EventQuery | CohortEvents


# --- windows --------------------------------------------------------------------------------------


class Edge(Enum):
    """Which end of an event or an entry."""

    START = "start"
    END = "end"


@node
class Bound:
    """A day: `offset` from the index start or end. Negative is before."""

    offset: Duration
    anchor: Edge = Edge.START


@node
class Window:
    """The event's `edge` lies between the bounds, both included; an absent bound is open.

    `before index` is `upper = -1 day`; `within 1 year before index` is `lower = -1 year, upper = 0 days`.
    """

    lower: Bound | None = None
    upper: Bound | None = None
    edge: Edge = Edge.START


# --- criteria -------------------------------------------------------------------------------------


class CountOperator(Enum):
    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXACTLY = "exactly"


class Distinct(Enum):
    """What is counted once."""

    DATES = "dates"
    VISITS = "visits"
    CONCEPTS = "concepts"


@node
class Count:
    """`at least 2 distinct dates of`. `any` is at least 1; `no` is exactly 0."""

    operator: CountOperator = CountOperator.AT_LEAST
    number: int = 1
    distinct: Distinct | None = None


@node
class Occurrence:
    """`any condition in t2dm before index`: how often events occur relative to the index event.

    Events count only when they start in the index event's observation period, unless `ignoring observation`.
    """

    events: Events
    count: Count = Count()
    windows: tuple[Window, ...] = ()
    ignoring_observation: bool = False
    span: Span = _span()


@node
class PersonTest:
    """`age at index in 40..79`, `birth year >= 1970`."""

    field: PersonField
    test: RangeTest
    span: Span = _span()


@node
class PersonIn:
    """`sex is female`, `region in ("Seoul", "Busan")`."""

    field: PersonField
    values: tuple[str, ...]
    span: Span = _span()


@node
class PersonConcepts:
    """`race in (concept 8515)`."""

    field: PersonField
    concepts: ConceptSet
    span: Span = _span()


class Zygosity(Enum):
    ANY = "any"
    HETEROZYGOUS = "heterozygous"
    HOMOZYGOUS = "homozygous"


class VariantName(Enum):
    RSID = "rsid"
    HGVS = "hgvs"
    ALLELE = "allele"
    """`contig-position-ref-alt`, 1-based, as gnomAD writes it."""


@node
class VariantById:
    """`variant rs11591147`, `variant hgvs "ENST…:c.137G>T"`, `variant "1-55039974-G-T"`."""

    kind: VariantName
    name: str
    span: Span = _span()

    def __post_init__(self) -> None:
        if self.kind is VariantName.ALLELE:
            object.__setattr__(self, "name", self.name.removeprefix("chr"))


@node
class Region:
    """1-based, both ends included; the contig is written without `chr`."""

    contig: str
    start: int
    end: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "contig", self.contig.removeprefix("chr"))


@node
class VariantTest:
    """`af < 0.001`."""

    field: VariantField
    test: RangeTest
    span: Span = _span()


@node
class VariantIn:
    """`consequence in ("missense_variant")`, `lof` (that is `lof in ("HC")`)."""

    field: VariantField
    values: tuple[str, ...]
    span: Span = _span()


@node
class VariantAll:
    parts: tuple["VariantPredicate", ...]
    span: Span = _span()


@node
class VariantAny:
    parts: tuple["VariantPredicate", ...]
    span: Span = _span()


@node
class VariantNot:
    part: "VariantPredicate"
    span: Span = _span()


VariantPredicate = VariantTest | VariantIn | VariantAll | VariantAny | VariantNot


@node
class VariantsWhere:
    """`variant in gene PCSK9 where lof and af < 0.001`, `variant in region 1:55039447-55064852`."""

    genes: tuple[str, ...] = ()
    region: Region | None = None
    where: VariantPredicate | None = None
    span: Span = _span()


VariantSelector = VariantById | VariantsWhere


@node
class Carries:
    """`carries heterozygous variant rs11591147`: true when some selected variant is carried, unknown when none is
    and some call is missing (or the person has no genotypes), else false."""

    variants: VariantSelector
    zygosity: Zygosity = Zygosity.ANY
    span: Span = _span()


@node
class NoCall:
    """`no call at variant rs11591147`: some selected variant has no call (or the person has no genotypes).

    Never unknown.
    """

    variants: VariantSelector
    span: Span = _span()


@node
class AnswerIn:
    """`in ("current", "former")`."""

    values: tuple[str, ...]


@node
class Unanswered:
    """`is unanswered`: no answer in the window. Never unknown."""


@node
class Survey:
    """`survey smoking.status in ("current") within 1 year of index`.

    True when some answer fits; unknown when the person gave no answer in the window; else false.
    """

    question: str
    test: AnswerIn | RangeTest | Unanswered
    window: Window | None = None
    span: Span = _span()


class GroupKind(Enum):
    ALL = "all of"
    ANY = "any of"
    NONE = "none of"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXACTLY = "exactly"


@node
class Group:
    """Criteria counted together; `number` is used by the last three kinds only."""

    kind: GroupKind
    parts: tuple["Criterion", ...]
    number: int = 0
    span: Span = _span()

    def __post_init__(self) -> None:
        if self.kind in (GroupKind.ALL, GroupKind.ANY, GroupKind.NONE):
            object.__setattr__(self, "number", 0)


@node
class Not:
    """`not (…)`: unknown stays unknown."""

    part: "Criterion"
    span: Span = _span()


@node
class Unknown:
    """`unknown (…)`: true when the part is neither true nor false. Never unknown itself."""

    part: "Criterion"
    span: Span = _span()


Criterion = Occurrence | PersonTest | PersonIn | PersonConcepts | Carries | NoCall | Survey | Group | Not | Unknown


# --- the document ---------------------------------------------------------------------------------


@node
class Let:
    """`let statins = code ATC:"C10AA" with descendants`."""

    name: str
    concepts: ConceptSet
    span: Span = _span()


@node
class Everyone:
    """`index everyone` (at the start of the first observation period) or `index everyone on 2024-12-31`."""

    on: datetime.date | None = None
    span: Span = _span()


@node
class Index:
    """`index first drug in statins … observed 365 days before`: the events that may start a cohort entry."""

    events: tuple[Events, ...] | Everyone
    observed_before: Duration = Duration(count=0)
    observed_after: Duration = Duration(count=0)
    span: Span = _span()


class RuleKind(Enum):
    INCLUDE = "include"
    EXCLUDE = "exclude"


@node
class Rule:
    """`include "name" when …` keeps entries for which the criterion is true; `exclude` drops those for which it is
    true. An unknown criterion neither includes nor excludes."""

    kind: RuleKind
    name: str
    criterion: Criterion
    span: Span = _span()


class Keep(Enum):
    """Which of a person's entries that passed all rules are kept."""

    ALL = "all"
    FIRST = "first"
    LAST = "last"


@node
class Exit:
    """`end 365 days after start, or at first condition in t1dm`: the earliest of the offset (absent: the end of
    observation), the first censoring event on or after the start, and the end of observation."""

    offset: Duration | None = None
    anchor: Edge = Edge.START
    censors: tuple[Events, ...] = ()
    span: Span = _span()

    def __post_init__(self) -> None:
        if self.offset is None:
            object.__setattr__(self, "anchor", Edge.START)


class DimensionKind(Enum):
    SEX = "sex"
    AGE = "age"
    REGION = "region"
    INDEX_YEAR = "index year"
    SURVEY = "survey"


@node
class Dimension:
    """`sex`, `age(10)` (width in years), `region`, `index year`, `survey smoking.status`."""

    kind: DimensionKind
    width: int | None = None
    question: str | None = None
    span: Span = _span()

    def __post_init__(self) -> None:
        if self.kind is not DimensionKind.AGE:
            object.__setattr__(self, "width", None)
        if self.kind is not DimensionKind.SURVEY:
            object.__setattr__(self, "question", None)


@node
class Cohort:
    """One document. `name` and rule names are labels: they do not take part in the canonical hash."""

    name: str
    index: Index
    lets: tuple[Let, ...] = ()
    rules: tuple[Rule, ...] = ()
    keep: Keep = Keep.ALL
    exit: Exit = Exit()
    count_by: tuple[Dimension, ...] = ()
    span: Span = _span()
