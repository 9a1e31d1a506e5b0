"""Runs: several answers about one cohort asked together, kept for who asked, and followed while they are worked out."""

import datetime
from enum import Enum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from schemas.policy import AccessTier, Precision
from schemas.series import MOST_INTERVALS, IntervalLength, PrevalenceMeasure
from schemas.wire.answers import (
    AttritionAnswer,
    BreakdownAnswer,
    CountAnswer,
    GenotypesAnswer,
    OverlapAnswer,
    PrevalenceAnswer,
)
from schemas.wire.form import MOST_OVERLAPPING, MOST_VARIANTS, Name, Wire
from schemas.wire.pictures import ComparedCohorts
from schemas.wire.problems import ProblemDocument
from schemas.wire.requests import CohortDocument, CountRequest

MOST_PARTS = 10
"""Answers asked for in one run."""

RUN_DAYS = 180
"""Days for which a run is kept."""

MOST_RUNS = 200
"""Runs kept for one user; the oldest go first."""

MOST_RUN_BYTES = 5_000_000
"""Bytes of documents and answers kept for one user; the oldest runs go first."""

RunId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class CountPart(Wire):
    """How many persons are in the cohort."""

    kind: Literal["count"]


class AttritionPart(Wire):
    """How many are left after each rule."""

    kind: Literal["attrition"]


class BreakdownPart(Wire):
    """The cohort by the dimensions of `by`, or of its own `count by` where `by` is absent."""

    kind: Literal["breakdown"]
    by: list[Name] | None = Field(default=None, min_length=1, max_length=8)


class PrevalencePart(Wire):
    """How common the cohort is over time."""

    kind: Literal["prevalence"]
    first_day: datetime.date
    last_day: datetime.date
    per: IntervalLength = Field(default=IntervalLength.YEAR, description=f"at most {MOST_INTERVALS} of them")
    measure: PrevalenceMeasure = PrevalenceMeasure.PERIOD
    by: list[Name] | None = Field(default=None, min_length=1, max_length=3)


class GenotypesPart(Wire):
    """Genotypes of variants within the cohort."""

    kind: Literal["genotypes"]
    variants: list[Name] = Field(min_length=1, max_length=MOST_VARIANTS)


class OverlapPart(Wire):
    """The cohort with up to three others: who is in which of them."""

    kind: Literal["overlap"]
    others: list[CohortDocument] = Field(min_length=1, max_length=MOST_OVERLAPPING - 1)


class ComparisonPart(Wire):
    """The cohort beside another, both by the same dimensions: two tables, each paid for."""

    kind: Literal["comparison"]
    other: CohortDocument
    by: list[Name] = Field(min_length=1, max_length=8)


RunPart = Annotated[
    CountPart | AttritionPart | BreakdownPart | PrevalencePart | GenotypesPart | OverlapPart | ComparisonPart,
    Field(discriminator="kind"),
]
"""One question of a run."""

RunAnswer = (
    CountAnswer
    | AttritionAnswer
    | BreakdownAnswer
    | PrevalenceAnswer
    | GenotypesAnswer
    | OverlapAnswer
    | ComparedCohorts
)
"""What a question is answered with."""


class RunRequest(CountRequest):
    """A cohort, and what is asked about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": 'cohort "Adults seen in hospital"\n\nindex first visit where age >= 18\n',
                    "parts": [
                        {"kind": "count"},
                        {"kind": "attrition"},
                        {"kind": "breakdown", "by": ["sex", "age(10)"]},
                    ],
                }
            ]
        }
    )

    title: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="what the run is called; the cohort's name where absent"
    )
    parts: list[RunPart] = Field(min_length=1, max_length=MOST_PARTS)


class RunState(Enum):
    """Where a run stands. `interrupted`: the server stopped meanwhile; asking again replays what was paid."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class StepState(Enum):
    """Where one question of a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    ANSWERED = "answered"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class StepSummary(Wire):
    """One question, numbered from 1. `begun`: it was cancelled or interrupted after it had begun, so that it is counted
    to its end and paid for; asking it again is free then."""

    number: int
    kind: str
    state: StepState
    begun: bool = False


class RunStep(StepSummary):
    """One question with its answer, or why there is none; both absent while there is neither, and for colleagues."""

    asked: RunPart
    answer: RunAnswer | None = None
    problem: ProblemDocument | None = None


class RunSummary(Wire):
    """What a run was about. `number` counts the caller's runs in the project; `query` is the cohort's canonical hash;
    `charged` is what all its answers cost, in nano-rho. `own` is false where a colleague shared it."""

    id: RunId
    number: int
    title: str
    by: str = Field(description="who asked")
    own: bool
    shared: bool
    asked: str = Field(description="when, ISO 8601 in UTC")
    state: RunState
    tier: AccessTier
    precision: Precision | None
    release: str
    policy_version: str
    policy_sha256: str
    query: str
    charged: int
    progress: list[StepSummary]


class Run(RunSummary):
    """A run with its document and what is answered of it so far."""

    document: CohortDocument
    steps: list[RunStep]


class RunList(Wire):
    """Runs, the newest first; `before` of the next page, absent on the last. Older ones than `kept_days`, and more than
    `most_runs` or `most_bytes`, are not kept."""

    runs: list[RunSummary]
    next_before: int | None
    kept_days: int = RUN_DAYS
    most_runs: int = MOST_RUNS
    most_bytes: int = MOST_RUN_BYTES


class SharedLink(Wire):
    """Where colleagues of the same project find a run; `path` is on this server."""

    run: RunId
    path: str


class ShownColumn(Wire):
    """A column of a table in words."""

    name: str
    is_number: bool


class ShownTable(Wire):
    """An answer as a page shows it: every cell in the reader's language, numbers with what is known of them, and what
    else follows from the numbers."""

    title: str
    columns: list[ShownColumn]
    rows: list[list[str]]
    notes: list[str]
