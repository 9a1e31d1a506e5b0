"""Questions about several cohorts at once."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import APIRouter

from api.documents import Document, read_document
from api.gone import Stop
from api.routes.responses import COHORT_PROBLEMS
from api.service import SIGNED_IN, Caller, Here, Service
from api.several import ask_overlap, ask_profile, overlap_answer, profile_answer, validate_all
from engine import Interruption, Principal, Request, SafeOverlap, SafeProfile, Settling, Validation
from schemas.policy import CostClass, Precision
from schemas.wire import CohortDocument, OverlapAnswer, OverlapRequest, ProfileAnswer, ProfileRequest

router = APIRouter(prefix="/v1/cohorts", tags=["cohorts"], responses=COHORT_PROBLEMS, dependencies=[SIGNED_IN])

Safe = TypeVar("Safe", SafeOverlap, SafeProfile)
_DEARER = list(CostClass)


@router.post("/overlap")
async def overlap(body: OverlapRequest, caller: Caller, service: Here, stop: Stop) -> OverlapAnswer:
    """How many persons are in which of 2 to 4 cohorts: disjoint regions, from which the rest adds up."""
    asked = _Asked(service, caller, stop, body.cohorts, body.precision)
    documents, found, safe = await asked.answer(lambda requests: ask_overlap(service.session, requests))
    return overlap_answer(safe, documents, found)


@router.post("/profile")
async def profile(body: ProfileRequest, caller: Caller, service: Here, stop: Stop) -> ProfileAnswer:
    """How many persons of a cohort are in each of several groups, each person counted in at most `most` of them."""
    asked = _Asked(service, caller, stop, [body, *body.groups], body.precision)
    documents, found, safe = await asked.answer(
        lambda requests: ask_profile(service.session, requests[0], requests[1:], body.most)
    )
    return profile_answer(safe, documents, found)


class _Asked:
    """Several documents on their way to one answer, given at the deadline of the one that takes longest."""

    def __init__(
        self,
        service: Service,
        caller: Principal,
        stop: Interruption,
        bodies: Sequence[CohortDocument],
        precision: Precision | None,
    ) -> None:
        self._started = service.clock.now()
        service.capacity.require_room(caller.project)
        self._stop = stop
        self._service, self._caller, self._bodies, self._precision = service, caller, bodies, precision

    async def answer(
        self, ask: Callable[[Sequence[Request]], Safe]
    ) -> tuple[Sequence[Document], Sequence[Validation], Safe]:
        """The documents, what is known of each, and the answer."""
        service, caller = self._service, self._caller
        documents = await service.run(caller.project, self._read)
        found = await service.run(caller.project, validate_all, service.session, documents, caller.tier)
        slowest = max((each.cost_class for each in found), key=_DEARER.index)

        def asked(settling: Settling) -> Safe:
            return ask([self._request(document, settling) for document in documents])

        deadline = service.deadline(caller.tier, slowest, started=self._started)
        return documents, found, await service.answer(caller.project, deadline, asked)

    def _request(self, document: Document, settling: Settling) -> Request:
        return Request(
            cohort=document.cohort,
            principal=self._caller,
            library=document.library,
            precision=self._precision,
            stop=self._stop,
            settling=settling,
        )

    def _read(self) -> Sequence[Document]:
        return [read_document(body) for body in self._bodies]
