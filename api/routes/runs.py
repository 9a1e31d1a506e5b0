"""Runs: several questions about a cohort asked together, followed, cancelled, found again and shared in the project.

Only researchers have them: what is kept is protected. The internal listener's answers are exact and are not kept.
"""

import time
from collections.abc import AsyncIterable
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

import engine
from api.documents import read_document
from api.problems import about
from api.routes.responses import COHORT_PROBLEMS
from api.runs.answering import Asking
from api.runs.files import AnswerFormat, answer_file, no_answer
from api.runs.runner import Runs
from api.runs.store import Asked, run_unknown
from api.service import PROJECT_HEADER, SIGNED_IN, Caller, Here, Service
from cohort_dsl.limits import check_text
from engine import Principal
from schemas.errors import NotAllowed
from schemas.language import Language
from schemas.wire.pictures import NARROWEST, WIDEST
from schemas.wire.runs import Run, RunList, RunRequest, RunState, RunSummary, SharedLink, StepState

router = APIRouter(prefix="/v1/runs", tags=["runs"], responses=COHORT_PROBLEMS, dependencies=[SIGNED_IN])

MOST_LISTED: Final = 50
FOLLOWED_SECONDS: Final = 600.0
"""How long events are sent at a time; who wants more asks again, and is told where the run stands."""

_LOOK_SECONDS: Final = 1.0
_UNDER_WAY: Final = (RunState.QUEUED, RunState.RUNNING)
_FILES: Final = {
    "description": "The file; `json` is the table in words, as pages show it.",
    "content": {
        form.media_type: {
            "schema": {"type": "object"} if form is AnswerFormat.JSON else {"type": "string", "format": "binary"}
        }
        for form in AnswerFormat
    },
}

Id = Annotated[str, Path(alias="run", pattern="^[0-9a-f]{32}$", description="id of the run")]


def get_runs(request: Request) -> Runs:
    """The runs of the server."""
    runs: Runs = request.app.state.runs
    return runs


Kept = Annotated[Runs, Depends(get_runs)]


@router.post("", status_code=201)
async def start_run(body: RunRequest, caller: Caller, service: Here, runs: Kept, response: Response) -> Run:
    """Ask up to ten questions about a cohort. What the text alone decides is said at once; answers follow.

    Each part counts as one question of those the caller may ask a minute; parts past that wait for their turn.
    """
    runs.require_room(caller.user)
    asked = await _read(body, caller, service)
    run = await runs.submit(Asking(service=service, caller=caller, request=body), asked)
    response.headers["location"] = f"/v1/runs/{run.id}"
    return run


@router.get("")
async def list_runs(
    caller: Caller,
    runs: Kept,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="`next_before` of the page above")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 20,
) -> RunList:
    """The caller's own runs in the project, the newest first."""
    found, next_before = await runs.read(runs.store.newest, caller, before=before, limit=limit)
    return RunList(runs=found, next_before=next_before)


async def find_run(id: Id, caller: Caller, runs: Kept) -> Run:
    """A run that the caller may see; a dependency, so that it is looked for before anything is sent."""
    return await runs.read(runs.store.find, caller, id)


Found = Annotated[Run, Depends(find_run)]


@router.get("/{run}")
async def get_run(found: Found) -> Run:
    """A run with what is answered so far. One that a colleague shared comes without numbers: asking it again gives the
    same ones, free for the project, and paid once by the caller's own account."""
    return found


async def find_own(found: Found) -> Run:
    """A run of the caller's own."""
    if not found.own:
        raise run_unknown()
    return found


Own = Annotated[Run, Depends(find_own)]


@router.get("/{run}/events", response_class=EventSourceResponse)
async def follow_run(found: Own, caller: Caller, runs: Kept) -> AsyncIterable[ServerSentEvent]:
    """Where each question stands, as server-sent events: `queued`, `running`, `answered` (with the answer), `refused`
    (with the reason), `cancelled`, `interrupted`, and `done` at the end. They come at the answers' fixed deadlines."""
    told: dict[int, StepState] = {}
    until = time.monotonic() + FOLLOWED_SECONDS
    while True:
        for step in found.steps:
            if told.get(step.number) is not step.state:
                told[step.number] = step.state
                yield ServerSentEvent(event=step.state.value, data=step)
        if found.state not in _UNDER_WAY or time.monotonic() > until:
            break
        await runs.next_move(found.id, _LOOK_SECONDS)
        try:
            found = await runs.read(runs.store.find, caller, found.id)
        except NotAllowed:  # deleted in the meantime
            return
    yield ServerSentEvent(
        event="done", data=RunSummary(**{name: getattr(found, name) for name in RunSummary.model_fields})
    )


@router.post("/{run}/cancel")
async def cancel_run(id: Id, caller: Caller, runs: Kept) -> Run:
    """Take away what waits, and show no more of what has begun: that is counted to its end and paid, so that nothing
    tells how long it took. Asking it again is free."""
    return await runs.cancel(caller, id)


@router.post("/{run}/share")
async def share_run(id: Id, caller: Caller, runs: Kept, request: Request) -> SharedLink:
    """Let colleagues of the same project see what was asked, by a link, which says the project where the request named
    it. For everybody else there is no such run."""
    await runs.read(runs.store.share, caller, id, shared=True)
    project = {"project": caller.project} if PROJECT_HEADER in request.headers else {}
    return SharedLink(run=id, path=f"/#{urlencode({'run': id, **project})}")


@router.delete("/{run}/share", status_code=204)
async def unshare_run(id: Id, caller: Caller, runs: Kept) -> None:
    """Let nobody else see it any more."""
    await runs.read(runs.store.share, caller, id, shared=False)


@router.delete("/{run}", status_code=204)
async def delete_run(found: Own, caller: Caller, runs: Kept) -> None:
    """Forget a run, whether or not it is under way; what was paid stays paid, and asking again is free."""
    if found.state in _UNDER_WAY:
        await runs.cancel(caller, found.id)
    await runs.read(runs.store.delete, caller, found.id)
    runs.moved(found.id)


@router.get("/{run}/answers/{number}.{form}", response_class=Response, responses={200: _FILES})
async def get_answer_file(
    found: Own,
    runs: Kept,
    number: Annotated[int, Path(ge=1, le=99, description="number of the question")],
    form: AnswerFormat,
    language: Annotated[Language, Query(description="of the words in a picture")] = Language.ENGLISH,
    width: Annotated[int, Query(ge=NARROWEST, le=WIDEST, description="of a picture, in pixels")] = 640,
) -> Response:
    """One answer as a table (`csv`, `parquet`; `json` in words) or as a picture (`svg`)."""
    step = next((step for step in found.steps if step.number == number and step.answer is not None), None)
    if step is None:
        raise no_answer()
    return await runs.read(answer_file, found, step, form, language=language, width=width)


async def _read(body: RunRequest, caller: Principal, service: Service) -> Asked:
    """What the text alone tells of a run; raises what is wrong with it before anything is asked."""
    rules = service.session.policy.of(caller.tier)
    if not rules.is_interactive:
        raise NotAllowed(
            "tier-not-interactive",
            f"the {caller.tier.value} tier has published tables and no questions of its own",
            hint="ask for registered access, or use the published tables",
        )
    check_text(body.title or "")  # colleagues see it, once the run is shared
    document = await service.run(caller.project, read_document, body)
    with about(document.text):
        found = await service.run(
            caller.project, engine.validate, service.session, document.cohort, document.library, caller.tier
        )
    return Asked(
        request=body,
        title=body.title or document.cohort.name[:200],
        query=found.query_hash,
        precision=body.precision or rules.default_precision,
    )
