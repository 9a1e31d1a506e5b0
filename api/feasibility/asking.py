"""Asking what a report is made of: over HTTP the way each question's own route goes, and for the command line."""

from api.documents import Document, read_dimensions, read_document
from api.envelope import attrition_answer, breakdown_answer, count_answer
from api.feasibility.contents import Answers, Contents, assemble, contents_of, dimension_words
from api.routes import cohorts
from api.service import Service
from cohort_dsl.ast import Dimension
from engine import Interruption, Principal, Request, Session, attrition, breakdown, count, validate
from schemas.policy import Precision
from schemas.wire import BreakdownRequest, CountRequest
from schemas.wire.feasibility import FeasibilityReport, FeasibilityRequest


async def report_of(service: Service, caller: Principal, body: FeasibilityRequest) -> FeasibilityReport:
    """A report, every part of it answered and charged as if asked by itself, one after the other, each at its deadline.

    Raises what the routes of its parts raise; what was answered until then is free when it is asked again.
    """
    session = service.session
    document = await service.run(caller.project, read_document, body)
    breakdowns = read_breakdowns(body.breakdowns)
    contents = contents_of(session, document, caller.tier, body.language, breakdowns)
    answers = await _answers(service, caller, body, contents)
    return await service.run(
        caller.project,
        lambda: assemble(session, document, caller, contents, answers, language=body.language, issued=session.today()),
    )


def read_breakdowns(asked: list[list[str]] | None) -> tuple[tuple[Dimension, ...], ...] | None:
    """The tables asked for; absent when none were named. Raises `DocumentProblems`."""
    if asked is None:
        return None
    return tuple(dimensions for words in asked if (dimensions := read_dimensions(words)))


async def _answers(service: Service, caller: Principal, body: FeasibilityRequest, contents: Contents) -> Answers:
    never = Interruption()  # a protected question that has begun is counted to its end
    document = {"text": body.text, "cohort": body.cohort, "library": body.library, "precision": body.precision}
    asked = CountRequest.model_validate(document)
    answers = Answers(count=await cohorts.count(asked, caller, service, never))
    if contents.has_attrition:
        answers.attrition = await cohorts.attrition(asked, caller, service, never)
    for dimensions in contents.breakdowns:
        table = BreakdownRequest.model_validate({**document, "by": dimension_words(dimensions)})
        answers.breakdowns.append(await cohorts.breakdown(table, caller, service, never))
    return answers


def answers_at_once(
    session: Session, caller: Principal, document: Document, contents: Contents, precision: Precision | None
) -> Answers:
    """The same without a server, and without deadlines."""
    found = validate(session, document.cohort, document.library, caller.tier)
    known = (found.query_hash, found.unmatched)

    def request(dimensions: tuple[Dimension, ...] | None = None) -> Request:
        return Request(
            cohort=document.cohort,
            principal=caller,
            library=document.library,
            precision=precision,
            dimensions=dimensions,
        )

    answers = Answers(count=count_answer(count(session, request()), *known))
    if contents.has_attrition:
        answers.attrition = attrition_answer(attrition(session, request()), *known)
    for dimensions in contents.breakdowns:
        table = breakdown(session, request(dimensions))
        answers.breakdowns.append(breakdown_answer(table, *known, dimension_words(dimensions)))
    return answers
