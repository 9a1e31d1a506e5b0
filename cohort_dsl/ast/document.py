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
    absent_span,
    node,
)
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


@node
class Index:
    """`index first drug in statins … observed 365 days before`: the events that may start a cohort entry."""

    events: tuple[Events, ...] | Everyone
    observed_before: Duration = Duration(count=0)
    observed_after: Duration = Duration(count=0)
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
class Exit:
    """`end 365 days after start, or at first condition in t1dm`: the earliest of the offset (absent: the end of
    observation), the first censoring event on or after the start, and the end of observation."""

    offset: Duration | None = None
    anchor: Edge = Edge.START
    censors: tuple[Events, ...] = ()
    span: Span = absent_span()

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
    span: Span = absent_span()

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
    span: Span = absent_span()
