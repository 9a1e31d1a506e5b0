"""The state of a service for its committee and operators, its metrics, and whether it can answer."""

from collections import Counter
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.operations.drain import Drain
from api.operations.metrics import MEDIA_TYPE, Metrics, is_token, read_metrics_token
from api.operations.roles import Overseer
from api.operations.room import Room
from api.operations.state import Oversight
from api.pages import render_page
from api.routes.responses import LOOK_UP_PROBLEMS, PUBLIC_PROBLEMS, problems
from api.service import SIGNED_IN, Here, Service
from schemas.errors import DataProblem, NotAllowed
from schemas.wire.operations import OperationsAnswer, Readiness

_METRICS_ANSWERS: Final[dict[int | str, dict[str, object]]] = {
    **PUBLIC_PROBLEMS,
    **problems(403, 404),
    200: {"content": {"text/plain": dict[str, object]()}},
}

router = APIRouter(tags=["operations"], responses=LOOK_UP_PROBLEMS, dependencies=[SIGNED_IN])
watched = APIRouter(tags=["operations"])
pages = APIRouter(include_in_schema=False)


def drain_of(request: Request) -> Drain:
    """The application's own."""
    found: Drain = request.app.state.drain
    return found


def metrics_of(request: Request) -> Metrics:
    """The application's own."""
    found: Metrics = request.app.state.metrics
    return found


def room_of(request: Request) -> Room:
    """The application's own."""
    found: Room = request.app.state.room
    return found


def oversight_of(request: Request) -> Oversight:
    """The application's own."""
    found: Oversight = request.app.state.oversight
    return found


Oversees = Annotated[Oversight, Depends(oversight_of)]
Drains = Annotated[Drain, Depends(drain_of)]
Has = Annotated[Room, Depends(room_of)]


@router.get("/v1/operations")
async def operations(_caller: Overseer, oversight: Oversees) -> OperationsAnswer:
    """Budgets by project, alarms, whether the log is whole, policy, phases to come, and releases; at most a minute old.

    For the committee and operators alone. Nothing in it is about a person, a user or a question.
    """
    return await to_thread.run_sync(oversight.state)


@watched.get("/ready", responses=PUBLIC_PROBLEMS)
async def ready(service: Here, drain: Drains, room: Has) -> Readiness:
    """Whether questions can be answered: the release is whole as far as it was read again, the ledger can be read,
    there is room to write answers down, and the server is not stopping."""
    if drain.is_stopping:
        raise DataProblem("server-stopping", "the server is stopping and takes no new requests")
    await to_thread.run_sync(_check, service, room)
    return Readiness(status="ready")


@watched.get("/metrics", response_class=Response, responses=_METRICS_ANSWERS)
async def metrics(
    request: Request,
    service: Here,
    drain: Drains,
    room: Has,
    counted: Annotated[Metrics, Depends(metrics_of)],
    oversight: Oversees,
) -> Response:
    """Metrics as Prometheus reads them, for who has the token in the file that `KOHORT_METRICS_TOKEN` names."""
    path = service.settings.metrics_token
    if path is None:
        raise DataProblem(
            "metrics-off", "this server gives no metrics", hint="name a token's file in KOHORT_METRICS_TOKEN"
        )
    if not is_token(request.headers.get("authorization"), await to_thread.run_sync(read_metrics_token, path)):
        raise NotAllowed("metrics-refused", "the metrics' token is needed")
    await to_thread.run_sync(_observe, service, drain, room, counted, oversight)
    return Response(counted.text(), media_type=MEDIA_TYPE)


@pages.get("/operations", response_class=HTMLResponse)
async def page(request: Request, service: Here) -> HTMLResponse:
    """The page of the committee and operators; its numbers come with the token of who opens it."""
    return render_page(request, "operations.html", ("operations", "domains"), release=service.session.overview())


def _check(service: Service, room: Room) -> None:
    """Raise `DataProblem` unless questions can be answered."""
    service.rereading.require()
    service.session.check_ledger()
    room.require()


def _observe(service: Service, drain: Drain, room: Room, counted: Metrics, oversight: Oversight) -> None:
    overview = service.session.overview()
    counted.serves(overview.release_id, overview.policy_version)
    try:
        _check(service, room)
        is_ready = not drain.is_stopping
    except DataProblem:
        is_ready = False
    counted.observe(under_way=drain.under_way, is_ready=is_ready)
    try:
        state = oversight.state()
    except DataProblem:  # nobody took the log away but who has the disk
        counted.observe_log(entries=0, examined=0.0, alarms={"audit": 1})
        return
    examined = state.audit.whole.timestamp() if state.audit.whole else 0.0
    alarms = Counter[str](alarm.kind for alarm in state.alarms)
    counted.observe_log(entries=state.audit.entries, examined=examined, alarms=alarms)
