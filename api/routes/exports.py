"""Carrying exact numbers out of the trusted environment; only the internal listener has these routes.

An answer whose smallest group reaches the floor leaves at once. One with a smaller group is held until somebody else,
who is a reviewer, releases it. Who carried out what, who released it and why is in the log before it leaves.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.exceptions import HTTPException

from api.exports import ExportStore, below_floor, export_decided, export_unknown
from api.gone import Stop
from api.routes import cohorts
from api.routes.responses import COHORT_PROBLEMS
from api.service import SIGNED_IN, Caller, Here, Service
from engine import Principal
from schemas.errors import NotAllowed
from schemas.exports import Export, ExportedAnswer, ExportList, ExportStatus
from schemas.wire import BreakdownRequest, CountRequest

router = APIRouter(prefix="/v1/exports", tags=["exports"], responses=COHORT_PROBLEMS, dependencies=[SIGNED_IN])

_QUESTIONS: Final = frozenset({"count", "breakdown", "attrition"})

Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="id of the export")]


def get_exports(request: Request) -> ExportStore:
    """The exports of the internal listener."""
    exports: ExportStore = request.app.state.exports
    return exports


async def no_question(request: Request) -> None:
    """What is asked with POST has a path that looks like an export's; it is told from an id that is none."""
    if request.path_params["export"] in _QUESTIONS:
        raise HTTPException(405, headers={"Allow": "POST"})


Store = Annotated[ExportStore, Depends(get_exports)]


@router.post("/count")
async def export_count(body: CountRequest, caller: Caller, service: Here, store: Store, stop: Stop) -> Export:
    """Carry out how many persons are in a cohort."""
    return await _carry_out(service, store, caller, await cohorts.count(body, caller, service, stop))


@router.post("/breakdown")
async def export_breakdown(body: BreakdownRequest, caller: Caller, service: Here, store: Store, stop: Stop) -> Export:
    """Carry out a cohort's breakdown."""
    return await _carry_out(service, store, caller, await cohorts.breakdown(body, caller, service, stop))


@router.post("/attrition")
async def export_attrition(body: CountRequest, caller: Caller, service: Here, store: Store, stop: Stop) -> Export:
    """Carry out how many persons are left after each rule."""
    return await _carry_out(service, store, caller, await cohorts.attrition(body, caller, service, stop))


@router.get("")
async def list_exports(caller: Caller, service: Here, store: Store) -> ExportList:
    """The caller's exports, or everybody's for a reviewer; the numbers of one are got by its id."""
    user = None if _is_reviewer(service, caller) else caller.user
    return ExportList(exports=await service.run(caller.project, store.newest, user))


@router.get("/{export}", dependencies=[Depends(no_question)])
async def get_export(export: Id, caller: Caller, service: Here, store: Store) -> Export:
    """One export: with its numbers for who asked once it is released, and for a reviewer, whose look is logged."""
    found = await service.run(caller.project, store.find, export)
    if _is_reviewer(service, caller) and found.user != caller.user:
        await service.run(caller.project, service.session.record_export, caller, export, "export-viewed")
        return found
    if found.user != caller.user:
        raise export_unknown()
    return found if found.status is ExportStatus.RELEASED else found.model_copy(update={"answer": None})


@router.post("/{export}/release")
async def release_export(export: Id, caller: Caller, service: Here, store: Store) -> Export:
    """Let what is held leave; by a reviewer, and never by who asked for it."""
    return await _decide(service, store, caller, export, ExportStatus.RELEASED)


@router.post("/{export}/refuse")
async def refuse_export(export: Id, caller: Caller, service: Here, store: Store) -> Export:
    """Keep what is held inside; by a reviewer, and never by who asked for it."""
    return await _decide(service, store, caller, export, ExportStatus.REFUSED)


async def _carry_out(service: Service, store: ExportStore, caller: Principal, answer: ExportedAnswer) -> Export:
    floor = service.session.policy.of(caller.tier).floor
    small = below_floor(answer, floor)
    held = await service.run(caller.project, store.hold, caller, answer, small)
    if small:
        await service.run(caller.project, service.session.record_export, caller, held.id, "export-held")
        return held.model_copy(update={"answer": None})
    await service.run(caller.project, service.session.record_export, caller, held.id, "export-released")
    return await service.run(caller.project, store.decide, held.id, ExportStatus.RELEASED, None)


async def _decide(service: Service, store: ExportStore, caller: Principal, export: str, status: ExportStatus) -> Export:
    if not _is_reviewer(service, caller):
        raise NotAllowed("export-reviewer", "only a reviewer decides what may be carried out")
    found = await service.run(caller.project, store.find, export)
    if found.user == caller.user:
        raise NotAllowed("export-own", "nobody decides upon what they want to carry out themselves")
    if found.status is not ExportStatus.HELD:
        raise export_decided()
    await service.run(caller.project, service.session.record_export, caller, export, f"export-{status.value}")
    return await service.run(caller.project, store.decide, export, status, caller.user)


def _is_reviewer(service: Service, caller: Principal) -> bool:
    return caller.user in service.settings.reviewers.split()
