"""What documents can refer to: the release, fields, concepts, survey questions, genes, examples and the budget."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, params

from api.dictionaries import (
    concept_list,
    domain_list,
    gene_list,
    panel_list,
    question_list,
    score_list,
    variant_list,
    vocabulary_list,
)
from api.envelope import balances_of
from api.operations.roles import roles_of
from api.routes.responses import LOOK_UP_PROBLEMS
from api.service import SIGNED_IN, Caller, Here
from schemas.errors import NotAllowed
from schemas.policy import Dictionary
from schemas.search import MOST_CHARACTERS, SPELLINGS
from schemas.wire import (
    BudgetAnswer,
    ConceptList,
    DomainList,
    ExampleDocument,
    ExampleList,
    GeneList,
    KnownVariantList,
    PanelList,
    QuestionList,
    ScoreList,
    VocabularyList,
)

router = APIRouter(prefix="/v1", tags=["dictionaries"], responses=LOOK_UP_PROBLEMS, dependencies=[SIGNED_IN])

Search = Annotated[str, Query(max_length=100, description="part of a label, or a whole code or id")]
Limit = Annotated[int, Query(ge=1, le=100)]
Filter = Annotated[str | None, Query(max_length=100)]
VariantText = Annotated[
    str, Query(min_length=1, max_length=MOST_CHARACTERS, description=f"on GRCh38: {', '.join(SPELLINGS)}")
]


def _searches(dictionary: Dictionary) -> params.Depends:
    """For a route's `dependencies`: the caller's tier may search the dictionary."""

    def check(caller: Caller, service: Here) -> None:
        if not service.session.policy.of(caller.tier).may_search(dictionary):
            raise NotAllowed(
                "dictionary-not-allowed", f"the {caller.tier.value} tier may not search {dictionary.value}"
            )

    return Depends(check)


@router.get("/domains")
async def domains() -> DomainList:
    """The kinds of event, and what a where-clause may test of each."""
    return domain_list()


@router.get("/concepts", dependencies=[_searches(Dictionary.CONCEPTS)])
async def concepts(
    caller: Caller, service: Here, search: Search, vocabulary: Filter = None, domain: Filter = None, limit: Limit = 20
) -> ConceptList:
    """Concepts whose English or Korean label holds the text, or whose code or id it is; standard ones first."""
    return await service.run(
        caller.project, concept_list, service.session, search, vocabulary=vocabulary, domain=domain, limit=limit
    )


@router.get("/vocabularies", dependencies=[_searches(Dictionary.CONCEPTS)])
async def vocabularies(caller: Caller, service: Here) -> VocabularyList:
    """The vocabularies that codes may be given in."""
    return await service.run(caller.project, vocabulary_list, service.session)


@router.get("/survey/questions", dependencies=[_searches(Dictionary.QUESTIONS)])
async def questions(caller: Caller, service: Here, search: Search = "") -> QuestionList:
    """The survey dictionary, in English and Korean."""
    return await service.run(caller.project, question_list, service.session, search)


@router.get("/genes", dependencies=[_searches(Dictionary.GENES)])
async def genes(caller: Caller, service: Here, search: Search = "", limit: Limit = 20) -> GeneList:
    """Genes by symbol or name."""
    return await service.run(caller.project, gene_list, service.session, search, limit=limit)


@router.get("/variants", dependencies=[_searches(Dictionary.VARIANTS)])
async def variants(caller: Caller, service: Here, search: VariantText, limit: Limit = 20) -> KnownVariantList:
    """Variants by dbSNP id, HGVS name, alleles, gene or region, as the annotation describes them.

    Whether anybody of the release carries one is not told, and a name that the annotation does not know is answered
    in the same way.
    """
    return await service.run(caller.project, variant_list, service.session, search, limit=limit)


@router.get("/panels", dependencies=[_searches(Dictionary.PANELS)])
async def panels(caller: Caller, service: Here, search: Search = "", limit: Limit = 20) -> PanelList:
    """Gene panels by name, or by the symbol of a gene they have."""
    return await service.run(caller.project, panel_list, service.session, search, limit=limit)


@router.get("/scores", dependencies=[_searches(Dictionary.SCORES)])
async def scores(caller: Caller, service: Here, search: Search = "", limit: Limit = 20) -> ScoreList:
    """Weighted scores by name, label or id where it was published."""
    is_exact = service.session.policy.of(caller.tier).is_exact
    return await service.run(caller.project, score_list, service.session, search, limit=limit, is_exact=is_exact)


@router.get("/budget")
async def budget(caller: Caller, service: Here) -> BudgetAnswer:
    """What the caller's project, user and institution have spent and may spend this year."""
    balances = await service.run(caller.project, service.session.budget, caller)
    rules = service.session.policy.of(caller.tier)
    return BudgetAnswer(
        release=service.session.release.id,
        policy_version=service.session.policy.version,
        policy_sha256=service.session.policy.sha256,
        tier=caller.tier,
        user=caller.user,
        project=caller.project,
        institution=caller.institution,
        precisions=list(rules.precisions),
        default_precision=rules.default_precision,
        remaining_budget=balances_of(balances, rules),
        roles=sorted(roles_of(caller.user, service.settings), key=lambda role: role.value),
    )


@router.get("/examples")
async def examples(service: Here) -> ExampleList:
    """Cohorts to start from."""
    return ExampleList(
        examples=[
            ExampleDocument(id=example.id, title=example.title, text=example.text) for example in service.examples
        ]
    )
