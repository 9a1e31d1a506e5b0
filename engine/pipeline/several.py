"""Questions about several cohorts at once; all are asked by one principal at one precision."""

from collections.abc import Sequence
from dataclasses import replace

from engine.aggregate.overlap import place_overlap
from engine.aggregate.profile import place_profile
from engine.disclosure.request import (
    Overlap,
    Profile,
)
from engine.disclosure.safe import (
    SafeOverlap,
    SafeProfile,
)
from engine.pipeline.question import Question, Request
from engine.session import Session


def overlap(session: Session, requests: Sequence[Request]) -> SafeOverlap:
    """How many people are in which of 2 to 4 cohorts. Raises `AnalysisProblem` when there are more or fewer, or two
    mean the same."""
    hashes, ordered = _by_hash(session, requests)
    return session.gate.release_overlap(
        replace(ordered[0].gate_request(), query_hash="", document=_documents(*ordered)),
        Overlap(hashes=hashes),
        evaluate_counts=tuple(question.total for question in ordered),
        evaluate_cells=lambda: place_overlap([question.people for question in ordered]),
    )


def profile(session: Session, request: Request, groups: Sequence[Request], *, most: int) -> SafeProfile:
    """How many people of the cohort are in each of the groups, which are cohorts too; a person is counted in at most
    `most` of them. Raises `AnalysisProblem` when two groups mean the same, or `most` is more than there are."""
    cohort = Question(session, request)
    hashes, ordered = _by_hash(session, groups)
    return session.gate.release_profile(
        replace(cohort.gate_request(), document=_documents(cohort, *ordered)),
        Profile(hashes=hashes, most=most),
        evaluate_count=cohort.total,
        evaluate_groups=lambda: place_profile(
            cohort.people, [question.people for question in ordered], names=hashes, most=cohort.most_counted(most)
        ),
    )


def _documents(*questions: Question) -> str:
    """What all of them ask, for the log."""
    return "\n".join(question.gate_request().document for question in questions)


def _by_hash(session: Session, requests: Sequence[Request]) -> tuple[tuple[str, ...], tuple[Question, ...]]:
    """The questions in the order of their canonical hashes, so that the order they came in makes no other question."""
    questions = [Question(session, request) for request in requests]
    hashed = sorted(((each.gate_request().query_hash, each) for each in questions), key=lambda pair: pair[0])
    return tuple(name for name, _ in hashed), tuple(question for _, question in hashed)
