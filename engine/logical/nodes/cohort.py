"""The cohort: who may enter, which rules decide, when entries end and how they are joined."""

import datetime

from cohort_dsl.ast import Duration, Edge, Keep, Pick, RuleKind, Unit
from engine.logical.nodes.conditions import Condition
from engine.logical.nodes.events import EventRelation
from engine.logical.nodes.node import Node, node
from schemas.errors import AnalysisProblem


@node
class EveryoneOn(Node):
    """One entry a person: on the date, if observed then; without a date on the first observed day."""

    on: datetime.date | None


@node
class Entry(Node):
    """The events that may start an entry, each inside an observation period that reaches far enough both ways.

    Entries are in order of person, start, event key (`event_id`; 0 for `EveryoneOn`), and place in `events`, then end
    of the event, start and end of the period. `pick` takes a person's first of them, or the first of those on the
    latest day, where an event counts by the day it started on before `Covering` (as OHDSI's SQL sorts it). An event
    inside several overlapping periods is an entry in each.
    """

    events: tuple[EventRelation, ...] | EveryoneOn
    observed_before: Duration
    observed_after: Duration
    pick: Pick = Pick.ALL


@node
class QualifyPlan(Node):
    """Entries for which the condition is true go on to the rules, by `pick` one a person (as in `Entry`)."""

    condition: Condition
    pick: Pick


@node
class RulePlan(Node):
    """Entries stay when an `include` condition is true, or an `exclude` condition is not true."""

    kind: RuleKind
    name: str
    condition: Condition


@node
class ExposurePlan(Node):
    """The entry ends `offset_days` after the era of `exposures` it starts in, eras being joined over gaps of at most
    `gap_days + offset_days` and lasting `offset_days` longer."""

    exposures: tuple[EventRelation, ...]
    gap_days: int
    offset_days: int


@node
class ExitPlan(Node):
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

    @property
    def reads_events(self) -> bool:
        """Whether other events than that of the entry decide."""
        return bool(self.censors) or self.exposure is not None


@node
class StudyDays(Node):
    """Entries are cut to these days; an absent one is open."""

    first: datetime.date | None
    last: datetime.date | None


@node
class CohortPlan(Node):
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
class IncidencePlan(Node):
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
