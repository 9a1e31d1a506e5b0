"""A run, its answers typed as those of single questions are."""

from typing import Final

from api.client.results.answers import Attrition, Breakdown, Count, Genotypes, Overlap, Prevalence
from api.client.results.tabular import Tabular
from schemas.wire import runs
from schemas.wire.answers import (
    AttritionAnswer,
    BreakdownAnswer,
    CountAnswer,
    GenotypesAnswer,
    OverlapAnswer,
    PrevalenceAnswer,
)
from schemas.wire.pictures import ComparedCohorts

RunResult = Tabular | tuple[Breakdown, Breakdown]
"""An answer; of a comparison the two tables."""

_KINDS: Final[dict[type, type[Tabular]]] = {
    CountAnswer: Count,
    AttritionAnswer: Attrition,
    BreakdownAnswer: Breakdown,
    PrevalenceAnswer: Prevalence,
    GenotypesAnswer: Genotypes,
    OverlapAnswer: Overlap,
}


class Run(runs.Run):
    """Several questions about a cohort, and what is answered of them so far."""

    def answers(self) -> list[RunResult | None]:
        """What each question is answered with, in their order; None where there is no answer (yet)."""
        return [_typed(step.answer) for step in self.steps]


def _typed(answer: runs.RunAnswer | None) -> RunResult | None:
    match answer:
        case None:
            return None
        case ComparedCohorts(answers=answers):
            first, second = (Breakdown.model_validate(each.model_dump()) for each in answers)
            return first, second
        case _:
            return _KINDS[type(answer)].model_validate(answer.model_dump())
