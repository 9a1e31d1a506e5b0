"""Asking before anybody else does, so that the first question in earnest finds everything loaded."""

import time
from collections.abc import Iterable
from contextlib import suppress

from cohort_dsl import parse
from cohort_dsl.ast import Cohort
from engine.disclosure.request import Principal
from engine.pipeline.question import Question, Request
from engine.session import Session
from schemas.errors import Problem, Problems
from schemas.policy import AccessTier

_MOST_SECONDS = 10.0
_KINDS = """
cohort "One criterion of each kind"
let diabetes = concept 201826 with descendants
let statins = code ATC:"C10AA" with descendants
let hba1c = code LOINC:"4548-4"
index first ever drug in statins where age >= 40 and date in 2015-01-01..2024-12-31 observed 365 days before
include "once" when any condition in diabetes on or before index
include "dates" when at least 2 distinct dates of measurement in hba1c where value > 6.5 within 1 years of index
include "visits" when at least 1 visit within 90 days before index
exclude "never" when any condition in (concept 443392 with descendants) before index
include "genes" when carries variant in gene (PCSK9, LDLR) where external af < 20%
exclude "answer" when survey smoking.status is "current"
end 365 days after start
"""
"""In the vocabulary of the synthetic release; on another one its concept sets may be empty, which loads the same."""
_NOBODY = Principal(user="nobody", project="none", institution="none", tier=AccessTier.CONTROLLED)


def warm(session: Session, cohorts: Iterable[Cohort]) -> None:
    """Load the kernels, and take the question of each cohort up to the gate and not through it.

    Nothing is charged, logged or kept. Stops after ten seconds; what cannot be asked of this release is left out.
    """
    session.warm()
    with suppress(Problem):  # a ledger that cannot be used says so to who asks
        session.gate.prepare()
    end = time.monotonic() + _MOST_SECONDS
    for cohort in (parse(_KINDS), *cohorts):
        if time.monotonic() > end:
            break
        with suppress(Problem, Problems):
            question = Question(session, Request(cohort=cohort, principal=_NOBODY))
            question.gate_request()
            question.total()
    session.kept.clear()
