"""Rows of the file of runs as what a caller may see of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from engine import Principal
from schemas.policy import AccessTier, Precision
from schemas.wire import (
    AttritionAnswer,
    BreakdownAnswer,
    CohortDocument,
    CountAnswer,
    GenotypesAnswer,
    OverlapAnswer,
    PrevalenceAnswer,
)
from schemas.wire.pictures import ComparedCohorts
from schemas.wire.problems import ProblemDocument
from schemas.wire.runs import Run, RunAnswer, RunRequest, RunState, RunStep, RunSummary, StepState, StepSummary

_ANSWERS: Final[dict[str, TypeAdapter[RunAnswer]]] = {
    "count": TypeAdapter(CountAnswer),
    "attrition": TypeAdapter(AttritionAnswer),
    "breakdown": TypeAdapter(BreakdownAnswer),
    "prevalence": TypeAdapter(PrevalenceAnswer),
    "genotypes": TypeAdapter(GenotypesAnswer),
    "overlap": TypeAdapter(OverlapAnswer),
    "comparison": TypeAdapter(ComparedCohorts),
}


@dataclass(frozen=True, slots=True)
class RunRow:
    """A row of `run`."""

    id: str
    user: str
    project: str
    number: int
    tier: str
    asked: str
    title: str
    request: str
    precision: str | None
    release: str
    policy_version: str
    policy_sha256: str
    query: str
    shared: int
    server: str

    def is_own(self, caller: Principal) -> bool:
        """Whether the caller asked it, and still is of a tier that may see its numbers."""
        is_asker = self.user == caller.user and self.project == caller.project
        return is_asker and AccessTier(self.tier) in tiers_up_to(caller.tier)


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row of `step`."""

    run: str
    number: int
    state: str
    begun: int
    answer: str | None
    problem: str | None
    charged: int


def tiers_up_to(tier: AccessTier) -> list[AccessTier]:
    """Tiers whose answers somebody of this tier may see: who lost controlled access sees no more of its numbers."""
    tiers = list(AccessTier)
    return tiers[: tiers.index(tier) + 1]


def summary_of(row: RunRow, steps: Sequence[StepRow], caller: Principal) -> RunSummary:
    """What a run was about."""
    request = RunRequest.model_validate_json(row.request)
    return RunSummary(
        id=row.id,
        number=row.number,
        title=row.title,
        by=row.user,
        own=row.is_own(caller),
        shared=bool(row.shared),
        asked=row.asked,
        state=_state([StepState(step.state) for step in steps]),
        tier=AccessTier(row.tier),
        precision=Precision(row.precision) if row.precision else None,
        release=row.release,
        policy_version=row.policy_version,
        policy_sha256=row.policy_sha256,
        query=row.query,
        charged=sum(step.charged for step in steps),
        progress=[
            StepSummary(number=step.number, kind=part.kind, state=StepState(step.state), begun=_shows_begun(step))
            for step, part in zip(steps, request.parts, strict=True)
        ],
    )


def run_of(row: RunRow, steps: Sequence[StepRow], caller: Principal) -> Run:
    """A run with its document; with its numbers for who asked only."""
    request, summary = RunRequest.model_validate_json(row.request), summary_of(row, steps, caller)
    document = request.model_dump(mode="json", include=set(CohortDocument.model_fields), exclude_none=True)
    return Run(
        **{name: getattr(summary, name) for name in RunSummary.model_fields},
        document=CohortDocument.model_validate(document),
        steps=[
            RunStep(
                **{name: getattr(progress, name) for name in StepSummary.model_fields},
                asked=part,
                answer=_ANSWERS[part.kind].validate_json(step.answer) if step.answer and summary.own else None,
                problem=ProblemDocument(**json.loads(step.problem)) if step.problem and summary.own else None,
            )
            for step, part, progress in zip(steps, request.parts, summary.progress, strict=True)
        ],
    )


def _shows_begun(step: StepRow) -> bool:
    """Whether it matters that a step had begun: it was paid, and its answer is not here."""
    return bool(step.begun) and StepState(step.state) in (StepState.CANCELLED, StepState.INTERRUPTED)


def _state(states: Sequence[StepState]) -> RunState:
    """The run's state, which follows from its steps'."""
    found = set(states)
    if found == {StepState.QUEUED}:
        return RunState.QUEUED
    if found & {StepState.QUEUED, StepState.RUNNING}:
        return RunState.RUNNING
    if StepState.CANCELLED in found:
        return RunState.CANCELLED
    return RunState.INTERRUPTED if StepState.INTERRUPTED in found else RunState.DONE
