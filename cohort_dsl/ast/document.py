"""The document: index, rules, end and count."""

import datetime
from enum import Enum

from cohort_dsl.ast.concepts import ConceptSet
from cohort_dsl.ast.criteria import (
    Criterion,
)
from cohort_dsl.ast.events import (
    Edge,
    Events,
)
from cohort_dsl.ast.values import (
    Duration,
    Unit,
    absent_span,
    node,
)
from cohort_dsl.ast.variants import VariantById
from schemas.errors import Span


@node
class Let:
    """`let statins = code ATC:"C10AA" with descendants`."""

    name: str
    concepts: ConceptSet
    span: Span = absent_span()


@node
class Everyone:
    """`index everyone` (at the start of the first observation period) or `index everyone on 2024-12-31`."""

    on: datetime.date | None = None
    span: Span = absent_span()


class Mode(Enum):
    """Which semantics a document asks for (docs/understand/modes.md lists every difference)."""

    CORRECTED = "corrected"
    CIRCE_EXACT = "circe-exact"
    """The people and dates that OHDSI's own SQL gives, its known defects included."""


class Pick(Enum):
    """Which of a person's events go on; of several on one day the one with the lowest key."""

    ALL = "all"
    EARLIEST = "earliest"
    LATEST = "latest"


@node
class Index:
    """`index first drug in statins … observed 365 days before`: the events that may start a cohort entry.

    `index earliest of …` takes one a person, of those observed long enough.
    """

    events: tuple[Events, ...] | Everyone
    observed_before: Duration = Duration(count=0)
    observed_after: Duration = Duration(count=0)
    pick: Pick = Pick.ALL
    span: Span = absent_span()


@node
class Qualify:
    """`qualify earliest when criterion`: entries for which it is true go on to the rules; Circe's additional criteria
    and qualified limit. It is no step of the attrition."""

    criterion: Criterion
    pick: Pick = Pick.ALL
    span: Span = absent_span()


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
    span: Span = absent_span()


class Keep(Enum):
    """Which of a person's entries that passed all rules are kept."""

    ALL = "all"
    FIRST = "first"
    LAST = "last"


@node
class Exposure:
    """`end 7 days after exposure to statins with gaps of at most 30 days and supply of 28 days`: the end of the
    continuous exposure the entry starts in, `offset` days later.

    Exposures are drugs with a concept or source concept of the set. One continues another when it starts at most
    `gap` + `offset` days after all before it have ended; `supply` days are taken for how long each lasts, in place of
    its own end. All in days.
    """

    concepts: ConceptSet
    gap: int = 0
    offset: int = 0
    supply: int | None = None
    span: Span = absent_span()


@node
class Exit:
    """`end 365 days after start, or at first condition in t1dm`: the earliest, on or after the entry's start, of the
    offset or end of exposure, the first censoring event, and the end of observation.

    An entry whose offset falls before its start, and that no censoring event ends, is left out.
    """

    offset: Duration | None = None
    anchor: Edge = Edge.START
    exposure: Exposure | None = None
    censors: tuple[Events, ...] = ()
    span: Span = absent_span()

    def __post_init__(self) -> None:
        if self.offset is None:
            object.__setattr__(self, "anchor", Edge.START)


class DimensionKind(Enum):
    SEX = "sex"
    AGE = "age"
    REGION = "region"
    RACE = "race"
    INDEX_YEAR = "index year"
    SURVEY = "survey"
    GENOTYPE = "genotype"


@node
class Dimension:
    """`sex`, `age(10)` (width in years), `region`, `race`, `index year`, `survey smoking.status`,
    `genotype of variant rs11591147`."""

    kind: DimensionKind
    width: int | None = None
    question: str | None = None
    variant: VariantById | None = None
    span: Span = absent_span()

    def __post_init__(self) -> None:
        if self.kind is not DimensionKind.GENOTYPE:
            object.__setattr__(self, "variant", None)
        if self.kind is not DimensionKind.AGE:
            object.__setattr__(self, "width", None)
        if self.kind is not DimensionKind.SURVEY:
            object.__setattr__(self, "question", None)


@node
class StudyPeriod:
    """`study period 2010-01-01..2019-12-31`: entries are cut to it, and those outside left out."""

    first: datetime.date | None = None
    last: datetime.date | None = None
    span: Span = absent_span()


@node
class Incidence:
    """`incidence of first condition in mi per year`: per calendar period, people at risk, their days at risk, and
    first outcomes. A person is at risk from the start of an entry to its end or the outcome, whichever is first."""

    outcome: Events
    per: Unit
    span: Span = absent_span()


@node
class Cohort:
    """One document. `name` and rule names are labels: they do not take part in the canonical hash.

    `join_within` (`join entries within 30 days`): entries of a person at most so many days apart are one.
    """

    name: str
    index: Index
    mode: Mode = Mode.CORRECTED
    lets: tuple[Let, ...] = ()
    qualify: Qualify | None = None
    rules: tuple[Rule, ...] = ()
    keep: Keep = Keep.ALL
    exit: Exit = Exit()
    join_within: int = 0
    study_period: StudyPeriod | None = None
    count_by: tuple[Dimension, ...] = ()
    incidence: Incidence | None = None
    span: Span = absent_span()
