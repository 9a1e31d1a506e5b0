"""Questions about a cohort: from reading it to protected numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import APIRouter

import engine
from api.documents import Document, dimension_text, read_dimensions, read_document, read_variants
from api.envelope import attrition_answer, breakdown_answer, count_answer
from api.gone import Stop
from api.problems import about
from api.routes.responses import COHORT_PROBLEMS
from api.series import prevalence_answer, read_between, read_series
from api.service import SIGNED_IN, Caller, Here, Service
from api.statistics import genotypes_answer, incidence_answer, inclusion_answer, linkage_answer
from api.trees import tree_answer
from api.understanding import completions, explanation_answer, formatted_document, validation_answer
from cohort_dsl.ast import Dimension, VariantById
from engine import (
    Interruption,
    Principal,
    Request,
    SafeAttrition,
    SafeCounts,
    SafeGenotypes,
    SafeIncidence,
    SafeInclusion,
    SafeLinkage,
    SafeSeries,
    SafeTable,
    Session,
    Settling,
    Validation,
)
from schemas.policy import AccessTier, Precision
from schemas.wire import (
    AttritionAnswer,
    BreakdownAnswer,
    BreakdownRequest,
    CohortDocument,
    CompletionRequest,
    Completions,
    CountAnswer,
    CountRequest,
    DocumentTree,
    ExplanationAnswer,
    FormattedDocument,
    GenotypesAnswer,
    GenotypesRequest,
    IncidenceAnswer,
    IncidenceRequest,
    InclusionAnswer,
    LinkageAnswer,
    LinkageRequest,
    PrevalenceAnswer,
    PrevalenceRequest,
    ValidationAnswer,
)

Safe = TypeVar(
    "Safe",
    SafeCounts,
    SafeTable,
    SafeAttrition,
    SafeInclusion,
    SafeIncidence,
    SafeSeries,
    SafeGenotypes,
    SafeLinkage,
)

router = APIRouter(prefix="/v1/cohorts", tags=["cohorts"], responses=COHORT_PROBLEMS, dependencies=[SIGNED_IN])


@router.post("/validate", response_model_exclude_none=True)
async def validate(body: CohortDocument, caller: Caller, service: Here) -> ValidationAnswer:
    """Read a document, look its names up and judge its size; nothing is counted and nothing charged.

    `lints` list what is valid and probably not meant; they keep nothing from being answered.
    """
    document = await _read(service, caller, body)
    found = await _validated(service, caller, document)
    lints = await service.run(caller.project, service.session.lints, document.cohort)
    return validation_answer(service.session, document, found, lints)


@router.post("/format")
async def format_document(body: CohortDocument, caller: Caller, service: Here) -> FormattedDocument:
    """The same document as the formatter writes it, as text and as JSON."""
    return formatted_document(await _read(service, caller, body))


@router.post("/tree")
async def tree(body: CohortDocument, caller: Caller, service: Here) -> DocumentTree:
    """A document as text and as JSON, and where in the text each part of the JSON stands: for editors of both.

    A text is given back as it is; from `cohort` it is written as the formatter writes it.
    """
    return await service.run(caller.project, lambda: tree_answer(read_document(body)))


@router.post("/complete")
async def complete_text(body: CompletionRequest, caller: Caller, service: Here) -> Completions:
    """What may come next at a place of a text that is being written."""
    return await service.run(caller.project, completions, body.text, body.position)


@router.post("/explain", response_model_exclude_none=True)
async def explain(body: CohortDocument, caller: Caller, service: Here) -> ExplanationAnswer:
    """How a document is understood; callers inside the trusted environment also see plan and SQL."""
    document = await _read(service, caller, body)
    found = await _validated(service, caller, document)
    with about(document.text):
        explanation = await service.run(
            caller.project, engine.explain, service.session, document.cohort, document.library
        )
    has_plan = caller.tier is AccessTier.INTERNAL
    return explanation_answer(service.session, found, explanation, has_plan=has_plan)


@router.post("/count")
async def count(body: CountRequest, caller: Caller, service: Here, stop: Stop) -> CountAnswer:
    """How many persons are in the cohort."""
    asked = await _Asked.read(service, caller, stop, body)
    found, safe = await asked.answer(engine.count, body.precision)
    return count_answer(safe, found.query_hash, found.unmatched)


@router.post("/breakdown")
async def breakdown(body: BreakdownRequest, caller: Caller, service: Here, stop: Stop) -> BreakdownAnswer:
    """The cohort's count and its breakdown by sex, age, region, race, year, a survey question or genotype."""
    asked = await _Asked.read(service, caller, stop, body)
    dimensions = read_dimensions(body.by)
    found, safe = await asked.answer(engine.breakdown, body.precision, dimensions)
    words = [dimension_text(dimension) for dimension in dimensions or asked.document.cohort.count_by]
    return breakdown_answer(safe, found.query_hash, found.unmatched, words)


