"""Requests for incidence."""

from engine.aggregate import (
    RawIncidence,
    count_incidence,
    times_at_risk,
)
from engine.disclosure.request import (
    ExactOnly,
    Unprotected,
)
from engine.execute import scan_entries
from engine.logical.fingerprint import fingerprint
from engine.logical.incidence import at_risk
from engine.physical.capabilities import DEFAULT_TARGET
from engine.physical.cost import check_size, plan_size
from engine.physical.kleene import evaluate
from engine.physical.planner import plan_cohort
from engine.pipeline.question import Question, Request
from engine.session import Session
from schemas.errors import AnalysisProblem


class AtRisk(Question):
    """A request for incidence: beside the cohort, the times at risk of those in it."""

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        if self._analysis.incidence is None:
            raise AnalysisProblem(
                "no-incidence",
                "the document does not say what outcome to count",
                hint="add `incidence of first condition in … per year`",
            )
        self._asked = self._analysis.incidence
        self._plan = at_risk(self._analysis.plan, self._asked)
        check_size(plan_size(self._plan), self._limits)
        self._physical = plan_cohort(self._plan, DEFAULT_TARGET)

    def outcome(self) -> Unprotected:
        return Unprotected(kind=ExactOnly.INCIDENCE, spec=fingerprint(self._analysis.plan, self._asked))

    def incidence(self) -> RawIncidence:
        entries = scan_entries(
            self._physical,
            target=self._session.target,
            genotypes=self._store,
            persons=self._session.release.persons,
        )
        (outcome,) = self._plan.rules
        ended = evaluate(outcome.condition, entries.truth, len(entries))
        return count_incidence(times_at_risk(entries, ended, self._consent.members), self._asked.per)
