"""One question of a run on its way to its answer: the same way that its own route goes, deadline and all."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar, assert_never

from api.capacity import Busy
from api.documents import read_document
from api.routes import cohorts, several
from api.service import Service
from engine import Interruption, Principal
from schemas.wire import (
    BreakdownAnswer,
    BreakdownRequest,
    CohortDocument,
    CountRequest,
    GenotypesRequest,
    OverlapRequest,
    PrevalenceRequest,
)
from schemas.wire.pictures import ComparedCohorts
from schemas.wire.runs import (
    AttritionPart,
    BreakdownPart,
    ComparisonPart,
    CountPart,
    GenotypesPart,
    OverlapPart,
    PrevalencePart,
    RunAnswer,
    RunPart,
    RunRequest,
)

PATIENCE_SECONDS: Final = 120.0
"""How long a question waits for a place, or for its turn among those the caller may ask a minute."""

_LONGEST_NAME: Final = 256

Result = TypeVar("Result")
Still = Callable[[], Awaitable[bool]]
"""Waits a moment, and says whether the question is still wanted."""


class Withdrawn(Exception):
    """The question was cancelled before it had a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks what, and where."""

    service: Service
    caller: Principal
    request: RunRequest

    async def answer(self, part: RunPart, still: Still) -> RunAnswer:
        """The protected answer, at its deadline; raises what the route of such a question raises, and `Withdrawn`.

        Where there is no place it asks again while it is `still` wanted. Nothing stops what has begun: a protected
        question is counted to its end.
        """
        service, caller, never = self.service, self.caller, Interruption()
        match part:
            case CountPart():
                return await _patiently(lambda: cohorts.count(self._count(), caller, service, never), still)
            case AttritionPart():
                return await _patiently(lambda: cohorts.attrition(self._count(), caller, service, never), still)
            case BreakdownPart(by=by):
                return await self._broken_down(self._document(), by, still)
            case PrevalencePart():
                series = self._prevalence(part)
                return await _patiently(lambda: cohorts.prevalence(series, caller, service, never), still)
            case GenotypesPart(variants=variants):
                named = GenotypesRequest(**dict(self._count()), variants=variants)
                return await _patiently(lambda: cohorts.genotypes(named, caller, service, never), still)
            case OverlapPart(others=others):
                all_of_them = OverlapRequest(cohorts=[self._document(), *others], precision=self.request.precision)
                return await _patiently(lambda: several.overlap(all_of_them, caller, service, never), still)
            case ComparisonPart():
                return await self._compared(part, still)
            case _:
                assert_never(part)

    async def _compared(self, part: ComparisonPart, still: Still) -> ComparedCohorts:
        """Two tables, one after the other: each is a question of its own."""
        both = (self._document(), part.other)
        names = [await _patiently(lambda each=each: self._name(each), still) for each in both]
        answers = [await self._broken_down(each, part.by, still) for each in both]
        return ComparedCohorts(names=names, answers=answers)

    async def _broken_down(self, document: CohortDocument, by: list[str] | None, still: Still) -> BreakdownAnswer:
        body = BreakdownRequest(**dict(document), precision=self.request.precision, by=by)
        return await _patiently(lambda: cohorts.breakdown(body, self.caller, self.service, Interruption()), still)

    async def _name(self, document: CohortDocument) -> str:
        read = await self.service.run(self.caller.project, read_document, document)
        return read.cohort.name[:_LONGEST_NAME] or "?"

    def _document(self) -> CohortDocument:
        request = self.request
        return CohortDocument(text=request.text, cohort=request.cohort, library=request.library)

    def _count(self) -> CountRequest:
        return CountRequest(**dict(self._document()), precision=self.request.precision)

    def _prevalence(self, part: PrevalencePart) -> PrevalenceRequest:
        return PrevalenceRequest(
            **dict(self._count()),
            first_day=part.first_day,
            last_day=part.last_day,
            per=part.per,
            measure=part.measure,
            by=part.by,
        )


def charged_by(answer: RunAnswer) -> int:
    """What an answer cost, in nano-rho."""
    if isinstance(answer, ComparedCohorts):
        return sum(each.charged for each in answer.answers)
    return answer.charged


async def _patiently(ask: Callable[[], Awaitable[Result]], still: Still) -> Result:
    """Ask until there is a place; where there is none no work was done. Raises `Withdrawn`, and `Busy` in the end."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except Busy:
            if time.monotonic() > give_up:
                raise
        if not await still():
            raise Withdrawn
