"""Requests for incidence."""

import datetime
from dataclasses import replace

from engine.aggregate import (
    RawIncidence,
    count_incidence,
    times_at_risk,
)
from engine.aggregate.incidence import count_strata, within
from engine.aggregate.intervals import Split, Window
from engine.disclosure.request import (
    ExactOnly,
    Unprotected,
)
from engine.execute import scan_entries
from engine.logical.fingerprint import fingerprint
from engine.logical.incidence import at_risk
from engine.physical.cost import check_size, plan_size
from engine.physical.kleene import evaluate
from engine.physical.planner import plan_cohort
from engine.pipeline.question import Question, Request
from engine.session import Session
from schemas.errors import AnalysisProblem

Between = tuple[datetime.date, datetime.date]
"""The first and last day that are counted."""


class AtRisk(Question):
    """A request for incidence: beside the cohort, the times at risk of those in it, between two days where these are
    given, and split by the request's dimensions."""

    def __init__(self, session: Session, request: Request, between: Between | None = None) -> None:
        super().__init__(session, request)
        if self._analysis.incidence is None:
            raise AnalysisProblem(
                "no-incidence",
                "the document does not say what outcome to count",
                hint="add `incidence of first condition in … per year`",
            )
        self._asked = self._analysis.incidence
        self._split = Split(request.dimensions, session.people) if request.dimensions else None
        if self._split and not between:
            raise AnalysisProblem(
                "rates-window",
                "incidence is split within a window",
                hint="give the first and the last day that are counted",
            )
        self._window = Window(first=between[0], last=between[1], per=self._asked.per) if between else None
        self._plan = at_risk(self._analysis.plan, self._asked)
        check_size(plan_size(self._plan), self._limits)
        self._physical = plan_cohort(self._plan, *session.targets)

    def outcome(self) -> Unprotected:
        spec = fingerprint(self._plan, self._asked.per)
        rows = len(self._window.names) * len(self._split.labels) if self._window and self._split else 1
        return Unprotected(kind=ExactOnly.INCIDENCE, spec=" ".join([spec, *self._beside()]), rows=rows)

    def incidence(self) -> RawIncidence:
        entries = scan_entries(self._physical, self._session.means(self._store), stop=self._stop)
        (outcome,) = self._plan.rules
        ended = evaluate(outcome.condition, entries.truth, len(entries))
        times = times_at_risk(entries, ended, self._consent.members)
        if self._window is None:
            return count_incidence(times, self._asked.per)
        times = within(times, self._window)
        strata = count_strata(times, self._window, self._split) if self._split else ()
        return replace(count_incidence(times, self._asked.per), strata=strata)

    def _document(self) -> str:
        return "\n".join([super()._document(), *self._beside()])

    def _beside(self) -> list[str]:
        """What is asked beside the document."""
        split = [f"by {self._split.text}"] if self._split else []
        return [*([self._window.text] if self._window else []), *split]
