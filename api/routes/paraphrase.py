"""A cohort in words."""

from fastapi import APIRouter

from api.documents import read_document
from api.paraphrases import paraphrase_answer
from api.routes.responses import COHORT_PROBLEMS
from api.service import SIGNED_IN, Caller, Here
from schemas.wire.paraphrase import ParaphraseAnswer, ParaphraseRequest

router = APIRouter(prefix="/v1/cohorts", tags=["cohorts"], responses=COHORT_PROBLEMS, dependencies=[SIGNED_IN])


@router.post("/paraphrase")
async def paraphrase(body: ParaphraseRequest, caller: Caller, service: Here) -> ParaphraseAnswer:
    """A document as a physician would write it in an application, with the names that the release's dictionaries give.

    Nothing is counted and nothing charged.
    """
    return await service.run(
        caller.project,
        lambda: paraphrase_answer(read_document(body).cohort, body.language, service.session),
    )