@router.post("/attrition")
async def attrition(body: CountRequest, caller: Caller, service: Here, stop: Stop) -> AttritionAnswer:
    """How many persons are left after each rule."""
    asked = await _Asked.read(service, caller, stop, body)
    found, safe = await asked.answer(engine.attrition, body.precision)
    return attrition_answer(safe, found.query_hash, found.unmatched)


@router.post("/genotypes")
async def genotypes(body: GenotypesRequest, caller: Caller, service: Here, stop: Stop) -> GenotypesAnswer:
    """Genotypes, allele frequency and missing calls of variants within the cohort."""
    asked = await _Asked.read(service, caller, stop, body)
    variants = read_variants(body.variants)
    found, safe = await asked.answer(engine.genotype_counts, body.precision, variants=variants)
    return genotypes_answer(safe, found.query_hash, found.unmatched)


@router.post("/linkage")
async def linkage(body: LinkageRequest, caller: Caller, service: Here, stop: Stop) -> LinkageAnswer:
    """Linkage disequilibrium of two variants within the cohort; for the internal tier only."""
    asked = await _Asked.read(service, caller, stop, body)
    found, safe = await asked.answer(engine.linkage, variants=read_variants(body.variants))
    return linkage_answer(safe, found.query_hash, found.unmatched, body.variants)


@router.post("/inclusion")
async def inclusion(body: CohortDocument, caller: Caller, service: Here, stop: Stop) -> InclusionAnswer:
    """How many entries pass which rules, as OHDSI's inclusion statistics; for the internal tier only."""
    asked = await _Asked.read(service, caller, stop, body)
    found, safe = await asked.answer(engine.inclusion)
    return inclusion_answer(safe, found.query_hash, found.unmatched)


@router.post("/incidence")
async def incidence(body: IncidenceRequest, caller: Caller, service: Here, stop: Stop) -> IncidenceAnswer:
    """Time at risk and outcomes by calendar period, as the document asks; for the internal tier only."""
    dimensions, between = read_dimensions(body.by), read_between(body.first_day, body.last_day)
    asked = await _Asked.read(service, caller, stop, body)
    found, safe = await asked.answer(
        lambda session, request: engine.incidence(session, request, between), dimensions=dimensions
    )
    return incidence_answer(safe, found.query_hash, found.unmatched, dimensions or ())


@router.post("/prevalence")
async def prevalence(body: PrevalenceRequest, caller: Caller, service: Here, stop: Stop) -> PrevalenceAnswer:
    """How many persons under observation are in the cohort, by calendar month or year, sex, age, region and race."""
    dimensions = read_dimensions(body.by) or ()
    series = read_series(body.first_day, body.last_day, per=body.per, measure=body.measure)
    asked = await _Asked.read(service, caller, stop, body)
    found, safe = await asked.answer(
        lambda session, request: engine.prevalence(session, request, series), body.precision, dimensions
    )
    return prevalence_answer(safe, found.query_hash, found.unmatched, series, dimensions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One question on its way to a protected answer, given at the deadline its cost class prescribes."""

    service: Service
    caller: Principal
    stop: Interruption
    started: float
    document: Document

    @staticmethod
    async def read(service: Service, caller: Principal, stop: Interruption, body: CohortDocument) -> "_Asked":
        """A question as it comes in, if there is room for it."""
        started = service.clock.now()
        service.capacity.require_room(caller.project)
        document = await _read(service, caller, body)
        return _Asked(service=service, caller=caller, stop=stop, started=started, document=document)

    async def answer(
        self,
        ask: Callable[[Session, Request], Safe],
        precision: Precision | None = None,
        dimensions: tuple[Dimension, ...] | None = None,
        *,
        variants: tuple[VariantById, ...] = (),
    ) -> tuple[Validation, Safe]:
        """What is known of the document, and the answer; refusals that the text alone decides are given at once."""
        service, caller, document = self.service, self.caller, self.document
        found = await _validated(service, caller, document)

        def asked(settling: Settling) -> Safe:
            request = Request(
                cohort=document.cohort,
                principal=caller,
                library=document.library,
                precision=precision,
                dimensions=dimensions,
                variants=variants,
                stop=self.stop,
                settling=settling,
            )
            return ask(service.session, request)

        deadline = service.deadline(caller.tier, found.cost_class, started=self.started)
        with about(document.text):
            return found, await service.answer(caller.project, deadline, asked)


async def _read(service: Service, caller: Principal, body: CohortDocument) -> Document:
    """The document of a request, read in a thread: a large one takes a while."""
    return await service.run(caller.project, read_document, body)


async def _validated(service: Service, caller: Principal, document: Document) -> Validation:
    with about(document.text):
        return await service.run(
            caller.project, engine.validate, service.session, document.cohort, document.library, caller.tier
        )
